// rows.h — many rows in one go: one statement with an array for each column where the database can, else a few
// rows a prepared statement.
//
//   Rows rows("tib");
//   rows.add(name, number, bytes);
//   rows.insert(connection, "INSERT INTO thing", "ON CONFLICT DO NOTHING");
#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "sync/database/connection.h"

namespace gongji::database {

class Rows {
 public:
  // One letter a column: i integer, t text, b blob; none may be NULL.
  explicit Rows(std::string_view types);

  template <class... Values>
  void add(Values&&... values) {
    std::size_t column = 0;
    (put(column++, std::forward<Values>(values)), ...);
    ++count_;
  }
  std::size_t size() const { return count_; }
  bool empty() const { return count_ == 0; }
  void clear();

  // Writes all rows, in the order of add(), and forgets them.  `head` is "INSERT INTO table" or "INSERT INTO table
  // (columns)", `tail` what comes behind the values.
  Result<void> insert(Connection& connection, std::string_view head, std::string_view tail = {});
  // `one`: for one row, whose columns are ?1, ?2, ...  `all`: for all, where `given` is a table of the columns c1, c2,
  // ...: "UPDATE thing SET n = n + given.c2 FROM given WHERE thing.name = given.c1".
  Result<void> update(Connection& connection, std::string_view one, std::string_view all);

 private:
  using Column = std::variant<std::vector<std::int64_t>, std::vector<std::string>, std::vector<Bytes>>;
  template <std::integral Value>
  void put(std::size_t column, Value value) {
    std::get<0>(columns_[column]).push_back(static_cast<std::int64_t>(value));
  }
  void put(std::size_t column, Money value) { put(column, value.in_fen()); }
  void put(std::size_t column, WallTime value) { put(column, value.ms); }
  void put(std::size_t column, std::string_view value) { std::get<1>(columns_[column]).emplace_back(value); }
  void put(std::size_t column, std::string value) { std::get<1>(columns_[column]).push_back(std::move(value)); }
  void put(std::size_t column, const char* value) { std::get<1>(columns_[column]).emplace_back(value); }
  void put(std::size_t column, Bytes value) { std::get<2>(columns_[column]).push_back(std::move(value)); }
  void put(std::size_t column, ByteView value) { std::get<2>(columns_[column]).push_back(to_bytes(value)); }
  // The rows from `from` on that fill whole statements of `count` rows each; moves `from` behind them.
  Result<void> write(Connection& connection, std::string_view sql, std::size_t count, std::size_t& from);
  Result<void> together(Connection& connection, std::string_view sql);
  static std::string places(std::size_t before, std::size_t count);  // "?1, ?2, ?3"

  std::vector<Column> columns_;
  std::size_t count_ = 0;
};

}  // namespace gongji::database
