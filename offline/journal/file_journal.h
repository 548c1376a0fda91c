// file_journal.h — the journal of one file: its state, shared by the files that do its work.  Internal; of the writer's
// thread but where a member says otherwise.
//
//   journal.cpp             opening, the transaction of a commit, what gaps are for
//   journal_exchange.cpp    what goes to the centre and comes from there
//   journal_places.cpp      the second copy, the anchor, and doubts about the file
//   journal_upkeep.cpp      forgetting months, verifying
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "offline/journal/anchor.h"
#include "offline/journal/earlier.h"
#include "offline/journal/journal.h"
#include "offline/journal/journal_file.h"
#include "offline/journal/log_row.h"
#include "offline/journal/new_run.h"
#include "offline/journal/remembered_keys.h"
#include "offline/journal/second_copy.h"
#include "offline/journal/tail.h"
#include "offline/sqlite/transaction.h"

namespace gongji::journal {

// So many pages in the WAL (16 MiB) are not left waiting for a gap: a WAL that grows costs more than one that is
// reused.  What a run that was killed left there waits for the first gap instead: whoever stands at the counter while
// the till starts would wait for all of it to be moved.
inline constexpr std::int64_t wal_pages_max = 4'096;
// While a second place cannot be reached the WAL keeps what is missing there, up to so many pages (64 MiB).
inline constexpr std::int64_t wal_pages_kept_max = 16'384;

class FileJournal final : public Journal {
 public:
  FileJournal(JournalFile file, const Identity& identity, std::shared_ptr<const seal::KeyStore> keys, Random& random)
      : lock_(std::move(file.lock)),
        identity_(identity),
        keys_(std::move(keys)),
        remembered_(*keys_),
        db_(std::move(file.connection)),
        store_{*db_, remembered_, identity_, random, Depth::whole, record::Form::canonical, &tail_, &remembered_},
        run_(new_run(random)) {}

  ~FileJournal() override;

  Result<void> start();

  std::vector<Result<void>> commit(std::vector<Work> works) override;
  void write_compact() override { store_.form = record::Form::compact; }
  Result<Stretch> unsent(std::size_t count_max, std::size_t bytes_max) override;
  Result<void> lengthen(Stretch& stretch, std::size_t count_max, std::size_t bytes_max) override;
  Result<Stretch> empty_stretch() override;
  Result<void> read_on(Stretch& stretch, std::size_t count_max, std::size_t bytes_max) override;
  void sign(Stretch& stretch) const override;
  Result<void> acknowledge(std::uint64_t seq, WallTime now) override;
  Result<std::uint64_t> feed_cursor() override;
  Result<void> take_in(const Answered& answered, const record::FeedBatch& batch, WallTime now,
                       const std::function<bool()>& enough) override;
  std::uint64_t run() const override { return run_; }
  record::Opening opening() const override { return {run_, run_from_}; }
  Result<std::vector<record::ClosedGrant>> closed_grants(WallTime now) override;
  Result<void> keep_copy(const SecondPlace& place) override;
  Result<void> keep_anchor(const std::filesystem::path& file) override;
  AnchorState anchor() const override { return anchor_keeper_ ? anchor_keeper_->state() : AnchorState(); }
  Doubt doubt() const override { return doubt_; }
  SignedEnd end() const override { return {tip_.seq, tip_.hash, head_signature(tip_.seq, tip_.hash)}; }
  Result<void> raise_doubt(Doubt doubt) override;
  SecondCopyState second_copy() const override { return copy_ ? copy_->state() : SecondCopyState(); }
  Result<void> ready() override;
  Result<void> forget(const std::string& month, WallTime now) override;
  Result<std::vector<std::string>> forget_before(const std::string& before, WallTime now) override;
  void idle() override;
  bool idle_due() const override {
    const bool copy_behind = copy_ && !copy_->has_all();
    return db_->wal_pages() > (copy_behind ? wal_pages_kept_max : wal_pages_max + wal_pages_found_.value_or(0));
  }
  Result<std::uint64_t> verify() override;
  Result<std::uint64_t> verify_stretch(std::uint64_t from, std::size_t count_max) override;

 private:
  Result<LogRow> log_row();    // out of the file
  Result<LogRow> known_row();  // the same, read again only where it may have changed
  // Writes the row and commits.
  Result<void> finish(sqlite::Transaction& transaction, LogRow row);
  Bytes head_signature(std::uint64_t seq, const Digest& hash) const;
  // In the caller's transaction; the row is the caller's to write.  `odd`: an item that does not fit.
  Result<void> apply(LogRow& row, const record::FeedBatch& batch, WallTime now, const std::function<bool()>& enough,
                     std::optional<Trouble>& odd);
  Result<void> finish_at(sqlite::Transaction& transaction, LogRow row, WallTime now);
  Result<void> go_on_as_the_last();
  Result<void> finish(sqlite::Transaction& transaction);
  Result<void> write_over();
  Result<void> run_works(std::vector<Work>& works, std::vector<Result<void>>& results);
  Result<void> file_now();
  Result<void> sign_head();
  Result<void> close_earlier_runs();
  Result<void> write_lineage_alone(const std::optional<Id>& lineage);
  bool may_move_wal();
  Result<void> write_anchor_row_alone(const AnchorRow& row);
  void cast_anchor();

  FileLock lock_;
  Identity identity_;
  std::shared_ptr<const seal::KeyStore> keys_;
  RememberedKeys remembered_;
  std::unique_ptr<sqlite::Connection> db_;
  Tail tail_;
  Store store_;
  std::uint64_t run_, run_from_ = 1;
  Tip tip_;
  std::optional<std::int64_t> wal_pages_found_;  // that an earlier run left, until they are moved: told by a commit
  bool failed_commit_stands_ = false;            // the WAL may hold a commit that was told to have failed
  EarlierLogs earlier_;
  std::optional<Id> lineage_;         // of the copy in a second place, as the file says
  std::unique_ptr<SecondCopy> copy_;  // ends before the connection
  AnchorRow anchor_row_;
  std::atomic<Doubt> doubt_{Doubt::none};
  std::unique_ptr<AnchorKeeper> anchor_keeper_;
  std::uint64_t anchored_seq_ = 0;
  std::optional<Trouble> failure_;   // of the last commit
  std::optional<LogRow> known_row_;  // as it was read or committed last: nobody else writes it
  std::optional<WallTime> heard_;    // the last contact, where it is later than what the row says
  // A till that has nothing to send asks under the same head again and again, and a signature is dear.
  mutable std::optional<SignedEnd> signed_head_;
};

}  // namespace gongji::journal
