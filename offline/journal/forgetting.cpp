#include "offline/journal/forgetting.h"

#include "offline/base/day.h"
#include "offline/journal/troubles.h"
#include "offline/seal/troubles.h"

namespace gongji::journal {

namespace {

struct Month {
  Day first, behind;  // behind: the first day of the next month
};

std::optional<Month> days_of(const std::string& month) {
  const auto first = parse_day(month + "-01");
  if (!first) return std::nullopt;
  return Month{*first, first->first_of_next_month()};
}

Trouble needed(const std::string& month, std::string why) {
  return trouble(troubles::month_still_needed, month, std::move(why));
}

Result<std::optional<std::uint64_t>> first_of(sqlite::Query& query) {
  const auto row = query.step();
  if (!row) return row.error();
  return *row ? std::optional(query.count(0)) : std::nullopt;
}

}  // namespace

Result<void> may_forget(const Store& store, const std::string& month, WallTime now, std::uint64_t acknowledged_seq) {
  const auto days = days_of(month);
  if (!days) return trouble(seal::troubles::bad_month, month);
  if (month >= month_of(now)) return needed(month, "the month is not over");

  auto unsent = store.db.query("SELECT seq FROM entry WHERE seq > ? AND at_ms >= ? AND at_ms < ? LIMIT 1", "i");
  unsent.bind(acknowledged_seq, wall_time_of({days->first, 0}), wall_time_of({days->behind, 0}));
  const auto seq = first_of(unsent);
  if (!seq) return seq.error();
  if (*seq) return needed(month, "seq " + std::to_string(**seq) + " is not at the centre yet");

  // States of sales without a verdict; a cancelled sale's verdict moves nothing that is left.
  auto unjudged = store.db.query(
      "SELECT day FROM total WHERE day >= ? AND day < ? AND kind = 1 AND state IN (?, ?, ?) AND count > 0 LIMIT 1",
      "i");
  unjudged.bind(days->first.number(), days->behind.number(), static_cast<int>(SaleState::guaranteed),
                static_cast<int>(SaleState::provisional), static_cast<int>(SaleState::cash));
  const auto day = first_of(unjudged);
  if (!day) return day.error();
  if (*day) {
    return needed(month,
                  "a sale of " + to_string(Day::from_number(static_cast<std::int32_t>(**day))) + " has no verdict yet");
  }
  return {};
}

Result<void> drop_snapshots(const Store& store, const std::string& month) {
  const auto days = days_of(month);
  if (!days) return trouble(seal::troubles::bad_month, month);
  auto persons = store.db.query("DELETE FROM person WHERE as_of_ms < ?");
  if (auto done = persons.bind(wall_time_of({days->behind, 0})).run(); !done) return done;
  return store.db.query("DELETE FROM credential WHERE person_key NOT IN (SELECT person_key FROM person)").run();
}

}  // namespace gongji::journal
