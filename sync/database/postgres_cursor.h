// postgres_cursor.h — parameters and rows in the binary form of PostgreSQL's wire.  For postgres_*.cpp only.
#pragma once

#include <libpq-fe.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "sync/database/query.h"

namespace gongji::database {

class PostgresConnection;

struct ResultDeleter {
  void operator()(PGresult* result) const { PQclear(result); }
};
using ResultPointer = std::unique_ptr<PGresult, ResultDeleter>;

// One statement's text, and its prepared forms by the types of its parameters.
struct PostgresText {
  std::string given, postgres;
  bool writes = false;
  std::vector<std::pair<std::vector<Oid>, std::string>> prepared;  // of this connection; the name on the server
};

struct PostgresParameter {
  Oid type = 0;
  bool null = true;
  std::string bytes;
};

class PostgresCursor final : public Cursor {
 public:
  PostgresCursor(PostgresConnection& connection, PostgresText& text, std::string_view types)
      : connection_(connection), text_(text), types_(types) {}
  void bind_integer(int place, std::int64_t value) override;
  void bind_text(int place, std::string_view value) override;
  void bind_blob(int place, ByteView value) override;
  void bind_null(int place, Kind kind) override;
  void bind_integers(int place, const std::vector<std::int64_t>& values) override;
  void bind_texts(int place, const std::vector<std::string>& values) override;
  void bind_blobs(int place, const std::vector<Bytes>& values) override;
  void again() override;
  Result<bool> step() override;
  Result<void> run_later() override;
  bool is_null(int column) const override;
  std::int64_t integer(int column) const override;
  std::string_view text(int column) const override;
  ByteView blob(int column) const override;

 private:
  PostgresParameter& at(int place);
  void check_columns() const;
  std::string_view bytes(int column, char type) const;

  PostgresConnection& connection_;
  PostgresText& text_;
  std::string_view types_;
  std::vector<PostgresParameter> parameters_;
  ResultPointer result_;
  int row_ = -1;
};

}  // namespace gongji::database
