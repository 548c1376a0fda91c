// sqlite_connection.h — a file of SQLite behind the face of a Connection.
//
// Troubles: those of offline/sqlite.
#pragma once

#include <memory>

#include "offline/sqlite/connection.h"
#include "sync/database/connection.h"

namespace gongji::database {

// `connection` is open and migrated, and has no other user from now on.
std::unique_ptr<Connection> over_sqlite(std::unique_ptr<sqlite::Connection> connection);

}  // namespace gongji::database
