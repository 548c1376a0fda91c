// report.h — what an operator, the demo and the tests read about a centre.
#pragma once

#include <optional>
#include <string>

#include "offline/base/day.h"
#include "offline/base/result.h"
#include "sync/centre/ledger.h"

namespace gongji::centre {

// Totals by terminal and payer, counts by verdict, balances of the ledger; of one service day where `day` is given
// (balances always of now).  `json`: one object; amounts are integers of fen.
// Errors: ledger_unbalanced, the ledger's.
Result<std::string> totals_report(Ledger& ledger, std::optional<Day> day, bool json);

// Balances of one person, and the counters of every window of a year back from `today`; the name masked.  Errors:
// person_unknown, the ledger's.
Result<std::string> person_report(Ledger& ledger, const std::string& psn_no, Day today, bool json);

}  // namespace gongji::centre
