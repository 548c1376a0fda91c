// query.h — one use of one prepared statement.
//
//   Query query = connection.query("SELECT hash FROM entry WHERE seq = ?", "b");
//   auto row = query.bind(seq).step();
//   if (!row) return row.error();
//   if (*row) use(query.blob(0));
//
// Views returned by text() and blob() are valid until the next step() or the end of the Query.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "offline/base/bytes.h"
#include "offline/base/clock.h"
#include "offline/base/ids.h"
#include "offline/base/money.h"
#include "offline/base/result.h"

struct sqlite3_stmt;

namespace gongji::sqlite {

class Connection;

class Query {
 public:
  Query(Query&& other) noexcept;
  Query& operator=(Query&&) = delete;
  ~Query();

  // Binds the parameters from the first on, in order.  Texts and blobs are copied.
  template <class... Values>
  Query& bind(const Values&... values) {
    int place = 0;
    (bind_at(++place, values), ...);
    return *this;
  }
  template <std::integral Value>
  void bind_at(int place, Value value) {
    bind_integer(place, static_cast<std::int64_t>(value));
  }
  void bind_at(int place, Money value) { bind_integer(place, value.in_fen()); }
  void bind_at(int place, WallTime value) { bind_integer(place, value.ms); }
  void bind_at(int place, const Id& value) { bind_at(place, ByteView(value.bytes)); }
  void bind_at(int place, const Digest& value) { bind_at(place, ByteView(value)); }
  void bind_at(int place, const Bytes& value) { bind_at(place, ByteView(value)); }
  void bind_at(int place, std::string_view value);  // text
  void bind_at(int place, const char* value) { bind_at(place, std::string_view(value)); }
  void bind_at(int place, ByteView value);  // blob
  void bind_at(int place, std::nullptr_t);
  // Not copied: the bytes stay where they are until the Query was run, and bound anew or destroyed.
  void bind_kept(int place, std::string_view value);  // text
  void bind_kept(int place, ByteView value);          // blob
  // After run(): ready to be bound and run again.
  void again();
  template <class Value>
  void bind_at(int place, const std::optional<Value>& value) {
    if (value) {
      bind_at(place, *value);
    } else {
      bind_at(place, nullptr);
    }
  }

  // True: a row is there.  False: the statement is finished.
  Result<bool> step();
  // For statements without rows: runs to the end.
  Result<void> run();

  // Columns of the current row, from 0.  Asking for another type than `types` promised is a bug.
  bool is_null(int column) const;
  std::int64_t integer(int column) const;
  std::uint64_t count(int column) const;  // an integer that is not negative; a negative one reads as 0
  std::string_view text(int column) const;
  ByteView blob(int column) const;
  Money money(int column) const { return Money::fen(integer(column)); }
  std::optional<std::int64_t> integer_or_null(int column) const;

 private:
  friend class Connection;
  struct Deleter {
    void operator()(sqlite3_stmt* statement) const;
  };
  Query(Connection& connection, std::string_view types) : connection_(&connection), types_(types) {}
  void bind_integer(int place, std::int64_t value);
  void bound(int code);
  bool row_types_hold() const;

  Connection* connection_;
  sqlite3_stmt* statement_ = nullptr;
  bool* in_use_ = nullptr;                      // of the cached statement
  std::unique_ptr<sqlite3_stmt, Deleter> own_;  // of a second use at the same time
  std::string_view types_;
  int failed_ = 0;  // SQLite code of a failed prepare or bind
};

}  // namespace gongji::sqlite
