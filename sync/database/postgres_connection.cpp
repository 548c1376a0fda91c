#include "sync/database/postgres_connection.h"

#include <algorithm>
#include <cctype>
#include <chrono>
#include <cstring>
#include <thread>
#include <utility>

#include "offline/base/check.h"
#include "sync/database/dialect.h"
#include "sync/database/postgres_session.h"
#include "sync/database/troubles.h"

namespace gongji::database {
namespace {

constexpr int version_min = 150'000;
constexpr int resolve_tries = 75;  // with the pause between: 15 s
constexpr std::chrono::milliseconds resolve_pause{200};

// A lock that is not had in time and a statement that never ends are told instead of waited for; what was acknowledged
// is on the server's disk, whatever its configuration says.
constexpr const char* session_settings =
    "SET synchronous_commit = on; SET lock_timeout = '10s'; SET statement_timeout = '120s'; "
    "SET idle_in_transaction_session_timeout = '60s'; SET default_transaction_isolation = 'read committed'; "
    "SET client_min_messages = warning; SET standard_conforming_strings = on";

// Locked rows alone make the server write, but nothing that a crash could lose: nobody waits for its disk.
constexpr const char* commit_of_nothing = "SET LOCAL synchronous_commit = off; COMMIT";

bool writes(std::string_view sql) {
  constexpr std::string_view reading = "SELECT";
  return sql.substr(0, reading.size()) != reading;
}

}  // namespace

Result<std::unique_ptr<Connection>> open_postgres(const std::string& url) {
  auto connection = std::make_unique<PostgresConnection>(url);
  if (auto outcome = connection->connect(); outcome.has_error()) return outcome.error();
  return std::unique_ptr<Connection>(std::move(connection));
}

PostgresConnection::~PostgresConnection() {
  if (in_transaction_) roll_back();
  if (connection_ && writer_ != 0) {
    const std::string forget = "DELETE FROM gongji_writer WHERE writer = " + std::to_string(writer_);
    static_cast<void>(plain(forget.c_str()));
  }
}

std::string PostgresConnection::name() const {
  if (!connection_) return "postgresql";
  const auto text = [](const char* value) { return value == nullptr ? "" : value; };
  return std::string("postgresql ") + text(PQhost(connection_.get())) + ":" + text(PQport(connection_.get())) + "/" +
         text(PQdb(connection_.get()));
}

// Settings of the url stand last, so that they win.
Result<void> PostgresConnection::connect() {
  for (auto& [key, text] : texts_) text->prepared.clear();
  sent_ = false;
  const char* const keywords[] = {
      "connect_timeout", "tcp_user_timeout",          "keepalives_idle", "keepalives_interval",
      "client_encoding", "fallback_application_name", "dbname",          nullptr};
  const char* const values[] = {"5", "15000", "10", "5", "UTF8", "gongji-centre", url_.c_str(), nullptr};
  connection_.reset(PQconnectdbParams(keywords, values, 1));
  if (PQstatus(connection_.get()) != CONNECTION_OK) {
    std::string why = connection_ ? PQerrorMessage(connection_.get()) : "out of memory";
    why.erase(std::find(why.begin(), why.end(), '\n'), why.end());
    const std::string where = name();
    connection_.reset();
    return trouble(troubles::unreachable, where, why);
  }
  PQsetNoticeProcessor(
      connection_.get(), [](void*, const char*) {}, nullptr);
  const int version = PQserverVersion(connection_.get());
  if (version < version_min) return trouble(troubles::too_old, name(), std::to_string(version));
  if (auto set = plain(session_settings); set.has_error()) return set.error();
  if (writer_ == 0) return make_writer();
  return read_written();
}

Result<void> PostgresConnection::make_writer() {
  if (auto made = plain("CREATE TABLE IF NOT EXISTS gongji_writer (writer BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY "
                        "KEY, written BIGINT NOT NULL, since TIMESTAMPTZ NOT NULL DEFAULT now())");
      made.has_error()) {
    // Two that start at once may both make it: one of them finds it made when it looks again.
    if (made.error().text != &troubles::conflict) return made.error();
  }
  auto row = plain("INSERT INTO gongji_writer (written) VALUES (0) RETURNING writer");
  if (row.has_error()) return row.error();
  writer_ = std::stoll(PQgetvalue(row->get(), 0, 0));
  // Of programs that were killed.
  if (auto gone = plain("DELETE FROM gongji_writer WHERE since < now() - INTERVAL '400 days'"); gone.has_error()) {
    return gone.error();
  }
  return {};
}

// Waits until the connection that was lost has ended: till then its transaction holds the row.
Result<void> PostgresConnection::read_written() {
  const std::string read =
      "SELECT written FROM gongji_writer WHERE writer = " + std::to_string(writer_) + " FOR UPDATE";
  auto row = plain(read.c_str());
  if (row.has_error()) return row.error();
  if (PQntuples(row->get()) == 0) {  // another database stands here now
    writer_ = 0;
    written_ = 0;
    return make_writer();
  }
  written_ = std::stoll(PQgetvalue(row->get(), 0, 0));
  unknown_ = false;
  return {};
}

// libpq would pass over what came of it.
Result<void> PostgresConnection::hear_sent() {
  if (!std::exchange(sent_, false)) return {};
  Result<void> heard;
  while (connection_) {
    PGresult* result = PQgetResult(connection_.get());
    if (result == nullptr) break;
    if (auto outcome = checked(result); outcome.has_error() && heard.has_value()) heard = outcome.error();
  }
  return heard;
}

Result<ResultPointer> PostgresConnection::plain(const char* sql) {
  if (auto heard = hear_sent(); heard.has_error()) return heard.error();
  return checked(PQexec(connection_.get(), sql));
}

Result<ResultPointer> PostgresConnection::checked(PGresult* result) {
  ResultPointer owned(result);
  const ExecStatusType status = PQresultStatus(result);
  if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK) return owned;
  return trouble_of(result);
}

