#include "sync/database/rows.h"

#include "offline/base/check.h"

namespace gongji::database {

Rows::Rows(std::string_view types) {
  for (const char type : types) {
    if (type == 'i') {
      columns_.emplace_back(std::vector<std::int64_t>());
    } else if (type == 't') {
      columns_.emplace_back(std::vector<std::string>());
    } else {
      columns_.emplace_back(std::vector<Bytes>());
    }
  }
}

void Rows::clear() {
  for (auto& column : columns_) std::visit([](auto& values) { values.clear(); }, column);
  count_ = 0;
}

std::string Rows::places() const {
  std::string out;
  for (std::size_t i = 1; i <= columns_.size(); ++i) out += (i == 1 ? "?" : ", ?") + std::to_string(i);
  return out;
}

Result<void> Rows::insert(Connection& connection, std::string_view head, std::string_view tail) {
  if (count_ == 0) return {};
  std::string sql(head);
  if (!connection.is_shared()) {
    sql.append(" VALUES (").append(places()).append(") ").append(tail);
    return one_by_one(connection, sql);
  }
  sql.append(" SELECT * FROM unnest(").append(places()).append(") ").append(tail);
  return together(connection, sql);
}

Result<void> Rows::update(Connection& connection, std::string_view one, std::string_view all) {
  if (count_ == 0) return {};
  if (!connection.is_shared()) return one_by_one(connection, one);
  std::string given = "FROM unnest(" + places() + ") AS given (";
  for (std::size_t i = 1; i <= columns_.size(); ++i) given += (i == 1 ? "c" : ", c") + std::to_string(i);
  given += ')';
  constexpr std::string_view word = "FROM given";
  std::string sql(all);
  const std::size_t at = sql.find(word);
  GONGJI_CHECK(at != std::string::npos);
  sql.replace(at, word.size(), given);
  return together(connection, sql);
}

Result<void> Rows::one_by_one(Connection& connection, std::string_view sql) {
  for (std::size_t row = 0; row < count_; ++row) {
    Query query = connection.query(sql);
    int place = 0;
    for (const auto& column : columns_) {
      std::visit([&](const auto& values) { query.bind_at(++place, values[row]); }, column);
    }
    if (auto done = query.run(); done.has_error()) return done;
  }
  clear();
  return {};
}

Result<void> Rows::together(Connection& connection, std::string_view sql) {
  Query query = connection.query(sql);
  int place = 0;
  for (const auto& column : columns_) {
    std::visit([&](const auto& values) { query.bind_at(++place, values); }, column);
  }
  if (auto done = query.run(); done.has_error()) return done;
  clear();
  return {};
}

}  // namespace gongji::database
