// journal_exchange.cpp — what goes to the centre and comes from there.
#include <algorithm>

#include "offline/journal/entries.h"
#include "offline/journal/feed_items.h"
#include "offline/journal/file_journal.h"
#include "offline/journal/filing.h"
#include "offline/journal/stops.h"
#include "offline/journal/stretch.h"
#include "offline/journal/troubles.h"

namespace gongji::journal {

namespace {

Result<void> acknowledge_in(LogRow& row, std::uint64_t last_seq, std::uint64_t seq) {
  if (seq > last_seq) {
    return trouble(troubles::log_behind, {},
                   "acknowledged " + std::to_string(seq) + ", log ends at " + std::to_string(last_seq));
  }
  row.acknowledged_seq = std::max(row.acknowledged_seq, seq);
  return {};
}

Result<void> check_in_place(const LogRow& row, const record::FeedBatch& batch) {
  if (batch.from <= row.feed_cursor + 1) return {};
  return trouble(troubles::feed_gap, "feed " + std::to_string(row.feed_cursor + 1),
                 "got " + std::to_string(batch.from));
}

// A clock of the centre that was turned back is written down at once.
bool was_just_now(const std::optional<WallTime>& kept, WallTime now) {
  return kept && now >= *kept && now < kept->plus(Journal::contact_kept_every);
}

}  // namespace

Result<Journal::Stretch> FileJournal::empty_stretch() {
  const auto row = known_row();
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
  stretch.head_signature = head_signature(stretch.head_seq, stretch.head_hash);
}

Bytes FileJournal::head_signature(std::uint64_t seq, const Digest& hash) const {
  if (!signed_head_ || signed_head_->seq != seq || signed_head_->hash != hash) {
    signed_head_ = {seq, hash, record::sign_head(*keys_, identity_.terminal, identity_.epoch, seq, hash)};
  }
  return signed_head_->signature;
}

Result<void> FileJournal::read_on(Stretch& stretch, std::size_t count_max, std::size_t bytes_max) {
  return read_entries(store_, tip_.seq, count_max, bytes_max, stretch);
}

// finish(), and the centre was heard at `now`.
Result<void> FileJournal::finish_at(sqlite::Transaction& transaction, LogRow row, WallTime now) {
  row.last_contact = now;
  if (auto done = finish(transaction, std::move(row)); !done) return done;
  heard_.reset();
  return {};
}

Result<void> FileJournal::acknowledge(std::uint64_t seq, WallTime now) {
  auto transaction = sqlite::Transaction::begin(*db_);
  if (!transaction) return transaction.error();
  auto row = known_row();
  if (!row) return row.error();
  if (auto done = acknowledge_in(*row, tip_.seq, seq); !done) return done;
  if (auto done = finish_at(*transaction, *std::move(row), now); !done) return done;
  cast_anchor();
  return {};
}

Result<std::uint64_t> FileJournal::feed_cursor() {
  const auto row = known_row();
  if (!row) return row.error();
  return row->feed_cursor;
}

// One sync of the disk where something comes of it, and none where nothing does: an idle line brings an answer every
// two seconds, and a till's disk has only so many writes in it.
Result<void> FileJournal::take_in(const Answered& answered, const record::FeedBatch& batch, WallTime now,
                                  const std::function<bool()>& enough) {
  if (batch.terminal != identity_.terminal) return trouble(troubles::feed_of_other_terminal, batch.terminal);
  auto transaction = sqlite::Transaction::begin(*db_);
  if (!transaction) return transaction.error();
  auto row = known_row();
  if (!row) return row.error();
  const std::optional<WallTime> contact_kept = row->last_contact;
  const auto before = std::pair(row->acknowledged_seq, row->feed_cursor);
  const std::int64_t changes = db_->total_changes();
  if (auto done = acknowledge_in(*row, tip_.seq, answered.acknowledged); !done) return done;
  if (auto done = Grants(store_, run_).mark_told(answered.closed); !done) return done;
  const Tail::Attempt attempt(tail_);
  auto fits = check_in_place(*row, batch);
  std::optional<Trouble> odd;
  if (fits) {
    if (auto done = apply(*row, batch, now, enough, odd); !done) return done;
  }
  const bool brought = std::pair(row->acknowledged_seq, row->feed_cursor) != before || db_->total_changes() != changes;
  if (!brought && fits && was_just_now(contact_kept, now)) {
    heard_ = now;
    return {};
  }
  if (auto done = finish_at(*transaction, *std::move(row), now); !done) return done;
  cast_anchor();
  if (!fits) return fits;
  if (odd) return *std::move(odd);
  return {};
}

Result<void> FileJournal::apply(LogRow& row, const record::FeedBatch& batch, WallTime now,
                                const std::function<bool()>& enough, std::optional<Trouble>& odd) {
  const WallTime told = std::max(now, batch.centre_time);
  {
    Grants grants(store_, run_);
    if (auto done = file_tail(store_, grants); !done) return done;
    if (auto done = grants.close_due(told, tip_.seq); !done) return done;
  }
  Entries entries(store_);
  FeedTarget target{store_, run_, tip_.seq, told, row, entries, {}};
  for (std::size_t i = 0; i < batch.items.size(); ++i) {
    const std::uint64_t feed_seq = batch.from + i;
    if (feed_seq <= row.feed_cursor) continue;
    if (auto done = apply_item(target, feed_seq, batch.items[i]); !done) return done;
    row.feed_cursor = feed_seq;
    if (enough()) break;
  }
  if (auto done = entries.write_totals(); !done) return done;
  if (auto done = Stops(store_).forget_ended(batch.centre_time); !done) return done;
  odd = std::move(target.odd);
  return {};
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

}  // namespace gongji::journal