Trouble PostgresConnection::trouble_of(const PGresult* result) {
  const char* field = result == nullptr ? nullptr : PQresultErrorField(result, PG_DIAG_SQLSTATE);
  const std::string state = field == nullptr ? "" : field;
  const auto is = [&](std::string_view start) { return std::string_view(state).substr(0, start.size()) == start; };
  const bool lost = PQstatus(connection_.get()) != CONNECTION_OK || is("08") || is("57P0") || is("25P03");
  if (lost) {
    connection_.reset();
    return trouble(troubles::connection_lost, "postgresql", state);
  }
  const char* primary = result == nullptr ? nullptr : PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
  const std::string what = state + " " + (primary == nullptr ? "" : primary);
  // Serialization, deadlock, lock timeout; a key, or a table, that another process made in the same moment.
  if (is("40") || is("55P03") || is("23505") || is("42P07")) return trouble(troubles::conflict, name(), what);
  if (is("53")) return trouble(troubles::full, name(), what);
  if (is("25006")) return trouble(troubles::read_only, name(), what);
  const bool bug = is("23") || is("22") || is("42601") || is("42703") || is("42804") || is("42883") || is("42P18");
  GONGJI_CHECK_WHY(!bug, what.c_str());
  return trouble(troubles::unexpected, name(), what);
}

Query PostgresConnection::query(std::string_view sql, std::string_view types) {
  auto known = texts_.find(sql);
  if (known == texts_.end()) {
    auto text = std::make_unique<PostgresText>(PostgresText{std::string(sql), for_postgres(sql), writes(sql), {}});
    const std::string_view key = text->given;
    known = texts_.emplace(key, std::move(text)).first;
  }
  return Query(std::make_unique<PostgresCursor>(*this, *known->second, types));
}

Result<const char*> PostgresConnection::prepared(PostgresText& text, const std::vector<PostgresParameter>& parameters) {
  const auto same = [&](const auto& form) {
    return std::equal(form.first.begin(), form.first.end(), parameters.begin(), parameters.end(),
                      [](Oid type, const PostgresParameter& parameter) { return type == parameter.type; });
  };
  const auto known = std::find_if(text.prepared.begin(), text.prepared.end(), same);
  if (known != text.prepared.end()) return known->second.c_str();
  std::vector<Oid> types;
  for (const auto& parameter : parameters) types.push_back(parameter.type);
  std::string name = "s" + std::to_string(++prepared_count_);
  if (auto made = checked(PQprepare(connection_.get(), name.c_str(), text.postgres.c_str(),
                                    static_cast<int>(types.size()), types.data()));
      made.has_error()) {
    return made.error();
  }
  text.prepared.emplace_back(std::move(types), std::move(name));
  return text.prepared.back().second.c_str();
}

Result<const char*> PostgresConnection::begin_statement(PostgresText& text,
                                                        const std::vector<PostgresParameter>& parameters) {
  if (!connection_) return trouble(troubles::connection_lost, "postgresql");
  if (auto heard = hear_sent(); heard.has_error()) return heard.error();
  if (text.writes && in_transaction_ && !marked_) {
    if (auto marked = mark_writing(); marked.has_error()) return marked.error();
  }
  return prepared(text, parameters);
}

