// sums.h — what the plain columns add up to.  Needs no key, so a reader of another process can ask too.  Internal.
#pragma once

#include "offline/journal/journal.h"
#include "offline/sqlite/connection.h"

namespace gongji::journal {

Result<LogState> log_state_of(sqlite::Connection& db);
Result<QueueSummary> summary_of(sqlite::Connection& db);
Result<DayTotals> day_totals_of(sqlite::Connection& db, Day day);
// Arguments as Turn::exposure.
Result<Exposure> exposure_of(sqlite::Connection& db, record::Presence presence, const Bytes& person, Day day,
                             std::optional<WallTime> since);

}  // namespace gongji::journal
