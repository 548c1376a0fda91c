// connection.h — one connection to one database, SQLite or another, that understands one text of SQL.
//
// What both understand, and the statements of this project keep to: ON CONFLICT (columns) DO UPDATE, ON CONFLICT DO
// NOTHING, RETURNING, FILTER, CASE, row values, UPDATE ... FROM; names of every derived table; CAST(SUM(...) AS
// BIGINT), because a sum is wider than its terms.  Not: INSERT OR IGNORE, IIF, max(a, b), an alias in HAVING, a number
// as a truth value.  Some words of our own are put into each database's way of saying it:
//
//   column IN texts(?), column IN integers(?)    any of a list that is bound as one parameter
//   column = each(?)                             the same, of a SELECT whose rows belong to one value each: once in a
//                                                statement, no sum over several values, values in any order.  Rows of
//                                                one value come together, in the order that ORDER BY says behind it
//   SELECT ... FOR NO KEY UPDATE                 locks the rows to the end of the transaction; SQLite has one writer
//
// `FROM table INDEXED BY index WHERE` is for SQLite alone, which has no statistics of these tables: where it would
// otherwise walk through a whole log.
//
// Threads.  A Connection and everything made from it belong to one thread at a time.
#pragma once

#include <string>
#include <string_view>

#include "offline/base/result.h"
#include "sync/database/query.h"

namespace gongji::database {

class Connection {
 public:
  Connection() = default;
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  virtual ~Connection() = default;  // rolls back what was not committed

  // `types` has one letter a column: i integer, t text, b blob; capital where NULL may stand.  A statement that does
  // not compile and a broken constraint are bugs (GONGJI_CHECK).
  virtual Query query(std::string_view sql, std::string_view types = {}) = 0;
  // One or more statements without parameters or rows.
  virtual Result<void> execute(const std::string& sql) = 0;

  // Not nested.  commit(): durable when it returns without trouble; with trouble it did not happen, but for
  // troubles::outcome_unknown.
  virtual Result<void> begin() = 0;
  virtual Result<void> commit() = 0;
  virtual void roll_back() = 0;
  virtual bool in_transaction() const = 0;

  // Until the end of the transaction nobody else has the lock of this name; for what has no row to lock.
  virtual Result<void> lock(std::string_view name) = 0;
  // Outside a transaction, in idle gaps: what the database wants done between times.
  virtual void rest() = 0;
  // Whether other processes write here too.
  virtual bool is_shared() const = 0;
};

}  // namespace gongji::database