namespace {

struct Bound {
  explicit Bound(const std::vector<PostgresParameter>& parameters) {
    for (const auto& parameter : parameters) {
      values.push_back(parameter.null ? nullptr : parameter.bytes.data());
      lengths.push_back(static_cast<int>(parameter.bytes.size()));
      formats.push_back(1);
    }
  }
  int count() const { return static_cast<int>(values.size()); }
  std::vector<const char*> values;
  std::vector<int> lengths, formats;
};

}  // namespace

Result<ResultPointer> PostgresConnection::run(PostgresText& text, const std::vector<PostgresParameter>& parameters) {
  const auto statement = begin_statement(text, parameters);
  if (statement.has_error()) return statement.error();
  const Bound bound(parameters);
  return checked(PQexecPrepared(connection_.get(), *statement, bound.count(), bound.values.data(), bound.lengths.data(),
                                bound.formats.data(), 1));
}

Result<void> PostgresConnection::send(PostgresText& text, const std::vector<PostgresParameter>& parameters) {
  const auto statement = begin_statement(text, parameters);
  if (statement.has_error()) return statement.error();
  const Bound bound(parameters);
  const int went = PQsendQueryPrepared(connection_.get(), *statement, bound.count(), bound.values.data(),
                                       bound.lengths.data(), bound.formats.data(), 1);
  if (went == 0) return trouble_of(nullptr);
  sent_ = true;
  return {};
}

Result<void> PostgresConnection::execute(const std::string& sql) {
  if (!connection_) return trouble(troubles::connection_lost, "postgresql");
  if (in_transaction_ && !marked_) {
    if (auto marked = mark_writing(); marked.has_error()) return marked;
  }
  if (auto done = plain(sql.c_str()); done.has_error()) return done.error();
  return {};
}

Result<void> PostgresConnection::mark_writing() {
  const std::string mark = "UPDATE gongji_writer SET written = " + std::to_string(written_ + 1) +
                           " WHERE writer = " + std::to_string(writer_);
  auto marked = plain(mark.c_str());
  if (marked.has_error()) return marked.error();
  if (std::strcmp(PQcmdTuples(marked->get()), "1") != 0) return trouble(troubles::unexpected, name(), "no writer row");
  marked_ = true;
  return {};
}

Result<void> PostgresConnection::begin() {
  GONGJI_CHECK(!in_transaction_);
  for (bool again : {true, false}) {
    if (!connection_ || unknown_) {
      if (auto outcome = connect(); outcome.has_error()) return outcome;
    }
    auto begun = plain("BEGIN");
    if (begun.has_value()) break;
    // Idle connections are not told that their server went: the first word on them finds out.
    if (!again || begun.error().text != &troubles::connection_lost) return begun.error();
  }
  in_transaction_ = true;
  marked_ = false;
  return {};
}

Result<void> PostgresConnection::commit() {
  GONGJI_CHECK(in_transaction_);
  in_transaction_ = false;
  if (!connection_) return trouble(troubles::connection_lost, "postgresql");
  // Until COMMIT was said nothing of it can be there.
  if (auto heard = hear_sent(); heard.has_error()) {
    roll_back();
    return heard;
  }
  auto committed = plain(marked_ ? "COMMIT" : commit_of_nothing);
  if (committed.has_error()) {
    if (!marked_) roll_back();
    if (committed.error().text != &troubles::connection_lost || !marked_) return committed.error();
    return resolve();
  }
  // A transaction that has failed before answers COMMIT with ROLLBACK.
  if (std::strcmp(PQcmdStatus(committed->get()), "COMMIT") != 0) return trouble(troubles::unexpected, name(), "undone");
  if (marked_) ++written_;
  return {};
}

Result<void> PostgresConnection::resolve() {
  unknown_ = true;
  const std::int64_t mine = written_ + 1;
  for (int i = 0; i < resolve_tries; ++i) {
    if (connect().has_value()) {
      return written_ == mine ? Result<void>() : trouble(troubles::connection_lost, name(), "while committing");
    }
    std::this_thread::sleep_for(resolve_pause);
  }
  return trouble(troubles::outcome_unknown, "postgresql");
}

void PostgresConnection::roll_back() {
  in_transaction_ = false;
  static_cast<void>(hear_sent());
  if (connection_) static_cast<void>(plain("ROLLBACK"));
}

Result<void> PostgresConnection::lock(std::string_view name) {
  return query("SELECT 1 FROM pg_advisory_xact_lock(hashtextextended(?, 0))", "i").bind(name).run();
}

}  // namespace gongji::database
