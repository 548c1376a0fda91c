#include "offline/journal/sums.h"

#include <functional>

#include "offline/journal/columns.h"
#include "offline/journal/filing.h"
#include "offline/journal/troubles.h"

namespace gongji::journal {

namespace {

Result<void> add_unsent(sqlite::Connection& db, QueueSummary& summary) {
  auto query = db.query(
      "SELECT count(*), min(at_ms), coalesce(sum(fund) FILTER (WHERE counts), 0), "
      "coalesce(sum(account + family) FILTER (WHERE counts), 0), coalesce(sum(cash) FILTER (WHERE counts), 0) "
      "FROM (SELECT at_ms, fund, account, family, cash, kind = 1 AND cancelled_by IS NULL AS counts "
      "FROM entry WHERE seq > ?)",
      "iIiii");
  const auto row = query.bind(summary.acknowledged_seq).step();
  if (!row) return row.error();
  summary.unsent_count = query.count(0);
  if (const auto oldest = query.integer_or_null(1)) summary.oldest_unsent = WallTime{*oldest};
  summary.unsent_fund = query.money(2);
  summary.unsent_account = query.money(3);
  summary.unsent_cash = query.money(4);
  return {};
}

// Sales that are not in the totals yet.
Result<void> each_waiting(sqlite::Connection& db,
                          const std::function<void(Day day, SaleState state, const Amounts& amounts)>& use) {
  const auto filed = filed_seq(db);
  if (!filed) return filed.error();
  auto query = db.query("SELECT day, backing, medfee, fund, account, family, cash FROM entry WHERE seq > ?", "iIiiiii");
  query.bind(*filed);
  while (true) {
    const auto more = query.step();
    if (!more) return more.error();
    if (!*more) return {};
    use(Day::from_number(static_cast<std::int32_t>(query.integer(0))),
        state_of(query.integer_or_null(1), std::nullopt, false),
        {query.money(2), {query.money(3), query.money(4), query.money(5), query.money(6)}});
  }
}

void add_state(QueueSummary& summary, SaleState state, std::uint64_t count, Money promised) {
  switch (state) {
    case SaleState::guaranteed:
      summary.guaranteed += promised;
      summary.unjudged_count += count;
      break;
    case SaleState::provisional:
      summary.provisional += promised;
      summary.unjudged_count += count;
      break;
    case SaleState::cash:
      summary.unjudged_count += count;
      break;
    case SaleState::confirmed:
      summary.confirmed += promised;
      break;
    case SaleState::adjusted:
      summary.adjusted += promised;
      break;
    case SaleState::refused:
      summary.refused += promised;
      break;
    case SaleState::cancelled:
      break;
  }
}

Result<void> add_states(sqlite::Connection& db, QueueSummary& summary) {
  auto query = db.query(
      "SELECT state, sum(count), sum(fund + account + family) FROM total WHERE kind = 1 GROUP BY state", "iii");
  while (true) {
    const auto more = query.step();
    if (!more) return more.error();
    if (!*more) break;
    add_state(summary, static_cast<SaleState>(query.integer(0)), query.count(1), query.money(2));
  }
  return each_waiting(
      db, [&](Day, SaleState state, const Amounts& amounts) { add_state(summary, state, 1, amounts.promised()); });
}

// A file of before grants has no table of them, and may be read as it is.
Result<void> add_grants(sqlite::Connection& db, QueueSummary& summary) {
  auto table = db.query("SELECT count(*) FROM sqlite_master WHERE name = 'standing_grant'", "i");
  const auto there = table.step();
  if (!there) return there.error();
  if (table.integer(0) == 0) return {};
  auto query = db.query("SELECT count(*) FROM standing_grant WHERE state = 1", "i");
  const auto row = query.step();
  if (!row) return row.error();
  summary.live_grants = query.count(0);
  return {};
}

}  // namespace

Result<LogState> log_state_of(sqlite::Connection& db) {
  auto query =
      db.query("SELECT acknowledged_seq, last_contact_ms, (SELECT coalesce(max(seq), 0) FROM entry) FROM log", "iIi");
  const auto row = query.step();
  if (!row) return row.error();
  if (!*row) return trouble(troubles::not_a_journal, db.file());
  LogState state{query.count(2), query.count(0), std::nullopt};
  if (const auto contact = query.integer_or_null(1)) state.last_contact = WallTime{*contact};
  return state;
}

Result<QueueSummary> summary_of(sqlite::Connection& db) {
  const auto state = log_state_of(db);
  if (!state) return state.error();
  QueueSummary summary;
  summary.acknowledged_seq = state->acknowledged_seq;
  summary.last_contact = state->last_contact;
  summary.last_seq = state->last_seq;
  if (auto done = add_unsent(db, summary); !done) return done.error();
  if (auto done = add_states(db, summary); !done) return done.error();
  if (auto done = add_grants(db, summary); !done) return done.error();
  return summary;
}

namespace {

void add_sales(DayTotals& totals, std::uint64_t count, const Amounts& amounts) {
  totals.sales += count;
  totals.medfee += amounts.medfee;
  totals.fund += amounts.shares.fund;
  totals.account += amounts.shares.account;
  totals.family += amounts.shares.family;
  totals.cash += amounts.shares.cash;
}

}  // namespace

Result<DayTotals> day_totals_of(sqlite::Connection& db, Day day) {
  DayTotals totals;
  auto query =
      db.query("SELECT kind, state, count, medfee, fund, account, family, cash FROM total WHERE day = ?", "iiiiiiii");
  query.bind(day.number());
  while (true) {
    const auto more = query.step();
    if (!more) return more.error();
    if (!*more) break;
    switch (static_cast<record::EntryKind>(query.integer(0))) {
      case record::EntryKind::cancel:
        totals.cancels += query.count(2);
        break;
      case record::EntryKind::paper:
        totals.papers += query.count(2);
        break;
      case record::EntryKind::sale:
        if (static_cast<SaleState>(query.integer(1)) == SaleState::cancelled) break;
        add_sales(totals, query.count(2),
                  {query.money(3), {query.money(4), query.money(5), query.money(6), query.money(7)}});
        break;
    }
  }
  auto done = each_waiting(db, [&](Day of_sale, SaleState, const Amounts& amounts) {
    if (of_sale == day) add_sales(totals, 1, amounts);
  });
  if (!done) return done.error();
  return totals;
}

namespace {

// Under every presence: a number typed in after the card was read is the same person.
Result<Money> person_since(sqlite::Connection& db, const Bytes& person, WallTime since) {
  auto query = db.query(
      "SELECT coalesce(sum(fund + account + family), 0) FROM entry INDEXED BY entry_exposed "
      "WHERE presence IN (1, 2, 3, 4, 5, 6) AND person = ? AND at_ms > ? "
      "AND backing = 3 AND verdict IS NULL AND cancelled_by IS NULL",
      "i");
  const auto row = query.bind(person, since).step();
  if (!row) return row.error();
  return query.money(0);
}

}  // namespace

Result<Exposure> exposure_of(sqlite::Connection& db, record::Presence presence, const Bytes& person, Day day,
                             std::optional<WallTime> since) {
  Exposure out;
  if (since) {
    const auto recent = person_since(db, person, *since);
    if (!recent) return recent.error();
    out.person_window = *recent;
  }
  auto query = db.query(
      "SELECT coalesce(sum(fund + account + family), 0), count(*), "
      "coalesce(sum(fund + account + family) FILTER (WHERE person = ? AND day = ?), 0) "
      "FROM entry INDEXED BY entry_exposed "
      "WHERE presence = ? AND backing = 3 AND verdict IS NULL AND cancelled_by IS NULL",
      "iii");
  const auto row = query.bind(person, day.number(), static_cast<int>(presence)).step();
  if (!row) return row.error();
  out.total = query.money(0);
  out.count = static_cast<std::uint32_t>(query.count(1));
  out.person_today = query.money(2);
  return out;
}

}  // namespace gongji::journal
