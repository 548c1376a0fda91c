#include "sync/centre/months.h"

#include <fmt/format.h>

namespace gongji::centre {
namespace {

Result<bool> is_there(database::Connection& connection, const std::string& table) {
  auto select = connection.query(
      "SELECT COUNT(*) FROM pg_catalog.pg_tables WHERE schemaname = current_schema() AND tablename = ?", "i");
  const auto row = select.bind(table).step();
  if (row.has_error()) return row.error();
  return select.integer(0) > 0;
}

// `column` of the table's rows lies in [from, to).
Result<void> make(database::Connection& connection, const std::string& table, const char* column,
                  const std::string& month, std::int64_t from, std::int64_t to) {
  const std::string part = table + "_" + month;
  const auto there = is_there(connection, part);
  if (there.has_error()) return there.error();
  if (*there) return {};
  return connection.execute(
      fmt::format("LOCK TABLE {0}_rest IN ACCESS EXCLUSIVE MODE; CREATE TABLE {1} (LIKE {0} INCLUDING ALL){5}; "
                  "WITH moved AS (DELETE FROM {0}_rest WHERE {2} >= {3} AND {2} < {4} RETURNING *) INSERT INTO {1} "
                  "SELECT * FROM moved; "
                  "ALTER TABLE {0} ATTACH PARTITION {1} FOR VALUES FROM ({3}) TO ({4})",
                  table, part, column, from, to, table == "entry" ? " WITH (toast_tuple_target = 8160)" : ""));
}

}  // namespace

Month month_of_day(Day day) {
  const Day first = *Day::from_civil(day.year(), day.month(), 1);
  const Day end = day.first_of_next_month();
  return {fmt::format("{:04}_{:02}", day.year(), day.month()), wall_time_of({first, 0}), wall_time_of({end, 0}), first,
          end};
}

Result<void> make_months(database::Connection& connection, WallTime now) {
  if (auto locked = connection.lock("months"); locked.has_error()) return locked;
  Day day = civil_time_at(now).day;
  for (int i = 0; i <= months_ahead; ++i) {
    const Month month = month_of_day(day);
    const std::int64_t from = month.begin.ms, to = month.end.ms;
    for (const auto& made :
         {make(connection, "entry", "received", month.name, from, to),
          make(connection, "outcome", "day", month.name, month.first_day.number(), month.end_day.number()),
          make(connection, "posting", "posting_id", month.name, from * postings_a_millisecond,
               to * postings_a_millisecond),
          make(connection, "movement", "posting_id", month.name, from * postings_a_millisecond,
               to * postings_a_millisecond)}) {
      if (made.has_error()) return made;
    }
    day = month.end_day;
  }
  return {};
}

}  // namespace gongji::centre
