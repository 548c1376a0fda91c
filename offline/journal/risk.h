// risk.h — money that is promised and not yet certain: by day and state, with how many persons, and how much of each
// reserve is used.  Public columns only; no key, no personal data.
#pragma once

#include <optional>
#include <utility>
#include <vector>

#include "offline/base/day.h"
#include "offline/journal/journal.h"
#include "offline/sqlite/connection.h"

namespace gongji::journal {

// In order of day and state.  Cost: one step for each entry since `from`, and one for each provisional sale without a
// verdict.  Errors: those of SQLite.
Result<Risk> risk_since(sqlite::Connection& db, Day from);

}  // namespace gongji::journal
