// filing.h — writes what follows from sales that stand in the log already (tail.h).  Internal; inside the caller's
// transaction.
//
// Errors: disk; chain_broken where the file says of a sale that waits what only a filed one has.
#pragma once

#include <cstdint>

#include "offline/journal/grants.h"
#include "offline/journal/store.h"

namespace gongji::journal {

// The last entry that is filed.  A file of an older version is filed whole: its last entry.
Result<std::uint64_t> filed_seq(sqlite::Connection& db);
Result<void> write_filed_seq(sqlite::Connection& db, std::uint64_t seq);

// Everything that waits in `store.tail`; nothing where there is none.
Result<void> file_tail(const Store& store, Grants& grants);

// What the process before this one left: read from the entries themselves.  Cost: opens each of them.
Result<void> file_rest(const Store& store, Grants& grants, std::uint64_t last_seq);

}  // namespace gongji::journal
