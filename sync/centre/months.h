// months.h — the tables that grow for ever, cut by month on a database that several processes share.
//
// A month's tables (entry_2026_11, outcome_2026_11, ...) are made ahead; what belongs to a month that has none stands
// in entry_rest, ... and moves when that month is made.  Taking off an old month: docs/CENTRE_DATABASE.md.
#pragma once

#include <cstdint>
#include <string>

#include "offline/base/clock.h"
#include "offline/base/day.h"
#include "sync/database/connection.h"

namespace gongji::centre {

inline constexpr int months_ahead = 2;

// Postings are numbered by their time, so that they can be cut by it: milliseconds in front, and room for so many
// postings in one of them.
inline constexpr std::int64_t postings_a_millisecond = 1 << 20;
inline constexpr std::int64_t posting_numbers_a_time = 1'024;  // of the sequence posting_number

struct Month {
  std::string name;  // "2026_11"
  WallTime begin, end;
  Day first_day, end_day;
};
Month month_of_day(Day day);

// In a transaction.  Makes the tables of the month of `now` and the next ones, where they are missing.
Result<void> make_months(database::Connection& connection, WallTime now);

}  // namespace gongji::centre
