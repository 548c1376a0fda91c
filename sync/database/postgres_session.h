// postgres_session.h — the connection itself.  For postgres_*.cpp only.
#pragma once

#include <libpq-fe.h>

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "sync/database/connection.h"
#include "sync/database/postgres_cursor.h"

namespace gongji::database {

class PostgresConnection final : public Connection {
 public:
  explicit PostgresConnection(std::string url) : url_(std::move(url)) {}
  ~PostgresConnection() override;

  Result<void> connect();

  Query query(std::string_view sql, std::string_view types) override;
  Result<void> execute(const std::string& sql) override;
  Result<void> begin() override;
  Result<void> commit() override;
  void roll_back() override;
  bool in_transaction() const override { return in_transaction_; }
  Result<void> lock(std::string_view name) override;
  void rest() override {}
  bool is_shared() const override { return true; }

  // Prepares where needed, and runs.
  Result<ResultPointer> run(PostgresText& text, const std::vector<PostgresParameter>& parameters);
  // As run(), but what comes of it is heard by whatever is said next on this connection.
  Result<void> send(PostgresText& text, const std::vector<PostgresParameter>& parameters);

 private:
  struct Closer {
    void operator()(PGconn* connection) const { PQfinish(connection); }
  };
  Result<void> make_writer();
  Result<void> read_written();
  Result<void> mark_writing();
  Result<void> resolve();
  Result<void> hear_sent();
  Result<const char*> begin_statement(PostgresText& text, const std::vector<PostgresParameter>& parameters);
  Result<ResultPointer> plain(const char* sql);
  Result<const char*> prepared(PostgresText& text, const std::vector<PostgresParameter>& parameters);
  Result<ResultPointer> checked(PGresult* result);
  Trouble trouble_of(const PGresult* result);
  std::string name() const;  // of the server and its database, without the password

  std::string url_;
  std::unique_ptr<PGconn, Closer> connection_;
  std::unordered_map<std::string_view, std::unique_ptr<PostgresText>> texts_;  // keys are the texts' own
  std::int64_t prepared_count_ = 0;
  bool in_transaction_ = false;
  bool sent_ = false;         // a statement is under way whose result was not heard
  bool marked_ = false;       // this transaction writes, and says so in gongji_writer
  bool unknown_ = false;      // whether the last transaction was committed is to be read
  std::int64_t writer_ = 0;   // the row of this connection; 0 before it has one
  std::int64_t written_ = 0;  // committed transactions that wrote
};

}  // namespace gongji::database
