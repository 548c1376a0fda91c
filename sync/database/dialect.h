// dialect.h — the statements of this project in the words of one database.
#pragma once

#include <string>
#include <string_view>

namespace gongji::database {

// Lists through json_each; no row locks.
std::string for_sqlite(std::string_view sql);

// $1 for ?, lists as arrays.
std::string for_postgres(std::string_view sql);

// What makes and changes tables, written for SQLite (TEXT, INTEGER, BLOB, STRICT, WITHOUT ROWID), for PostgreSQL:
// 64-bit integers, texts in the order of their bytes.
std::string schema_for_postgres(std::string_view sql);

}  // namespace gongji::database
