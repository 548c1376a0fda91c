#include "sync/database/query.h"

namespace gongji::database {

Result<void> Query::run() {
  while (true) {
    const auto row = step();
    if (!row) return row.error();
    if (!*row) return {};
  }
}

Result<void> Cursor::run_later() {
  while (true) {
    const auto row = step();
    if (!row) return row.error();
    if (!*row) return {};
  }
}

std::uint64_t Query::count(int column) const {
  const std::int64_t value = integer(column);
  return value < 0 ? 0 : static_cast<std::uint64_t>(value);
}

std::optional<std::int64_t> Query::integer_or_null(int column) const {
  if (is_null(column)) return std::nullopt;
  return integer(column);
}

}  // namespace gongji::database
