// orders.h — emergency orders in the file: of each the newest word that came over the feed.  Internal; inside the
// caller's transaction.
//
// They are kept as the authority signed them; whoever relies on one verifies it.
#pragma once

#include <vector>

#include "offline/record/snapshot.h"
#include "offline/sqlite/connection.h"

namespace gongji::journal {

// False: it cannot be read; nothing was kept.  An earlier word than the one that is here is passed over in silence.
Result<bool> store_order(sqlite::Connection& db, const record::Signed& order);

// None in a file of before orders, which may be read as it is.
Result<std::vector<record::Signed>> orders_of(sqlite::Connection& db);

}  // namespace gongji::journal
