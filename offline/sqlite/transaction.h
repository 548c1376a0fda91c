// transaction.h — BEGIN IMMEDIATE and SAVEPOINT, undone when left without commit().
//
// Both must die before the Connection.  Single thread, as the Connection.
#pragma once

#include <utility>

#include "offline/base/result.h"
#include "offline/sqlite/connection.h"

namespace gongji::sqlite {

class Transaction {
 public:
  // BEGIN IMMEDIATE: the right to write is had now, not at the first write.
  static Result<Transaction> begin(Connection& connection);
  Transaction(Transaction&& other) noexcept : connection_(std::exchange(other.connection_, nullptr)) {}
  Transaction& operator=(Transaction&&) = delete;
  ~Transaction();

  // Durable when it returns without trouble.  With trouble it did not happen for this connection; but when the disk
  // took the last page of it and only failed to confirm, a crash before the next successful commit brings it back.  Who
  // must know makes a small commit at once: that overwrites it (journal: commit).
  Result<void> commit();

 private:
  explicit Transaction(Connection& connection) : connection_(&connection) {}
  Connection* connection_;
};

// BEGIN for reading alone: the statements inside see one state, and the locks of the file are taken once for all of
// them.
class ReadTransaction {
 public:
  static Result<ReadTransaction> begin(Connection& connection);
  ReadTransaction(ReadTransaction&& other) noexcept : connection_(std::exchange(other.connection_, nullptr)) {}
  ReadTransaction& operator=(ReadTransaction&&) = delete;
  ~ReadTransaction();

 private:
  explicit ReadTransaction(Connection& connection) : connection_(&connection) {}
  Connection* connection_;
};

// Nests inside a Transaction.  Left without release(), what it did is undone; the transaction goes on.
class Savepoint {
 public:
  static Result<Savepoint> set(Connection& connection);
  Savepoint(Savepoint&& other) noexcept : connection_(std::exchange(other.connection_, nullptr)) {}
  Savepoint& operator=(Savepoint&&) = delete;
  ~Savepoint();

  Result<void> release();

 private:
  explicit Savepoint(Connection& connection) : connection_(&connection) {}
  Connection* connection_;
};

}  // namespace gongji::sqlite
