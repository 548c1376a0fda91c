#include "offline/sqlite/transaction.h"

#include "offline/base/check.h"

namespace gongji::sqlite {

namespace {

// A full disk or an i/o error may already have rolled everything back; what is not open cannot be undone.
void undo(Connection& connection, const char* sql) {
  if (!connection.in_transaction()) return;
  static_cast<void>(connection.query(sql).run());
}

}  // namespace

Result<Transaction> Transaction::begin(Connection& connection) {
  GONGJI_CHECK(!connection.in_transaction());
  if (auto begun = connection.query("BEGIN IMMEDIATE").run(); !begun) return begun.error();
  return Transaction(connection);
}

Transaction::~Transaction() {
  if (connection_ != nullptr) undo(*connection_, "ROLLBACK");
}

Result<void> Transaction::commit() {
  GONGJI_CHECK(connection_ != nullptr);
  if (auto committed = connection_->query("COMMIT").run(); !committed) {
    undo(*connection_, "ROLLBACK");
    connection_ = nullptr;
    return committed;
  }
  connection_ = nullptr;
  return {};
}

Result<ReadTransaction> ReadTransaction::begin(Connection& connection) {
  GONGJI_CHECK(!connection.in_transaction());
  if (auto begun = connection.query("BEGIN").run(); !begun) return begun.error();
  return ReadTransaction(connection);
}

ReadTransaction::~ReadTransaction() {
  if (connection_ != nullptr) undo(*connection_, "ROLLBACK");
}

Result<Savepoint> Savepoint::set(Connection& connection) {
  GONGJI_CHECK(connection.in_transaction());
  if (auto set = connection.query("SAVEPOINT step").run(); !set) return set.error();
  return Savepoint(connection);
}

Savepoint::~Savepoint() {
  if (connection_ == nullptr) return;
  undo(*connection_, "ROLLBACK TO step");
  undo(*connection_, "RELEASE step");
}

Result<void> Savepoint::release() {
  GONGJI_CHECK(connection_ != nullptr);
  Connection& connection = *std::exchange(connection_, nullptr);
  return connection.query("RELEASE step").run();
}

}  // namespace gongji::sqlite
