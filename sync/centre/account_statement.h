// account_statement.h — what the owner of an account reads: every debit of it, whoever used it, and what is set aside.
//
// Off line a family's account may pay at a counter that its owner has never seen; here it shows, with the day, the
// place, who used it and how it stands.  Names are masked; no number of anybody but the one who was asked for.
#pragma once

#include <optional>
#include <string>

#include "offline/base/day.h"
#include "offline/base/result.h"
#include "sync/centre/ledger.h"

namespace gongji::centre {

// State of a line:
//   provisional  set aside at a counter (a hold); the sale itself has not come yet
//   confirmed    as the till answered it
//   adjusted     the centre settled it otherwise; the amount is the centre's
//   refunded     taken back: the amount is in the account again; what was kept of it is a line of its own
// A sale that the centre refused takes nothing of an account and is no line.
//
// Debits of services on `since` or later.  `json`: one object; amounts are integers of fen.  Errors: person_unknown,
// the ledger's.  Cost: one pass over all movements.
Result<std::string> account_statement(Ledger& ledger, const std::string& psn_no, std::optional<Day> since, bool json);

}  // namespace gongji::centre
