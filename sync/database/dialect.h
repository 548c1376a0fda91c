// dialect.h — the statements of this project in the words of one database.
#pragma once

#include <string>
#include <string_view>

namespace gongji::database {

// Lists through json_each; no row locks.  `= each(?)` becomes `= ?`: who runs it runs it for each value.
std::string for_sqlite(std::string_view sql);
// The place of the parameter of each(), from 1; 0: there is none.
int place_of_each(std::string_view sql);

// $1 for ?, lists as arrays that are joined; without INDEXED BY, which only SQLite knows.
std::string for_postgres(std::string_view sql);

// What makes and changes tables, written for SQLite (TEXT, INTEGER, BLOB, STRICT, WITHOUT ROWID), for PostgreSQL:
// 64-bit integers, texts in the order of their bytes.  What stands between `-- Only on SQLite:` and `-- On every
// database:` is left out.
std::string schema_for_postgres(std::string_view sql);

}  // namespace gongji::database
