#include "offline/sqlite/connection.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include "offline/base/check.h"
#include "offline/sqlite/troubles.h"

namespace gongji::sqlite {

struct Connection::Cached {
  std::string sql;
  sqlite3_stmt* statement = nullptr;
  bool in_use = false;
  ~Cached() { sqlite3_finalize(statement); }
};

namespace {

const TroubleText& text_of(int code) {
  switch (code & 0xFF) {
    case SQLITE_FULL:
      return troubles::disk_full;
    case SQLITE_IOERR:
      return code == SQLITE_IOERR_NOMEM ? troubles::out_of_memory : troubles::disk_error;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_PROTOCOL:
      return troubles::busy;
    case SQLITE_CORRUPT:
      return troubles::damaged;
    case SQLITE_READONLY:
      return troubles::read_only;
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
    case SQLITE_AUTH:
      return troubles::cannot_open;
    case SQLITE_NOTADB:
      return troubles::not_a_database;
    case SQLITE_NOMEM:
      return troubles::out_of_memory;
    default:
      return troubles::unexpected;
  }
}

// SQLite counts its memory under a lock at every allocation; nobody asks for the sum.
void set_up_library() {
  static const int done = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
  static_cast<void>(done);  // SQLITE_MISUSE where another part of the program was first: it then counts
}

// A file made by SQLite itself would be readable by everybody whom the umask allows.  Only for a file that is not
// there: opening and closing an existing one would drop this process's own locks on it.
void make_private(const std::filesystem::path& file) {
  const int made = ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (made >= 0) ::close(made);
}

}  // namespace

Connection::Connection(sqlite3* handle, std::string file) : handle_(handle), file_(std::move(file)) {}

Connection::~Connection() {
  cache_.clear();
  const int closed = sqlite3_close(handle_);
  GONGJI_CHECK_WHY(closed == SQLITE_OK, "a query outlived its connection");
}

Result<std::unique_ptr<Connection>> Connection::open(const std::filesystem::path& file, const Options& options) {
  GONGJI_CHECK(options.application_id != 0);
  set_up_library();
  int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  flags |= options.access == Access::read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
  if (options.access == Access::create) {
    flags |= SQLITE_OPEN_CREATE;
    make_private(file);
  }
  sqlite3* handle = nullptr;
  const int opened = sqlite3_open_v2(file.c_str(), &handle, flags, options.vfs.empty() ? nullptr : options.vfs.c_str());
  if (handle == nullptr) return trouble(troubles::out_of_memory, file.string());
  std::unique_ptr<Connection> connection(new Connection(handle, file.string()));
  if (opened != SQLITE_OK) return connection->trouble_of(opened);
  if (auto ready = connection->set_up(options); !ready) return ready.error();
  return connection;
}

Result<void> Connection::set_up(const Options& options) {
  sqlite3_busy_timeout(handle_, static_cast<int>(options.busy_timeout.count()));
  int ignored = 0;
  sqlite3_db_config(handle_, SQLITE_DBCONFIG_DEFENSIVE, 1, &ignored);
  sqlite3_db_config(handle_, SQLITE_DBCONFIG_ENABLE_TRIGGER, 1, &ignored);
  sqlite3_db_config(handle_, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, &ignored);
  sqlite3_db_config(handle_, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, options.access == Access::read_only ? 1 : 0, &ignored);

  // Whose file it is comes first: nothing may be changed in another program's file, or in a newer one.
  const auto application_id = pragma("PRAGMA application_id");
  if (!application_id) return application_id.error();
  if (*application_id != options.application_id) {
    const auto tables = pragma("SELECT count(*) FROM sqlite_schema");
    if (!tables) return tables.error();
    if (*application_id != 0 || *tables != 0) return trouble(troubles::foreign_file, file_);
  }
  const auto version = pragma("PRAGMA user_version");
  if (!version) return version.error();
  if (*version > options.version_max) {
    return trouble(troubles::newer_file, file_,
                   "version " + std::to_string(*version) + ", known " + std::to_string(options.version_max));
  }

  const std::string cache = "PRAGMA cache_size = -" + std::to_string(options.cache_kib);
  for (const char* sql :
       {"PRAGMA foreign_keys = ON", "PRAGMA cell_size_check = ON", "PRAGMA temp_store = MEMORY", cache.c_str()}) {
    if (auto done = execute(sql); !done) return done;
  }
  if (options.access == Access::read_only) return {};

  {
    // journal_mode answers with the mode that now holds: a file system without shared memory keeps another one.
    Query mode = query("PRAGMA journal_mode = WAL", "t");
    const auto row = mode.step();
    if (!row) return row.error();
    if (!*row || mode.text(0) != "wal") return trouble(troubles::cannot_open, file_, "no write-ahead log here");
  }
  if (auto done = execute("PRAGMA synchronous = FULL"); !done) return done;
  int persist = 1;
  sqlite3_file_control(handle_, "main", SQLITE_FCNTL_PERSIST_WAL, &persist);
  // A hook of our own takes the place of SQLite's automatic checkpoint.
  sqlite3_wal_hook(
      handle_,
      [](void* self, sqlite3*, const char*, int pages) {
        auto& connection = *static_cast<Connection*>(self);
        connection.wal_pages_ = pages;
        ++connection.written_commits_;
        return SQLITE_OK;
      },
      this);
  application_id_ = options.application_id;
  return {};
}

Result<std::int64_t> Connection::pragma(const char* sql) {
  Query value = query(sql, "i");
  const auto row = value.step();
  if (!row) return row.error();
  GONGJI_CHECK(*row);
  return value.integer(0);
}

Query Connection::query(const char* sql, std::string_view types) {
  Query query(*this, types);
  const auto prepare = [&](sqlite3_stmt** out, unsigned flags) {
    query.failed_ = sqlite3_prepare_v3(handle_, sql, -1, flags, out, nullptr);
  };
  auto found = cache_.find(sql);
  if (found != cache_.end() && found->second->sql != sql) {  // another text now stands at this address
    GONGJI_CHECK_WHY(!found->second->in_use, sql);
    cache_.erase(found);
    found = cache_.end();
  }
  if (found != cache_.end() && found->second->in_use) {
    sqlite3_stmt* statement = nullptr;
    prepare(&statement, 0);
    query.own_.reset(statement);
    query.statement_ = statement;
  } else if (found != cache_.end()) {
    query.statement_ = found->second->statement;
    query.in_use_ = &found->second->in_use;
  } else {
    auto cached = std::make_unique<Cached>();
    cached->sql = sql;
    prepare(&cached->statement, SQLITE_PREPARE_PERSISTENT);
    if (query.failed_ != SQLITE_OK) return query;
    query.statement_ = cached->statement;
    query.in_use_ = &cached->in_use;
    cache_.emplace(sql, std::move(cached));
  }
  if (query.in_use_ != nullptr) *query.in_use_ = true;
  if (query.failed_ == SQLITE_OK) {
    GONGJI_CHECK_WHY(sqlite3_column_count(query.statement_) == static_cast<int>(types.size()), sql);
  }
  return query;
}

Result<void> Connection::execute(const char* sql) {
  const int code = sqlite3_exec(handle_, sql, nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) return trouble_of(code);
  return {};
}

void Connection::define(const char* name, int arguments, Function function) {
  const auto call = [](sqlite3_context* context, int count, sqlite3_value** values) {
    std::vector<ByteView> in;
    for (int i = 0; i < count; ++i) {
      const auto* bytes = static_cast<const std::uint8_t*>(sqlite3_value_blob(values[i]));
      in.emplace_back(bytes, static_cast<std::size_t>(sqlite3_value_bytes(values[i])));
    }
    const auto& work = *static_cast<const Function*>(sqlite3_user_data(context));
    const auto value = work(in);
    if (value.has_error()) {
      const std::string why = to_string(value.error(), Language::en);
      sqlite3_result_error(context, why.c_str(), static_cast<int>(why.size()));
    } else if (const auto* text = std::get_if<std::string>(&*value)) {
      sqlite3_result_text64(context, text->data(), text->size(), SQLITE_TRANSIENT, SQLITE_UTF8);
    } else {
      const auto& blob = std::get<Bytes>(*value);
      sqlite3_result_blob64(context, blob.data(), blob.size(), SQLITE_TRANSIENT);
    }
  };
  const int code = sqlite3_create_function_v2(handle_, name, arguments, SQLITE_UTF8 | SQLITE_DIRECTONLY,
                                              new Function(std::move(function)), call, nullptr, nullptr,
                                              [](void* work) { delete static_cast<Function*>(work); });
  GONGJI_CHECK_WHY(code == SQLITE_OK, name);
}

Result<void> Connection::rewrite() {
  GONGJI_CHECK(!in_transaction());
  if (auto done = execute("VACUUM"); !done) return done;
  const int code = sqlite3_wal_checkpoint_v2(handle_, "main", SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr);
  if (code != SQLITE_OK) return trouble_of(code);
  wal_pages_ = 0;
  return {};
}

std::int64_t Connection::last_changes() const {
  return sqlite3_changes64(handle_);
}

std::int64_t Connection::total_changes() const {
  return sqlite3_total_changes64(handle_);
}

bool Connection::in_transaction() const {
  return sqlite3_get_autocommit(handle_) == 0;
}

Result<void> Connection::checkpoint() {
  int pages = 0;
  int moved = 0;
  const int code = sqlite3_wal_checkpoint_v2(handle_, "main", SQLITE_CHECKPOINT_PASSIVE, &pages, &moved);
  // Busy only says that a reader still needs the rest; the next gap tries again.
  if (code != SQLITE_OK && (code & 0xFF) != SQLITE_BUSY) return trouble_of(code);
  if (pages >= 0 && moved == pages) wal_pages_ = 0;
  return {};
}

Result<void> Connection::checkpoint_whole() {
  int pages = 0;
  int moved = 0;
  const int code = sqlite3_wal_checkpoint_v2(handle_, "main", SQLITE_CHECKPOINT_TRUNCATE, &pages, &moved);
  if (code != SQLITE_OK) return trouble_of(code);
  wal_pages_ = 0;
  return {};
}

Result<void> Connection::copy_to(const std::filesystem::path& file) {
  make_private(file);
  sqlite3* target = nullptr;
  const int opened = sqlite3_open_v2(file.c_str(), &target, SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_READWRITE, nullptr);
  if (target == nullptr) return trouble(troubles::out_of_memory, file.string());
  Connection copy(target, file.string());
  if (opened != SQLITE_OK) return copy.trouble_of(opened);
  // Until it is whole it is worth nothing: no journal, and one sync at the end.
  if (auto done = copy.execute("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF"); !done) return done;
  sqlite3_backup* backup = sqlite3_backup_init(target, "main", handle_, "main");
  if (backup == nullptr) return copy.trouble_of(sqlite3_errcode(target));
  sqlite3_backup_step(backup, -1);
  const int copied = sqlite3_backup_finish(backup);
  if (copied != SQLITE_OK) return copy.trouble_of(copied);
  // A descriptor of our own: this file is nobody's yet, so no lock is lost with it.
  const int descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  const bool durable = descriptor >= 0 && ::fsync(descriptor) == 0;
  if (descriptor >= 0) ::close(descriptor);
  if (!durable) return trouble(troubles::disk_error, file.string(), "sync");
  return {};
}

void Connection::keep_wal_at_close() {
  int ignored = 0;
  sqlite3_db_config(handle_, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, &ignored);
}

Trouble Connection::trouble_of(int code) const {
  const int primary = code & 0xFF;
  const bool bug =
      primary == SQLITE_CONSTRAINT || primary == SQLITE_MISUSE || primary == SQLITE_RANGE || primary == SQLITE_MISMATCH;
  GONGJI_CHECK_WHY(!bug, sqlite3_errmsg(handle_));
  return trouble(text_of(code), file_, "SQLite " + std::to_string(code) + ", " + sqlite3_errmsg(handle_));
}

}  // namespace gongji::sqlite
