// journal.cpp — opening, the transaction of a commit, and what gaps are for.
#include "offline/journal/journal.h"

#include <algorithm>
#include <limits>

#include "offline/journal/chain_check.h"
#include "offline/journal/entries.h"
#include "offline/journal/file_journal.h"
#include "offline/journal/filing.h"
#include "offline/journal/schema.h"
#include "offline/journal/troubles.h"
#include "offline/journal/turn.h"

namespace gongji::journal {

namespace {

// Up to this many entries the whole file is verified at the start (about a tenth of a second); beyond it, what follows
// the last signed head.
constexpr std::uint64_t verified_whole_max = 2'000;

}  // namespace

Result<LogRow> FileJournal::log_row() {
  auto row = read_log_row(store_);
  if (!row) return row.error();
  if (!*row) return trouble(troubles::not_a_journal, db_->file());
  return std::move(**row);
}

// A sync asks for it five times, and it is checked against its keyed checksum each time that it is read.
Result<LogRow> FileJournal::known_row() {
  if (known_row_) return *known_row_;
  auto row = log_row();
  if (row) known_row_ = *row;
  return row;
}

Result<void> FileJournal::finish(sqlite::Transaction& transaction, LogRow row) {
  known_row_.reset();
  if (auto done = write_log_row(store_, row); !done) return done;
  if (auto done = finish(transaction); !done) return done;
  known_row_ = std::move(row);
  return {};
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

FileJournal::~FileJournal() {
  cast_anchor();
  static_cast<void>(file_now());
  // Closing moves the WAL into the file; what a copy still misses stays in the WAL for the next start.
  if (copy_) static_cast<void>(copy_->wait());
  if (!may_move_wal()) db_->keep_wal_at_close();
}

// A commit that the disk took but did not confirm would come back after a crash, although it was told to have failed.
// The next successful commit that writes overwrites it; so one is made at once.  A commit of nothing does neither: it
// lies over nothing, and shows nothing of the disk.
Result<void> FileJournal::finish(sqlite::Transaction& transaction) {
  const std::int64_t written = db_->written_commits();
  auto done = transaction.commit();
  remembered_.forget();
  if (done) {
    tail_.committed();
    if (db_->written_commits() == written) return done;
    failed_commit_stands_ = false;
    failure_.reset();
    const std::int64_t pages = db_->wal_pages();
    if (!wal_pages_found_ && pages > 0) {
      wal_pages_found_ = pages > wal_pages_max ? std::min(pages, wal_pages_kept_max) : 0;
    }
    if (copy_) copy_->committed(pages);
    return done;
  }
  failure_ = done.error();
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
    StoreTurn turn(store_, run_, earlier_, tip_, heard_, before_writing);
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

Result<void> FileJournal::sign_head() {
  auto row = known_row();
  if (!row) return row.error();
  if (row->head_seq == tip_.seq) return file_now();
  row->head_seq = tip_.seq;
  row->head_hash = tip_.hash;
  row->head_signature = head_signature(tip_.seq, tip_.hash);
  if (heard_) row->last_contact = heard_;
  auto transaction = sqlite::Transaction::begin(*db_);
  if (!transaction) return transaction.error();
  const Tail::Attempt attempt(tail_);
  Grants grants(store_, run_);
  if (auto done = file_tail(store_, grants); !done) return done;
  return finish(*transaction, *std::move(row));
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

Result<std::unique_ptr<Journal>> Journal::open(JournalFile file, const Identity& identity,
                                               std::shared_ptr<const seal::KeyStore> keys, Random& random) {
  auto journal = std::make_unique<FileJournal>(std::move(file), identity, std::move(keys), random);
  if (auto started = journal->start(); !started) return started.error();
  return std::unique_ptr<Journal>(std::move(journal));
}

}  // namespace gongji::journal
