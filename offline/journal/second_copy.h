// second_copy.h — the journal once more in a second place, page by page, as it is committed.  Internal.
//
// A copy is a set of two files: the database, and the WAL as SQLite wrote it.  What the writer commits stands in its
// WAL; a thread here reads those frames and appends the same bytes there.  When the writer's WAL begins anew, the set's
// own WAL is moved into its database first.  So the set is at every moment a journal that SQLite opens after a power
// cut, with everything whose frames are there; the same seal covers personal data, and no key is in it.
//
// The writer must not let its WAL begin anew before its frames are here: it checkpoints only while has_all().  Whether
// that was kept is what the lineage stands for (a number in the journal, and beside the set): where it differs, or the
// WAL is of a life that does not follow the last one, the set is made anew beside the old one, which stays until then.
// A set that knows more than the journal, or another history, is never replaced: the journal is a restored backup.
//
// Folder: <directory>/<terminal>-<epoch>/  state, journal-<n>.db, journal-<n>.db-wal.
//
// Threads: the constructor's owner calls everything; state() any thread.
#pragma once

#include <array>
#include <condition_variable>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "offline/base/ids.h"
#include "offline/journal/durable_file.h"
#include "offline/journal/journal.h"
#include "offline/journal/second_place.h"
#include "offline/sqlite/connection.h"

namespace gongji::journal {

inline constexpr std::size_t wal_header_bytes = 32;
using WalHeader = std::array<char, wal_header_bytes>;

// What stands in `state`.
struct CopySet {
  std::uint64_t number = 0;
  Id lineage;
  WalHeader generation{};  // of the WAL that the set's frames are from; zeros: none yet

  static std::filesystem::path state_file(const std::filesystem::path& folder) { return folder / "state"; }
  std::filesystem::path database(const std::filesystem::path& folder) const;
  std::filesystem::path wal(const std::filesystem::path& folder) const;
};
// nullopt: there is no copy.  Errors: of the disk; second_copy_unusable where the file is not what write_copy_set
// wrote.
Result<std::optional<CopySet>> read_copy_set(const std::filesystem::path& folder);
Result<void> write_copy_set(const std::filesystem::path& folder, const CopySet& set);

// The lineage in the journal; inside the caller's transaction.
Result<std::optional<Id>> read_lineage(sqlite::Connection& db);
Result<void> write_lineage(sqlite::Connection& db, const Id& lineage);
// Whoever moves the WAL on without a copy ends the lineage first.
Result<void> forget_lineage(sqlite::Connection& db);

class SecondCopy {
 public:
  // `wal_pages`: that are in the WAL now.
  SecondCopy(std::filesystem::path journal, const Identity& identity, const SecondPlace& place, const Id& lineage,
             std::int64_t wal_pages);
  ~SecondCopy();  // ends the step under way
  SecondCopy(const SecondCopy&) = delete;
  SecondCopy& operator=(const SecondCopy&) = delete;

  bool before_answer() const { return place_.before_answer; }

  // A transaction was committed; so many pages are in the WAL now.
  void committed(std::int64_t wal_pages);
  // Everything that was committed is there.
  bool has_all() const;
  // Errors: why nothing can be copied now.
  Result<void> ready() const;
  // Until has_all(), at most second_copy_wait.  Errors: as ready(); second_copy_late.
  Result<void> wait() const;
  // What is there is not to be continued.
  void start_anew(const Id& lineage);
  SecondCopyState state() const;

 private:
  void loop();
  Id lineage() const;
  Result<void> step(std::uint64_t pages);
  Result<void> attach(std::uint64_t pages);
  Result<bool> continues(const CopySet& found);
  Result<void> check_history(const CopySet& found);
  Result<void> make_anew(std::uint64_t number, std::uint64_t pages);
  Result<void> fold();
  Result<void> begin_generation(const WalHeader& header);
  Result<void> copy_frames(std::uint64_t pages);
  bool are_of_generation(std::uint64_t count) const;
  Result<std::uint64_t> frames_alike(std::uint64_t pages);
  Result<WalHeader> journal_header();
  void remove_other_sets();

  const std::filesystem::path journal_;
  const Identity identity_;
  const SecondPlace place_;
  const std::filesystem::path folder_;

  // Of the copying thread.
  std::optional<CopySet> set_;  // attached to it
  std::optional<OpenFile> from_, to_;
  std::uint64_t copied_ = 0, frame_bytes_ = 0;
  WalHeader generation_{};  // of the journal's WAL, as last read
  std::vector<char> buffer_;

  mutable std::mutex mutex_;  // guards what follows
  mutable std::condition_variable changed_;
  Id lineage_;
  std::uint64_t wanted_ = 1, done_ = 0, pages_ = 0;  // transactions; pages of the last
  bool stopping_ = false;
  std::optional<Trouble> problem_;

  std::thread thread_;
};

}  // namespace gongji::journal
