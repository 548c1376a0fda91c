#include "sync/database/sqlite_connection.h"

#include <algorithm>
#include <type_traits>
#include <unordered_map>
#include <utility>
#include <variant>

#include "offline/base/check.h"
#include "offline/sqlite/transaction.h"
#include "sync/database/dialect.h"

namespace gongji::database {
namespace {

constexpr std::int64_t wal_pages_max = 32'768;  // 128 MiB of 4 KiB

void append_json_text(std::string& out, std::string_view text) {
  constexpr std::string_view hex = "0123456789abcdef";
  out += '"';
  for (const char c : text) {
    const auto code = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (code < 0x20) {
      out += "\\u00";
      out += hex[code >> 4];
      out += hex[code & 15];
    } else {
      out += c;
    }
  }
  out += '"';
}

class SqliteCursor final : public Cursor {
 public:
  // `each`: the place of the parameter that takes one value of a list after another; 0: none does.
  SqliteCursor(sqlite::Query query, int each) : query_(std::move(query)), each_(each) {}
  void bind_integer(int place, std::int64_t value) override { query_.bind_at(place, value); }
  void bind_text(int place, std::string_view value) override { query_.bind_at(place, value); }
  void bind_blob(int place, ByteView value) override { query_.bind_at(place, value); }
  void bind_text_kept(int place, std::string_view value) override { query_.bind_kept(place, value); }
  void bind_blob_kept(int place, ByteView value) override { query_.bind_kept(place, value); }
  void again() override { query_.again(); }
  void bind_null(int place, Kind) override { query_.bind_at(place, nullptr); }
  void bind_integers(int place, const std::vector<std::int64_t>& values) override {
    if (place == each_) return keep(values);
    std::string list = "[";
    for (const std::int64_t value : values) {
      if (list.size() > 1) list += ',';
      list += std::to_string(value);
    }
    query_.bind_at(place, std::string_view(list += ']'));
  }
  void bind_texts(int place, const std::vector<std::string>& values) override {
    if (place == each_) return keep(values);
    std::string list = "[";
    for (const std::string& value : values) {
      if (list.size() > 1) list += ',';
      append_json_text(list, value);
    }
    query_.bind_at(place, std::string_view(list += ']'));
  }
  void bind_blobs(int, const std::vector<Bytes>&) override { GONGJI_CHECK_WHY(false, "SQLite has no list of blobs"); }
  Result<bool> step() override {
    if (each_ == 0) return query_.step();
    while (true) {
      if (is_bound_) {
        auto row = query_.step();
        if (row.has_error() || *row) return row;
        query_.again();
      }
      is_bound_ = bind_next();
      if (!is_bound_) return false;
    }
  }
  bool is_null(int column) const override { return query_.is_null(column); }
  std::int64_t integer(int column) const override { return query_.integer(column); }
  std::string_view text(int column) const override { return query_.text(column); }
  ByteView blob(int column) const override { return query_.blob(column); }

 private:
  template <class Values>
  void keep(Values values) {
    std::sort(values.begin(), values.end());
    values.erase(std::unique(values.begin(), values.end()), values.end());
    values_ = std::move(values);
    next_ = 0;
    is_bound_ = false;
  }
  bool bind_next() {
    return std::visit(
        [&](const auto& values) {
          if (next_ == values.size()) return false;
          if constexpr (std::is_same_v<decltype(values), const std::vector<std::int64_t>&>) {
            query_.bind_at(each_, values[next_++]);
          } else {
            query_.bind_kept(each_, std::string_view(values[next_++]));
          }
          return true;
        },
        values_);
  }

  std::variant<std::vector<std::int64_t>, std::vector<std::string>> values_;  // outlives the binding
  sqlite::Query query_;
  int each_;
  std::size_t next_ = 0;
  bool is_bound_ = false;
};

class SqliteConnection final : public Connection {
 public:
  explicit SqliteConnection(std::unique_ptr<sqlite::Connection> connection) : connection_(std::move(connection)) {}
  ~SqliteConnection() override { transaction_.reset(); }

  Query query(std::string_view sql, std::string_view types) override {
    auto known = texts_.find(sql);
    if (known == texts_.end()) {
      auto text = std::make_unique<Text>(Text{std::string(sql), for_sqlite(sql), place_of_each(sql)});
      const std::string_view key = text->given;
      known = texts_.emplace(key, std::move(text)).first;
    }
    const Text& text = *known->second;
    return Query(std::make_unique<SqliteCursor>(connection_->query(text.sqlite.c_str(), types), text.each));
  }

  Result<void> execute(const std::string& sql) override { return connection_->execute(sql.c_str()); }

  Result<void> begin() override {
    auto begun = sqlite::Transaction::begin(*connection_);
    if (!begun) return begun.error();
    transaction_ = std::make_unique<sqlite::Transaction>(*std::move(begun));
    return {};
  }
  Result<void> commit() override {
    GONGJI_CHECK(transaction_ != nullptr);
    auto outcome = transaction_->commit();
    transaction_.reset();
    // A centre that drains has no gaps.
    if (outcome.has_value() && connection_->wal_pages() > wal_pages_max) rest();
    return outcome;
  }
  void roll_back() override { transaction_.reset(); }
  bool in_transaction() const override { return transaction_ != nullptr; }
  Result<void> lock(std::string_view) override { return {}; }  // BEGIN IMMEDIATE locks everything
  bool is_shared() const override { return false; }
  void rest() override {
    // A checkpoint that fails is tried again in the next gap; what is committed is safe in the WAL meanwhile.
    if (connection_->wal_pages() > 0) static_cast<void>(connection_->checkpoint());
  }

 private:
  struct Text {
    std::string given, sqlite;
    int each = 0;  // the place of its parameter
  };
  std::unique_ptr<sqlite::Connection> connection_;
  std::unique_ptr<sqlite::Transaction> transaction_;
  std::unordered_map<std::string_view, std::unique_ptr<Text>> texts_;
};

}  // namespace

std::unique_ptr<Connection> over_sqlite(std::unique_ptr<sqlite::Connection> connection) {
  return std::make_unique<SqliteConnection>(std::move(connection));
}

}  // namespace gongji::database
