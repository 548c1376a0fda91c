#include "sync/database/rows.h"

#include "offline/base/check.h"

namespace gongji::database {
namespace {

constexpr std::size_t rows_a_statement = 8;  // where there are no arrays

}  // namespace

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

std::string Rows::places(std::size_t before, std::size_t count) {
  std::string out;
  for (std::size_t i = 1; i <= count; ++i) out += (i == 1 ? "?" : ", ?") + std::to_string(before + i);
  return out;
}

Result<void> Rows::insert(Connection& connection, std::string_view head, std::string_view tail) {
  if (count_ == 0) return {};
  std::string sql(head);
  if (connection.is_shared()) {
    sql.append(" SELECT * FROM unnest(").append(places(0, columns_.size())).append(") ").append(tail);
    return together(connection, sql);
  }
  sql.append(" VALUES ");
  const auto statement = [&](std::size_t rows) {
    std::string text = sql;
    for (std::size_t i = 0; i < rows; ++i) {
      text.append(i == 0 ? "(" : ", (").append(places(i * columns_.size(), columns_.size())).append(")");
    }
    return text.append(" ").append(tail);
  };
  std::size_t row = 0;
  // A till that sends sale by sale has fewer: their text is not made for nothing.
  if (count_ >= rows_a_statement) {
    if (auto done = write(connection, statement(rows_a_statement), rows_a_statement, row); done.has_error()) {
      return done;
    }
  }
  if (row < count_) {
    if (auto done = write(connection, statement(1), 1, row); done.has_error()) return done;
  }
  clear();
  return {};
}

Result<void> Rows::update(Connection& connection, std::string_view one, std::string_view all) {
  if (count_ == 0) return {};
  if (!connection.is_shared()) {
    std::size_t row = 0;
    if (auto done = write(connection, one, 1, row); done.has_error()) return done;
    clear();
    return {};
  }
  std::string given = "FROM unnest(" + places(0, columns_.size()) + ") AS given (";
  for (std::size_t i = 1; i <= columns_.size(); ++i) given += (i == 1 ? "c" : ", c") + std::to_string(i);
  given += ')';
  constexpr std::string_view word = "FROM given";
  std::string sql(all);
  const std::size_t at = sql.find(word);
  GONGJI_CHECK(at != std::string::npos);
  sql.replace(at, word.size(), given);
  return together(connection, sql);
}

Result<void> Rows::write(Connection& connection, std::string_view sql, std::size_t count, std::size_t& from) {
  if (from + count > count_) return {};
  Query query = connection.query(sql);
  for (; from + count <= count_; from += count) {
    int place = 0;
    for (std::size_t row = from; row < from + count; ++row) {
      for (const auto& column : columns_) {
        std::visit([&](const auto& values) { query.bind_kept(++place, values[row]); }, column);
      }
    }
    if (auto done = query.run(); done.has_error()) return done;
    query.again();
  }
  return {};
}

Result<void> Rows::together(Connection& connection, std::string_view sql) {
  Query query = connection.query(sql);
  int place = 0;
  for (const auto& column : columns_) {
    std::visit([&](const auto& values) { query.bind_at(++place, values); }, column);
  }
  if (auto done = query.run_later(); done.has_error()) return done;
  clear();
  return {};
}

}  // namespace gongji::database
