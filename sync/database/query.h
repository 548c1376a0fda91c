// query.h — one use of one statement of a Connection, whatever database is behind it.
//
//   Query query = connection.query("SELECT name FROM site WHERE fixmedins_code = ?", "t");
//   auto row = query.bind(code).step();
//   if (!row) return row.error();
//   if (*row) use(query.text(0));
//
// Parameters are `?`, or `?1`, `?2`, ... where one stands twice.  Views returned by text() and blob() are valid until
// the next step() or the end of the Query.
#pragma once

#include <concepts>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "offline/base/bytes.h"
#include "offline/base/clock.h"
#include "offline/base/ids.h"
#include "offline/base/money.h"
#include "offline/base/result.h"

namespace gongji::database {

enum class Kind : std::uint8_t { integer, text, blob };

// What a database does for a Query.  Places count from 1, columns from 0.
class Cursor {
 public:
  Cursor() = default;
  Cursor(const Cursor&) = delete;
  Cursor& operator=(const Cursor&) = delete;
  virtual ~Cursor() = default;
  virtual void bind_integer(int place, std::int64_t value) = 0;
  virtual void bind_text(int place, std::string_view value) = 0;
  virtual void bind_blob(int place, ByteView value) = 0;
  virtual void bind_null(int place, Kind kind) = 0;
  // The bytes stay where they are until the next binding, or the end of the cursor.
  virtual void bind_text_kept(int place, std::string_view value) { bind_text(place, value); }
  virtual void bind_blob_kept(int place, ByteView value) { bind_blob(place, value); }
  virtual void again() = 0;
  virtual void bind_integers(int place, const std::vector<std::int64_t>& values) = 0;
  virtual void bind_texts(int place, const std::vector<std::string>& values) = 0;
  virtual void bind_blobs(int place, const std::vector<Bytes>& values) = 0;  // not in SQLite
  virtual Result<bool> step() = 0;
  virtual Result<void> run_later();  // here: now
  virtual bool is_null(int column) const = 0;
  virtual std::int64_t integer(int column) const = 0;
  virtual std::string_view text(int column) const = 0;
  virtual ByteView blob(int column) const = 0;
};

class Query {
 public:
  explicit Query(std::unique_ptr<Cursor> cursor) : cursor_(std::move(cursor)) {}

  // Binds the parameters from the first on, in order.  Texts and blobs are copied.
  template <class... Values>
  Query& bind(const Values&... values) {
    int place = 0;
    (bind_at(++place, values), ...);
    return *this;
  }
  template <std::integral Value>
  void bind_at(int place, Value value) {
    cursor_->bind_integer(place, static_cast<std::int64_t>(value));
  }
  void bind_at(int place, Money value) { cursor_->bind_integer(place, value.in_fen()); }
  void bind_at(int place, WallTime value) { cursor_->bind_integer(place, value.ms); }
  void bind_at(int place, std::string_view value) { cursor_->bind_text(place, value); }
  void bind_at(int place, const std::string& value) { cursor_->bind_text(place, value); }
  void bind_at(int place, const char* value) { cursor_->bind_text(place, value); }
  void bind_at(int place, ByteView value) { cursor_->bind_blob(place, value); }
  void bind_at(int place, const Digest& value) { cursor_->bind_blob(place, ByteView(value)); }
  void bind_at(int place, const Bytes& value) { cursor_->bind_blob(place, ByteView(value)); }
  // For `column IN texts(?)` and `column IN integers(?)`.
  void bind_at(int place, const std::vector<std::int64_t>& values) { cursor_->bind_integers(place, values); }
  void bind_at(int place, const std::vector<std::string>& values) { cursor_->bind_texts(place, values); }
  void bind_at(int place, const std::vector<Bytes>& values) { cursor_->bind_blobs(place, values); }
  template <class Value>
  void bind_at(int place, const std::optional<Value>& value) {
    if (value) {
      bind_at(place, *value);
    } else {
      cursor_->bind_null(place, kind_of<Value>());
    }
  }

  // As bind_at(), but not copied: the value stays where it is until it is bound anew, or the Query has ended.
  void bind_kept(int place, std::int64_t value) { cursor_->bind_integer(place, value); }
  void bind_kept(int place, const std::string& value) { cursor_->bind_text_kept(place, value); }
  void bind_kept(int place, const Bytes& value) { cursor_->bind_blob_kept(place, value); }
  // After run(): ready to be bound and run again.
  void again() { cursor_->again(); }

  // True: a row is there.  False: the statement is finished.
  Result<bool> step() { return cursor_->step(); }
  // For statements without rows: runs to the end.
  Result<void> run();
  // The same, but a database that is another process may still be at it when this returns.  Whatever is asked next sees
  // it done; its trouble is then told by the next statement of the transaction, or by commit().
  Result<void> run_later() { return cursor_->run_later(); }

  // Columns of the current row, from 0.  Asking for another type than `types` promised is a bug.
  bool is_null(int column) const { return cursor_->is_null(column); }
  std::int64_t integer(int column) const { return cursor_->integer(column); }
  std::uint64_t count(int column) const;  // an integer that is not negative; a negative one reads as 0
  std::string_view text(int column) const { return cursor_->text(column); }
  ByteView blob(int column) const { return cursor_->blob(column); }
  Money money(int column) const { return Money::fen(integer(column)); }
  std::optional<std::int64_t> integer_or_null(int column) const;

 private:
  template <class Value>
  static constexpr Kind kind_of() {
    if constexpr (std::is_convertible_v<Value, std::string_view>) {
      return Kind::text;
    } else if constexpr (std::is_convertible_v<Value, ByteView>) {
      return Kind::blob;
    } else {
      return Kind::integer;
    }
  }

  std::unique_ptr<Cursor> cursor_;
};

}  // namespace gongji::database
