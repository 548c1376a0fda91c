#include "offline/sqlite/query.h"

#include <sqlite3.h>

#include <utility>

#include "offline/base/check.h"
#include "offline/sqlite/connection.h"
#include "offline/sqlite/troubles.h"

namespace gongji::sqlite {

void Query::Deleter::operator()(sqlite3_stmt* statement) const {
  sqlite3_finalize(statement);
}

Query::Query(Query&& other) noexcept
    : connection_(other.connection_),
      statement_(std::exchange(other.statement_, nullptr)),
      in_use_(std::exchange(other.in_use_, nullptr)),
      own_(std::move(other.own_)),
      types_(other.types_),
      failed_(other.failed_) {}

Query::~Query() {
  if (in_use_ == nullptr) return;
  sqlite3_reset(statement_);
  sqlite3_clear_bindings(statement_);  // large blobs are not kept
  *in_use_ = false;
}

void Query::bound(int code) {
  GONGJI_CHECK_WHY(code == SQLITE_OK || code == SQLITE_NOMEM || code == SQLITE_TOOBIG, sqlite3_errstr(code));
  if (code != SQLITE_OK) failed_ = code;
}

void Query::bind_integer(int place, std::int64_t value) {
  if (failed_ == SQLITE_OK) bound(sqlite3_bind_int64(statement_, place, value));
}

void Query::bind_at(int place, std::string_view value) {
  if (failed_ != SQLITE_OK) return;
  const char* data = value.data() == nullptr ? "" : value.data();
  bound(sqlite3_bind_text64(statement_, place, data, value.size(), SQLITE_TRANSIENT, SQLITE_UTF8));
}

void Query::bind_at(int place, ByteView value) {
  if (failed_ != SQLITE_OK) return;
  const void* data = value.data() == nullptr ? static_cast<const void*>("") : value.data();
  bound(sqlite3_bind_blob64(statement_, place, data, value.size(), SQLITE_TRANSIENT));
}

void Query::bind_kept(int place, std::string_view value) {
  if (failed_ != SQLITE_OK) return;
  const char* data = value.data() == nullptr ? "" : value.data();
  bound(sqlite3_bind_text64(statement_, place, data, value.size(), SQLITE_STATIC, SQLITE_UTF8));
}

void Query::bind_kept(int place, ByteView value) {
  if (failed_ != SQLITE_OK) return;
  const void* data = value.data() == nullptr ? static_cast<const void*>("") : value.data();
  bound(sqlite3_bind_blob64(statement_, place, data, value.size(), SQLITE_STATIC));
}

void Query::again() {
  sqlite3_reset(statement_);
}

void Query::bind_at(int place, std::nullptr_t) {
  if (failed_ == SQLITE_OK) bound(sqlite3_bind_null(statement_, place));
}

bool Query::row_types_hold() const {
  for (std::size_t column = 0; column < types_.size(); ++column) {
    const int type = sqlite3_column_type(statement_, static_cast<int>(column));
    const char expected = types_[column];
    const bool null_allowed = expected >= 'A' && expected <= 'Z';
    if (type == SQLITE_NULL && null_allowed) continue;
    const int wanted = (expected | 0x20) == 'i' ? SQLITE_INTEGER : (expected | 0x20) == 't' ? SQLITE_TEXT : SQLITE_BLOB;
    if (type != wanted) return false;
  }
  return true;
}

Result<bool> Query::step() {
  if (failed_ != SQLITE_OK) return connection_->trouble_of(failed_);
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_DONE) return false;
  if (code != SQLITE_ROW) return connection_->trouble_of(code);
  if (!row_types_hold()) return trouble(troubles::damaged, connection_->file(), "a column has another type");
  return true;
}

Result<void> Query::run() {
  while (true) {
    const auto row = step();
    if (!row) return row.error();
    if (!*row) return {};
  }
}

bool Query::is_null(int column) const {
  return sqlite3_column_type(statement_, column) == SQLITE_NULL;
}

std::int64_t Query::integer(int column) const {
  GONGJI_CHECK((types_[static_cast<std::size_t>(column)] | 0x20) == 'i');
  return sqlite3_column_int64(statement_, column);
}

std::uint64_t Query::count(int column) const {
  const std::int64_t value = integer(column);
  return value < 0 ? 0 : static_cast<std::uint64_t>(value);
}

std::string_view Query::text(int column) const {
  GONGJI_CHECK((types_[static_cast<std::size_t>(column)] | 0x20) == 't');
  const void* data = sqlite3_column_text(statement_, column);
  if (data == nullptr) return {};
  return {static_cast<const char*>(data), static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}

ByteView Query::blob(int column) const {
  GONGJI_CHECK((types_[static_cast<std::size_t>(column)] | 0x20) == 'b');
  const void* data = sqlite3_column_blob(statement_, column);
  if (data == nullptr) return {};
  return {static_cast<const std::uint8_t*>(data), static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}

std::optional<std::int64_t> Query::integer_or_null(int column) const {
  if (is_null(column)) return std::nullopt;
  return integer(column);
}

}  // namespace gongji::sqlite
