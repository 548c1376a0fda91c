#include "offline/journal/risk.h"

#include <map>
#include <set>
#include <string>

#include "offline/journal/columns.h"

namespace gongji::journal {

namespace {

using Key = std::pair<Day, SaleState>;

struct Sum {
  RiskLine line;
  std::set<std::string> persons;  // look-up keys
};

// Sequence numbers follow time but for the few entries around a midnight, so the walk ends a day later than it must.
Result<void> add_lines(sqlite::Connection& db, Day from, Risk& risk) {
  std::map<Key, Sum> sums;
  auto query = db.query(
      "SELECT day, kind, person, backing, verdict, cancelled_by, fund, account, family FROM entry ORDER BY seq DESC",
      "iibIIIiii");
  while (true) {
    const auto more = query.step();
    if (!more) return more.error();
    if (!*more) break;
    const Day day = Day::from_number(static_cast<std::int32_t>(query.integer(0)));
    if (day < from.plus_days(-1)) break;
    if (day < from || static_cast<record::EntryKind>(query.integer(1)) != record::EntryKind::sale) continue;
    const SaleState state =
        state_of(query.integer_or_null(3), query.integer_or_null(4), query.integer_or_null(5).has_value());
    Sum& sum = sums[{day, state}];
    sum.line.day = day;
    sum.line.state = state;
    ++sum.line.sales;
    sum.line.fund += query.money(6);
    sum.line.account += query.money(7);
    sum.line.family += query.money(8);
    sum.persons.emplace(as_text(query.blob(2)));
  }
  for (auto& [key, sum] : sums) {
    sum.line.persons = sum.persons.size();
    risk.lines.push_back(sum.line);
  }
  return {};
}

Result<void> add_reserve(sqlite::Connection& db, Risk& risk) {
  auto query = db.query(
      "SELECT presence, sum(fund + account + family), count(*) FROM entry INDEXED BY entry_exposed "
      "WHERE backing = 3 AND verdict IS NULL AND cancelled_by IS NULL GROUP BY presence",
      "iii");
  while (true) {
    const auto more = query.step();
    if (!more) return more.error();
    if (!*more) return {};
    risk.reserve.push_back(
        {static_cast<record::Presence>(query.integer(0)), query.money(1), static_cast<std::uint32_t>(query.count(2))});
  }
}

}  // namespace

Result<Risk> risk_since(sqlite::Connection& db, Day from) {
  Risk risk;
  if (auto done = add_lines(db, from, risk); !done) return done.error();
  if (auto done = add_reserve(db, risk); !done) return done.error();
  return risk;
}

}  // namespace gongji::journal
