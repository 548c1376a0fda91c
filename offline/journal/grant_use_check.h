// grant_use_check.h — what the entries say was used of a grant.  Internal; inside the caller's transaction.
//
// A sale on a grant takes its use; its cancellation gives that back while the grant may be spent, and what does not
// come back closes the grant, if it was not closed (grants.h).  So it came back exactly where the cancellation is not
// beyond the end of the log at the closing, nor at or after the expiry.  What is kept in a partial refund takes its use
// where the cancellation before it gave back.
#pragma once

#include <optional>
#include <vector>

#include "offline/journal/store.h"
#include "offline/record/grant.h"

namespace gongji::journal {

// By place: the accounts, then the counters, each at most what was granted (a restored file may know an older form of
// the grant than its entries).  Absent where it cannot be told: a personal part that said whose account paid is gone.
// Cost: each sale of this person on a grant is read.
Result<std::optional<std::vector<Money>>> used_by_entries(const Store& store, const record::Grant& grant,
                                                          std::optional<std::uint64_t> closed_after);

}  // namespace gongji::journal
