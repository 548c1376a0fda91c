// connection.h — one connection to one file of SQLite.
//
// Durability.  A read-write connection runs in WAL mode with synchronous=FULL: when Transaction::commit() returned
// without trouble, the transaction survives a crash of the process, of the machine, and a power cut.
//
// Checkpoints are explicit (checkpoint(), always PASSIVE) and are made by the one connection that writes: SQLite before
// 3.51.3 can corrupt a WAL that two connections checkpoint.  The WAL file stays allocated when the file is closed:
// rewriting blocks costs half of what growing a file costs.
//
// Threads.  A Connection and everything made from it belong to one thread at a time.
//
// Errors.  SQL that does not compile, a bind out of range and a broken constraint are bugs of the caller
// (GONGJI_CHECK). Everything else (full, i/o error, busy, damaged, read-only) is Trouble of troubles.h; `path` names
// the file, `detail` the SQLite code.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <variant>

#include "offline/base/result.h"
#include "offline/sqlite/query.h"

struct sqlite3;

namespace gongji::sqlite {

enum class Access : std::uint8_t {
  read_only,   // never writes, never checkpoints; works beside a writer of another process
  read_write,  // the file must exist
  create,      // makes the file (mode 0600) when it is missing
};

struct Options {
  Access access = Access::create;
  // Stands in the file's header and says whose file it is; must not be 0.  An empty file gets it; a file with another
  // one is refused before anything in it is changed.
  std::int32_t application_id = 0;
  // The newest PRAGMA user_version that this program understands; a newer file is refused unchanged.
  std::int32_t version_max = 0;
  std::chrono::milliseconds busy_timeout{5'000};
  std::int64_t cache_kib = 8'192;
  std::string vfs;  // "" is the machine's own; tests name their own
};

// What a function of SQL is given (texts and blobs as their bytes, NULL as none) and what it yields: a text or a blob.
using Arguments = std::span<const ByteView>;
using Value = std::variant<std::string, Bytes>;
using Function = std::function<Result<Value>(Arguments)>;

class Connection {
 public:
  // Errors in order: cannot open, not a database, another program's file, newer file, anything of the disk.
  static Result<std::unique_ptr<Connection>> open(const std::filesystem::path& file, const Options& options);
  ~Connection();  // rolls back what was not committed
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // A prepared statement, kept for the life of the connection and ready to bind.  `types` has one letter a column:
  //   i integer, t text, b blob; capital where NULL may stand.
  // A row of other types is trouble `damaged`: a STRICT table cannot hold it.  The handle resets the statement when it
  // dies.  The same text may be in use twice at once.  A failure to prepare (disk) is told by the first step().
  // Found again by the address of `sql`: give literals.
  Query query(const char* sql, std::string_view types = {});

  // Runs one or more statements without parameters or rows.  Not cached.
  Result<void> execute(const char* sql);

  // Makes `function` callable from this connection's statements and migrations as `name`; never from the schema.
  // `arguments` -1: any number.  Trouble of the function ends the statement as `unexpected`, with its text as detail.
  void define(const char* name, int arguments, Function function);
  // Writes the file anew, without the remains of what was deleted or changed, and empties the WAL.  Outside a
  // transaction, with no other connection to the file.  Cost: one copy of the file.
  Result<void> rewrite();

  std::int64_t last_changes() const;   // rows changed by the last statement
  std::int64_t total_changes() const;  // since the connection was opened, whether they were undone or not
  bool in_transaction() const;

  // Pages now waiting in the WAL, as of the last commit of this connection.
  std::int64_t wal_pages() const { return wal_pages_; }
  // Commits of this connection that wrote a page.  Of one that changed nothing the disk is not asked, so that it says
  // nothing of the disk; a row replaced by the same octets is such a nothing, although total_changes() counts it.
  std::int64_t written_commits() const { return written_commits_; }
  // PASSIVE: moves what it can into the file and waits for nobody.  Only the writing connection may call this.
  Result<void> checkpoint();

  // TRUNCATE: moves everything into the file and empties the WAL.  For a file that nobody else has open.
  // Errors: busy where somebody has, and anything of the disk.
  Result<void> checkpoint_whole();

  // The whole database as it is now, page by page, in a new file (mode 0600) that is durable when this returns; others
  // may write meanwhile.  Errors: cannot open, anything of either disk.
  Result<void> copy_to(const std::filesystem::path& file);
  // From now on closing leaves what waits in the WAL there.
  void keep_wal_at_close();

  const std::string& file() const { return file_; }
  std::int32_t application_id() const { return application_id_; }
  // The trouble that belongs to an SQLite result code; CHECKs on codes that only a bug can cause.
  Trouble trouble_of(int code) const;

 private:
  friend class Query;
  struct Cached;
  Connection(sqlite3* handle, std::string file);
  Result<void> set_up(const Options& options);
  Result<std::int64_t> pragma(const char* sql);

  sqlite3* handle_;
  std::string file_;
  std::int32_t application_id_ = 0;
  std::int64_t wal_pages_ = 0;
  std::int64_t written_commits_ = 0;
  std::unordered_map<const char*, std::unique_ptr<Cached>> cache_;
};

}  // namespace gongji::sqlite
