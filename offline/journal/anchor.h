// anchor.h — how far a journal had come, told to a second place: a start behind it is a restored backup.
//
// A few lines of text, signed with this terminal's key, so that another till's anchor, or one that a hand wrote, is
// told apart.  It holds no personal data and no key.  Any thread.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string_view>
#include <thread>

#include "offline/journal/journal.h"
#include "offline/seal/key_store.h"

namespace gongji::journal {

// A counter that never pauses has an anchor at most so many entries behind its log, and what is being written.
inline constexpr std::uint64_t anchor_entries_max = 64;

struct Anchor {
  Identity identity;
  std::uint64_t seq = 0;  // of the last entry, 0: none
  Digest hash{};
  std::uint64_t run = 0;
};

Result<void> write_anchor(const std::filesystem::path& file, const seal::KeyStore& keys, const Anchor& anchor);
// nullopt: there is none (or its folder is not there).  Errors: anchor_unusable (not ours, or changed), disk.
Result<std::optional<Anchor>> read_anchor(const std::filesystem::path& file, const seal::KeyStore& keys);

// Writes anchors behind the writer's back: a slow second place delays no sale.
// Threads: the constructor's owner calls everything; state() any thread.
class AnchorKeeper {
 public:
  AnchorKeeper(std::filesystem::path file, std::shared_ptr<const seal::KeyStore> keys);
  ~AnchorKeeper();  // writes what was last asked for, or gives it up
  AnchorKeeper(const AnchorKeeper&) = delete;
  AnchorKeeper& operator=(const AnchorKeeper&) = delete;

  void keep(Anchor anchor);  // the newest counts
  AnchorState state() const;

 private:
  void loop();

  const std::filesystem::path file_;
  const std::shared_ptr<const seal::KeyStore> keys_;
  mutable std::mutex mutex_;  // guards what follows
  std::condition_variable changed_;
  std::optional<Anchor> next_;
  std::optional<std::uint64_t> written_seq_;
  std::optional<Trouble> problem_;
  bool stopping_ = false;
  std::thread thread_;
};

// What the journal remembers of it; inside the caller's transaction.
struct AnchorRow {
  bool anchored = false;  // one was written once
  Doubt doubt = Doubt::none;
};
struct Store;
Result<AnchorRow> read_anchor_row(const Store& store);
Result<void> write_anchor_row(const Store& store, const AnchorRow& row);

// Why a log that ends with `tip` is in doubt beside what was found in the second place.  `hash_at`: of an entry that is
// there.
Result<Doubt> compare(const Identity& identity, std::uint64_t last_seq, bool anchored,
                      const Result<std::optional<Anchor>>& found,
                      const std::function<Result<Digest>(std::uint64_t)>& hash_at);

}  // namespace gongji::journal
