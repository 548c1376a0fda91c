#include "offline/journal/turn.h"

#include "offline/journal/filing.h"
#include "offline/journal/log_row.h"
#include "offline/journal/orders.h"
#include "offline/journal/risk.h"
#include "offline/journal/sums.h"
#include "offline/journal/troubles.h"
#include "offline/seal/troubles.h"

namespace gongji::journal {

namespace {

// Whoever asks for a sale wants to do something with it, and has to be told why that cannot be.
Result<std::optional<StoredEntry>> unless_forgotten(Result<std::optional<StoredEntry>> found) {
  if (!found && found.error().text == &seal::troubles::month_key_destroyed)
    return trouble(troubles::sale_forgotten, found.error().path);
  return found;
}

}  // namespace

Result<std::optional<StoredEntry>> StoreTurn::stored(const Result<std::optional<std::uint64_t>>& seq) {
  if (!seq) return seq.error();
  if (!*seq) return std::optional<StoredEntry>();
  return unless_forgotten(entries_.find_stored(**seq));
}

Result<std::optional<StoredEntry>> StoreTurn::find_request(const std::string& fixmedins_code,
                                                           const std::string& msgid) {
  auto found = stored(entries_.seq_of_request(fixmedins_code, msgid));
  if (!found || *found) return found;
  return earlier_.find_request(store_.keys, store_.random, fixmedins_code, msgid);
}

Result<std::optional<StoredEntry>> StoreTurn::find_sale(const Id& sale_id) {
  auto found = stored(entries_.seq_of_sale(sale_id));
  if (!found || *found) return found;
  return earlier_.find_sale(store_.keys, store_.random, sale_id);
}

Result<std::optional<StoredEntry>> StoreTurn::find_cancel_of(const Id& sale_id) {
  // One that is not filed has had nothing done to it since.
  auto query = store_.db.query("SELECT cancelled_by FROM entry WHERE id = ? AND kind = 1 AND indexed = 1", "I");
  const auto row = query.bind(sale_id).step();
  if (!row) return row.error();
  if (!*row || query.is_null(0)) return std::optional<StoredEntry>();
  return unless_forgotten(entries_.find_stored(query.count(0)));
}

Result<std::optional<StoredEntry>> StoreTurn::find_kept_of(const Id& sale_id) {
  const auto cancel = find_cancel_of(sale_id);
  if (!cancel) return cancel.error();
  if (!*cancel) return std::optional<StoredEntry>();
  const std::uint64_t next = (*cancel)->head.seq + 1;
  const auto kept = entries_.is_kept_part(next);
  if (!kept) return kept.error();
  return *kept ? entries_.find_stored(next) : std::optional<StoredEntry>();
}

Result<void> StoreTurn::store_snapshot(const std::string& person_key, const std::vector<std::string>& credential_keys,
                                       const record::Signed& snapshot) {
  if (auto ready = before_writing_(); !ready) return ready;
  balances_.clear();
  return persons_.store_snapshot(person_key, credential_keys, snapshot, tip_.seq);
}

Result<std::optional<PersonState>> StoreTurn::find_person(const std::string& key) {
  return persons_.find(key);
}

Result<std::optional<PersonState>> StoreTurn::state_of(const record::Snapshot& snapshot) {
  auto state = persons_.state_of(snapshot);
  if (!state) return state.error();
  return std::optional(std::move(*state));
}

Result<Exposure> StoreTurn::exposure(record::Presence presence, const std::string& person_key, Day day,
                                     std::optional<WallTime> since) {
  return exposure_of(store_.db, presence, key_bytes(person_key), day, since);
}

Result<std::optional<record::ClosedGrant>> StoreTurn::close_grant(const Id& id) {
  if (auto ready = before_writing_(); !ready) return ready.error();
  return grants_.close(id, tip_.seq);
}

Result<record::Entry> StoreTurn::append(const record::Body& body, WallTime now) {
  if (!std::holds_alternative<record::Sale>(body)) {
    if (auto ready = before_writing_(); !ready) return ready.error();
    if (auto done = file_tail(store_, grants_); !done) return done.error();
  }
  auto entry = entries_.append(body, now, tip_, grants_, balances_);
  balances_.clear();
  if (entry) tip_ = {entry->head.seq, entry->hash};
  return entry;
}

Result<PartialRefund> StoreTurn::append(const record::Cancel& cancel, const record::Sale& kept, WallTime now) {
  if (auto ready = before_writing_(); !ready) return ready.error();
  if (auto done = file_tail(store_, grants_); !done) return done.error();
  auto both = entries_.append(cancel, kept, now, tip_, grants_);
  balances_.clear();
  if (both) tip_ = {both->kept.head.seq, both->kept.hash};
  return both;
}

Result<std::optional<record::Signed>> StoreTurn::terms() {
  auto row = read_log_row(store_);
  if (!row) return row.error();
  return *row ? std::move((*row)->terms) : std::nullopt;
}

Result<std::vector<record::Signed>> StoreTurn::orders() {
  return orders_of(store_.db);
}

Result<LogState> StoreTurn::log_state() {
  auto state = log_state_of(store_.db);
  if (state && heard_) state->last_contact = heard_;
  return state;
}

Result<QueueSummary> StoreTurn::summary() {
  auto summary = summary_of(store_.db);
  if (summary && heard_) summary->last_contact = heard_;
  return summary;
}

Result<DayTotals> StoreTurn::day_totals(Day day) {
  return day_totals_of(store_.db, day);
}

Result<Risk> StoreTurn::risk(Day from) {
  return risk_since(store_.db, from);
}

}  // namespace gongji::journal
