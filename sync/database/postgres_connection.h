// postgres_connection.h — a database of a PostgreSQL server (15 or newer) behind the face of a Connection.
//
// Isolation is READ COMMITTED: what must not change under a decision is locked first (FOR NO KEY UPDATE, lock()).
// A deadlock, a lock that is not had in 10 s and a key that another process has just made are troubles::conflict; a
// connection that is gone is troubles::connection_lost.  After either of them nothing of the transaction was written,
// and it may be run again from its beginning; begin() connects anew by itself.
//
// A connection that is lost while it commits leaves open whether it did.  Each transaction that writes therefore marks
// its number in a row of this connection (table gongji_writer) before its first write, and commit() reads that row over
// a new connection, waiting until the old one has ended: it answers what happened, or outcome_unknown when the server
// does not come back in 15 s.
//
// Cost: one round trip a statement, and one fsync of the server a commit that wrote.  Statements are prepared once a
// connection.
#pragma once

#include <memory>
#include <string>

#include "sync/database/connection.h"

namespace gongji::database {

// `url` as libpq takes it: postgresql://user@host:port/database?sslmode=verify-full, or "host=... dbname=...".
// Errors: unreachable, too_old, read_only, unexpected.
Result<std::unique_ptr<Connection>> open_postgres(const std::string& url);

}  // namespace gongji::database
