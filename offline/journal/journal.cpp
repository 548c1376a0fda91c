#include "offline/journal/journal.h"

#include <algorithm>
#include <atomic>
#include <limits>

#include "offline/base/check.h"
#include "offline/journal/anchor.h"
#include "offline/journal/chain_check.h"
#include "offline/journal/feed_items.h"
#include "offline/journal/filing.h"
#include "offline/journal/forgetting.h"
#include "offline/journal/journal_file.h"
#include "offline/journal/log_row.h"
#include "offline/journal/new_run.h"
#include "offline/journal/remembered_keys.h"
#include "offline/journal/schema.h"
#include "offline/journal/second_copy.h"
#include "offline/journal/stops.h"
#include "offline/journal/stretch.h"
#include "offline/journal/tail.h"
#include "offline/journal/troubles.h"
#include "offline/journal/turn.h"
#include "offline/sqlite/transaction.h"

namespace gongji::journal {

namespace {

// Up to this many entries the whole file is verified at the start (about a tenth of a second); beyond it, what follows
// the last signed head.
constexpr std::uint64_t verified_whole_max = 2'000;

// So many pages in the WAL (16 MiB) are not left waiting for a gap: a WAL that grows costs more than one that is
// reused.
constexpr std::int64_t wal_pages_max = 4'096;
// What a run that was killed left there waits for the first gap instead: whoever stands at the counter while the till
// starts would wait for all of it to be moved.
//
// While a second place cannot be reached the WAL keeps what is missing there, up to so many pages (64 MiB).
constexpr std::int64_t wal_pages_kept_max = 16'384;

class FileJournal final : public Journal {
 public:
  FileJournal(JournalFile file, const Identity& identity, std::shared_ptr<const seal::KeyStore> keys, Random& random)
      : lock_(std::move(file.lock)),
        identity_(identity),
        keys_(std::move(keys)),
        remembered_(*keys_),
        db_(std::move(file.connection)),
        store_{*db_, remembered_, identity_, random, Depth::whole, record::Form::canonical, &tail_},
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
  Result<void> apply_feed(const record::FeedBatch& batch, WallTime now, const std::function<bool()>& enough) override;
  Result<std::uint64_t> feed_cursor() override;
  std::uint64_t run() const override { return run_; }
  record::Opening opening() const override { return {run_, run_from_}; }
  Result<std::vector<record::ClosedGrant>> closed_grants(WallTime now) override;
  Result<void> closed_grants_told(const std::vector<record::ClosedGrant>& closed) override;
  Result<void> keep_copy(const SecondPlace& place) override;
  Result<void> keep_anchor(const std::filesystem::path& file) override;
  AnchorState anchor() const override { return anchor_keeper_ ? anchor_keeper_->state() : AnchorState(); }
  Doubt doubt() const override { return doubt_; }
  SignedEnd end() const override {
    return {tip_.seq, tip_.hash, record::sign_head(*keys_, identity_.terminal, identity_.epoch, tip_.seq, tip_.hash)};
  }
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
  Result<LogRow> log_row();
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
  std::optional<Trouble> failure_;  // of the last commit
};

Result<LogRow> FileJournal::log_row() {
  auto row = read_log_row(store_);
  if (!row) return row.error();
  if (!*row) return trouble(troubles::not_a_journal, db_->file());
  return std::move(**row);
}

Result<void> FileJournal::start() {
  if (auto done = sqlite::migrate(*db_, migrations()); !done) return done;
  auto lineage = read_lineage(*db_);
  if (!lineage) return lineage.error();
  lineage_ = *lineage;
  auto earlier = EarlierLogs::open(db_->file(), identity_);
  if (!earlier) return earlier.error();
  earlier_ = std::move(*earlier);
  auto found = read_log_row(store_);
  if (!found) return found.error();
  auto tip = Entries(store_).tip();
  if (!tip) return tip.error();
  tip_ = *tip;
  run_from_ = tip_.seq + 1;
  // Before anything that is checked under this epoch: whose file it is.
  if (*found && ((*found)->terminal != identity_.terminal || (*found)->epoch != identity_.epoch)) {
    return trouble(troubles::other_terminal, db_->file(),
                   (*found)->terminal + ", epoch " + std::to_string((*found)->epoch));
  }
  auto anchor_row = read_anchor_row(store_);
  if (!anchor_row) return anchor_row.error();
  anchor_row_ = *anchor_row;
  doubt_ = anchor_row_.doubt;
  if (!*found) {
    if (tip_.seq != 0) return trouble(troubles::not_a_journal, db_->file());
    auto transaction = sqlite::Transaction::begin(*db_);
    if (!transaction) return transaction.error();
    LogRow row;
    row.terminal = identity_.terminal;
    row.epoch = identity_.epoch;
    if (auto done = write_log_row(store_, row); !done) return done;
    return transaction->commit();
  }
  const LogRow& row = **found;
  if (auto done = go_on_as_the_last(); !done) return done;
  if (tip_.seq <= verified_whole_max) {
    if (auto held = verify(); !held) return held.error();
    return close_earlier_runs();
  }
  ChainCheck check(store_);
  if (auto held = check.head(row, tip_); !held) return held;
  if (auto held = check.stretch(row.head_seq + 1, tip_.seq); !held) return held;
  return close_earlier_runs();
}

// A start without a line writes as before it.
Result<void> FileJournal::go_on_as_the_last() {
  const auto last = Entries(store_).find_raw(tip_.seq);
  if (!last) return last.error();
  if (*last && record::form_of((*last)->public_bytes) == record::Form::compact) write_compact();
  return {};
}

// The file may be a restored backup: what an earlier run was granted may have been spent in entries that are not here.
Result<void> FileJournal::close_earlier_runs() {
  auto transaction = sqlite::Transaction::begin(*db_);
  if (!transaction) return transaction.error();
  Grants grants(store_, run_);
  if (auto done = file_rest(store_, grants, tip_.seq); !done) return done;
  if (auto done = grants.close_due(WallTime{std::numeric_limits<std::int64_t>::max()}, tip_.seq); !done) return done;
  return finish(*transaction);
}

Result<std::vector<record::ClosedGrant>> FileJournal::closed_grants(WallTime now) {
  auto transaction = sqlite::Transaction::begin(*db_);
  if (!transaction) return transaction.error();
  Grants grants(store_, run_);
  if (auto done = grants.close_due(now, tip_.seq); !done) return done.error();
  auto closed = grants.untold(closed_grants_max);
  if (!closed) return closed.error();
  if (auto done = finish(*transaction); !done) return done.error();
  return closed;
}

Result<void> FileJournal::closed_grants_told(const std::vector<record::ClosedGrant>& closed) {
  if (closed.empty()) return {};
  auto transaction = sqlite::Transaction::begin(*db_);
  if (!transaction) return transaction.error();
  if (auto done = Grants(store_, run_).mark_told(closed); !done) return done;
  return finish(*transaction);
}

// A commit that the disk took but did not confirm would come back after a crash, although it was told to have failed.
// The next successful commit overwrites it; so one is made at once.
Result<void> FileJournal::finish(sqlite::Transaction& transaction) {
  auto done = transaction.commit();
  remembered_.forget();
  failed_commit_stands_ = !done;
  failure_ = done ? std::nullopt : std::optional(done.error());
  if (done) {
    tail_.committed();
    const std::int64_t pages = db_->wal_pages();
    if (!wal_pages_found_ && pages > 0) {
      wal_pages_found_ = pages > wal_pages_max ? std::min(pages, wal_pages_kept_max) : 0;
    }
    if (copy_) copy_->committed(pages);
    return done;
  }
  failed_commit_stands_ = !write_over();
  if (failed_commit_stands_) return trouble(troubles::commit_uncertain, db_->file(), done.error().detail);
  return done;
}

// What waits in the tail is written by itself.
Result<void> FileJournal::file_now() {
  if (tail_.waiting().empty()) return {};
  auto transaction = sqlite::Transaction::begin(*db_);
  if (!transaction) return transaction.error();
  const Tail::Attempt attempt(tail_);
  Grants grants(store_, run_);
  if (auto done = file_tail(store_, grants); !done) return done;
  return finish(*transaction);
}

Result<void> FileJournal::write_over() {
  auto done = write_over_failed_commit(*db_);
  if (done && copy_) copy_->committed(db_->wal_pages());
  return done;
}

Result<void> FileJournal::run_works(std::vector<Work>& works, std::vector<Result<void>>& results) {
  auto transaction = sqlite::Transaction::begin(*db_);
  if (!transaction) return transaction.error();
  const Tail::Attempt attempt(tail_);
  if (tail_.waiting().size() >= Tail::sales_max) {
    Grants grants(store_, run_);
    if (auto done = file_tail(store_, grants); !done) return done;
  }
  const std::uint64_t last_seq = tip_.seq;
  for (Work& work : works) {
    // Alone, it is undone with the transaction: a savepoint would copy every page that it touches.  So would one for
    // each sale of many: what those write are rows at the end of the log.
    std::optional<Result<sqlite::Savepoint>> point;
    const Tip before = tip_;
    const Tail::Mark waited = tail_.mark();
    const auto before_writing = [&]() -> Result<void> {
      if (works.size() > 1 && !point && !point.emplace(sqlite::Savepoint::set(*db_))) return point->error();
      return {};
    };
    StoreTurn turn(store_, run_, earlier_, tip_, before_writing);
    results.push_back(work(turn));
    if (results.back()) {
      if (!point) continue;
      if (auto released = (*point)->release(); !released) return released;
      continue;
    }
    const bool appended = tip_.seq != before.seq;
    tip_ = before;
    tail_.back_to(waited);
    // A full or failing disk may have taken the whole transaction with it.
    if (!db_->in_transaction()) return results.back();
    if (works.size() == 1) return {};
    point.reset();
    if (!appended) continue;
    if (auto undone = Entries(store_).take_out_behind(before.seq); !undone) return undone;
  }
  const bool waits = copy_ && copy_->before_answer() && tip_.seq != last_seq;
  if (waits) {
    if (auto ready = copy_->ready(); !ready) return ready;
  }
  if (auto done = finish(*transaction); !done) return done;
  if (!waits) return {};
  const auto copied = copy_->wait();
  if (!copied) results.assign(results.size(), copied);  // it is in this file: asking again gives the answer
  return {};
}

std::vector<Result<void>> FileJournal::commit(std::vector<Work> works) {
  const Tip before = tip_;
  std::vector<Result<void>> results;
  results.reserve(works.size());
  const auto done = run_works(works, results);
  remembered_.forget();
  if (done) {
    if (tip_.seq - anchored_seq_ >= anchor_entries_max) cast_anchor();
    return results;
  }
  tip_ = before;
  failure_ = done.error();
  return std::vector<Result<void>>(works.size(), done);
}

Result<void> FileJournal::ready() {
  if (failure_) {
    if (auto done = write_over(); !done) return done;
    failure_.reset();
    failed_commit_stands_ = false;
  }
  if (copy_ && copy_->before_answer()) return copy_->ready();
  return {};
}

FileJournal::~FileJournal() {
  cast_anchor();
  static_cast<void>(file_now());
  // Closing moves the WAL into the file; what a copy still misses stays in the WAL for the next start.
  if (copy_) static_cast<void>(copy_->wait());
  if (!may_move_wal()) db_->keep_wal_at_close();
}

Result<void> FileJournal::write_lineage_alone(const std::optional<Id>& lineage) {
  auto transaction = sqlite::Transaction::begin(*db_);
  if (!transaction) return transaction.error();
  auto written = lineage ? write_lineage(*db_, *lineage) : forget_lineage(*db_);
  if (!written) return written;
  if (auto done = finish(*transaction); !done) return done;
  lineage_ = lineage;
  return {};
}

Result<void> FileJournal::write_anchor_row_alone(const AnchorRow& row) {
  auto transaction = sqlite::Transaction::begin(*db_);
  if (!transaction) return transaction.error();
  if (auto done = write_anchor_row(store_, row); !done) return done;
  if (auto done = finish(*transaction); !done) return done;
  anchor_row_ = row;
  doubt_ = row.doubt;
  return {};
}

Result<void> FileJournal::raise_doubt(Doubt doubt) {
  if (anchor_row_.doubt != Doubt::none || doubt == Doubt::none) return {};
  return write_anchor_row_alone({anchor_row_.anchored, doubt});
}

Result<void> FileJournal::keep_anchor(const std::filesystem::path& file) {
  GONGJI_CHECK(!anchor_keeper_);
  const auto hash_at = [&](std::uint64_t seq) -> Result<Digest> {
    auto found = Entries(store_).find_raw(seq);
    if (!found) return found.error();
    if (!*found) return broken_at(seq, "missing");
    return (*found)->hash;
  };
  const auto doubt = compare(identity_, tip_.seq, anchor_row_.anchored, read_anchor(file, *keys_), hash_at);
  if (!doubt) return doubt.error();
  if (auto done = raise_doubt(*doubt); !done) return done;
  anchor_keeper_ = std::make_unique<AnchorKeeper>(file, keys_);
  anchored_seq_ = tip_.seq;
  if (doubt_ == Doubt::none) anchor_keeper_->keep({identity_, tip_.seq, tip_.hash, run_});
  return {};
}

void FileJournal::cast_anchor() {
  if (!anchor_keeper_ || doubt_ != Doubt::none || anchored_seq_ == tip_.seq) return;
  anchored_seq_ = tip_.seq;
  anchor_keeper_->keep({identity_, tip_.seq, tip_.hash, run_});
}

Result<void> FileJournal::keep_copy(const SecondPlace& place) {
  GONGJI_CHECK(!copy_);
  // Written in any case: from this commit on it is known how many pages are in the WAL.
  if (auto done = write_lineage_alone(lineage_ ? lineage_ : make_id(WallTime{}, store_.random)); !done) return done;
  copy_ = std::make_unique<SecondCopy>(db_->file(), identity_, place, *lineage_, db_->wal_pages());
  return {};
}

// Whether the WAL may begin anew: no copy misses anything of it, or none can go on from here.
bool FileJournal::may_move_wal() {
  if (!copy_) return !lineage_ || write_lineage_alone(std::nullopt).has_value();
  if (copy_->has_all()) return true;
  if (db_->wal_pages() <= wal_pages_kept_max) return false;
  if (!write_lineage_alone(make_id(WallTime{}, store_.random))) return false;
  copy_->start_anew(*lineage_);
  return true;
}

Result<Journal::Stretch> FileJournal::empty_stretch() {
  const auto row = log_row();
  if (!row) return row.error();
  Stretch stretch;
  stretch.from = row->acknowledged_seq + 1;
  stretch.head_seq = row->acknowledged_seq;
  return stretch;
}

Result<Journal::Stretch> FileJournal::unsent(std::size_t count_max, std::size_t bytes_max) {
  auto stretch = empty_stretch();
  if (!stretch) return stretch.error();
  if (auto done = lengthen(*stretch, count_max, bytes_max); !done) return done.error();
  return stretch;
}

Result<void> FileJournal::lengthen(Stretch& stretch, std::size_t count_max, std::size_t bytes_max) {
  if (auto done = read_on(stretch, count_max, bytes_max); !done) return done;
  sign(stretch);
  return {};
}

void FileJournal::sign(Stretch& stretch) const {
  if (stretch.head_seq == 0) return;
  stretch.head_signature =
      record::sign_head(*keys_, identity_.terminal, identity_.epoch, stretch.head_seq, stretch.head_hash);
}

Result<void> FileJournal::read_on(Stretch& stretch, std::size_t count_max, std::size_t bytes_max) {
  return read_entries(store_, tip_.seq, count_max, bytes_max, stretch);
}

Result<void> FileJournal::acknowledge(std::uint64_t seq, WallTime now) {
  auto transaction = sqlite::Transaction::begin(*db_);
  if (!transaction) return transaction.error();
  auto row = log_row();
  if (!row) return row.error();
  if (seq > tip_.seq) {
    return trouble(troubles::log_behind, {},
                   "acknowledged " + std::to_string(seq) + ", log ends at " + std::to_string(tip_.seq));
  }
  row->acknowledged_seq = std::max(row->acknowledged_seq, seq);
  row->last_contact = now;
  if (auto done = write_log_row(store_, *row); !done) return done;
  if (auto done = finish(*transaction); !done) return done;
  cast_anchor();
  return {};
}

Result<void> FileJournal::apply_feed(const record::FeedBatch& batch, WallTime now,
                                     const std::function<bool()>& enough) {
  if (batch.terminal != identity_.terminal) return trouble(troubles::feed_of_other_terminal, batch.terminal);
  auto transaction = sqlite::Transaction::begin(*db_);
  if (!transaction) return transaction.error();
  auto row = log_row();
  if (!row) return row.error();
  if (batch.from > row->feed_cursor + 1) {
    return trouble(troubles::feed_gap, "feed " + std::to_string(row->feed_cursor + 1),
                   "got " + std::to_string(batch.from));
  }
  const WallTime told = std::max(now, batch.centre_time);
  const Tail::Attempt attempt(tail_);
  {
    Grants grants(store_, run_);
    if (auto done = file_tail(store_, grants); !done) return done;
    if (auto done = grants.close_due(told, tip_.seq); !done) return done;
  }
  Entries entries(store_);
  FeedTarget target{store_, run_, tip_.seq, told, *row, entries, {}};
  for (std::size_t i = 0; i < batch.items.size(); ++i) {
    const std::uint64_t feed_seq = batch.from + i;
    if (feed_seq <= row->feed_cursor) continue;
    if (auto done = apply_item(target, feed_seq, batch.items[i]); !done) return done;
    row->feed_cursor = feed_seq;
    if (enough()) break;
  }
  if (auto done = entries.write_totals(); !done) return done;
  if (auto done = Stops(store_).forget_ended(batch.centre_time); !done) return done;
  row->last_contact = now;
  if (auto done = write_log_row(store_, *row); !done) return done;
  if (auto done = finish(*transaction); !done) return done;
  if (target.odd) return *std::move(target.odd);
  return {};
}

Result<std::uint64_t> FileJournal::feed_cursor() {
  const auto row = log_row();
  if (!row) return row.error();
  return row->feed_cursor;
}

Result<void> FileJournal::forget(const std::string& month, WallTime now) {
  if (auto done = file_now(); !done) return done;
  const auto row = log_row();
  if (!row) return row.error();
  if (auto may = may_forget(store_, month, now, row->acknowledged_seq); !may) return may;
  {
    auto transaction = sqlite::Transaction::begin(*db_);
    if (!transaction) return transaction.error();
    if (auto done = drop_snapshots(store_, month); !done) return done;
    if (auto done = finish(*transaction); !done) return done;
  }
  return keys_->destroy_month(month);
}

Result<std::vector<std::string>> FileJournal::forget_before(const std::string& before, WallTime now) {
  const auto months = keys_->months();
  if (!months) return months.error();
  std::vector<std::string> forgotten;
  for (const std::string& month : *months) {
    if (month >= before) break;
    const auto done = forget(month, now);
    if (!done && done.error().text != &troubles::month_still_needed) return done.error();
    if (done) forgotten.push_back(month);
  }
  return forgotten;
}

Result<void> FileJournal::sign_head() {
  auto row = log_row();
  if (!row) return row.error();
  if (row->head_seq == tip_.seq) return file_now();
  row->head_seq = tip_.seq;
  row->head_hash = tip_.hash;
  row->head_signature = record::sign_head(*keys_, identity_.terminal, identity_.epoch, tip_.seq, tip_.hash);
  auto transaction = sqlite::Transaction::begin(*db_);
  if (!transaction) return transaction.error();
  const Tail::Attempt attempt(tail_);
  Grants grants(store_, run_);
  if (auto done = file_tail(store_, grants); !done) return done;
  if (auto done = write_log_row(store_, *row); !done) return done;
  return finish(*transaction);
}

void FileJournal::idle() {
  if (failed_commit_stands_) failed_commit_stands_ = !write_over();
  // What fails here is tried again in the next gap; a disk that stays broken shows itself at the next sale.
  static_cast<void>(sign_head());
  cast_anchor();
  // From the first anchor on, one that is not there is a doubt.
  if (!anchor_row_.anchored && anchor_keeper_ && anchor_keeper_->state().written_seq) {
    static_cast<void>(write_anchor_row_alone({true, anchor_row_.doubt}));
  }
  if (may_move_wal()) static_cast<void>(db_->checkpoint());
  if (db_->wal_pages() == 0) wal_pages_found_ = 0;
}

Result<std::uint64_t> FileJournal::verify() {
  if (auto done = file_now(); !done) return done.error();
  const auto row = log_row();
  if (!row) return row.error();
  ChainCheck check(store_);
  if (auto held = check.head(*row, tip_); !held) return held.error();
  if (auto held = check.stretch(1, tip_.seq); !held) return held.error();
  if (auto held = check.rest(); !held) return held.error();
  if (auto held = Persons(store_).verify(); !held) return held.error();
  if (auto held = Grants(store_, run_).verify(); !held) return held.error();
  if (auto held = Stops(store_).verify(); !held) return held.error();
  return tip_.seq;
}

Result<std::uint64_t> FileJournal::verify_stretch(std::uint64_t from, std::size_t count_max) {
  GONGJI_CHECK(from >= 1);
  if (auto done = file_now(); !done) return done.error();
  if (from > tip_.seq) return tip_.seq + 1;
  const std::uint64_t to = std::min(tip_.seq, from + count_max - 1);
  const auto reading = sqlite::ReadTransaction::begin(*db_);
  if (!reading) return reading.error();
  if (auto held = ChainCheck(store_).stretch(from, to); !held) return held.error();
  if (to == tip_.seq) {
    if (auto held = Grants(store_, run_).verify_live(); !held) return held.error();
  }
  return to + 1;
}

}  // namespace

Result<std::unique_ptr<Journal>> Journal::open(JournalFile file, const Identity& identity,
                                               std::shared_ptr<const seal::KeyStore> keys, Random& random) {
  auto journal = std::make_unique<FileJournal>(std::move(file), identity, std::move(keys), random);
  if (auto started = journal->start(); !started) return started.error();
  return std::unique_ptr<Journal>(std::move(journal));
}

}  // namespace gongji::journal
