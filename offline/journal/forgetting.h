// forgetting.h — when a month's personal data may go, and how it goes.  Internal.
//
// A month may go when it is over, the centre has all of its entries, and has said what it thinks of every sale: from
// then on nobody needs the personal parts here.  Snapshots of people that were not seen since go with it.  What stays:
// the chain, amounts, counters, look-up keys.
#pragma once

#include <string>

#include "offline/journal/store.h"

namespace gongji::journal {

// Errors in order: bad_month; month_still_needed (not over yet, entries without acknowledgement, sales without a
// verdict); of the file.  Cost: the unsent entries, and a row or a few for each day of the month.
Result<void> may_forget(const Store& store, const std::string& month, WallTime now, std::uint64_t acknowledged_seq);

// Deletes the snapshots up to the end of the month, and the credentials of people who are then unknown.  Requires a
// transaction.
Result<void> drop_snapshots(const Store& store, const std::string& month);

}  // namespace gongji::journal
