#include "offline/sqlite/connection.h"

#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <fstream>

#include "offline/sqlite/migrate.h"
#include "offline/sqlite/transaction.h"
#include "offline/sqlite/troubles.h"
#include "tests/support/print_trouble.h"
#include "tests/support/scratch.h"

using namespace gongji;
using namespace gongji::sqlite;
using tests::Scratch;

namespace {

constexpr Migration steps[] = {
    {1, "CREATE TABLE item (id INTEGER PRIMARY KEY, name TEXT NOT NULL, data BLOB) STRICT"},
    {2, "ALTER TABLE item ADD COLUMN price INTEGER NOT NULL DEFAULT 7"},
};

Options options_of(Access access = Access::create, std::int32_t version_max = 2) {
  Options options;
  options.access = access;
  options.application_id = 0x474A5445;
  options.version_max = version_max;
  return options;
}

std::unique_ptr<Connection> open_at(const std::filesystem::path& file, std::size_t step_count = 2) {
  auto opened = Connection::open(file, options_of());
  REQUIRE(opened);
  REQUIRE(migrate(**opened, std::span(steps).first(step_count)));
  return std::move(*opened);
}

std::string pragma_of(Connection& connection, const char* sql, const char* types) {
  Query query = connection.query(sql, types);
  REQUIRE(query.step().value());
  return types[0] == 't' ? std::string(query.text(0)) : std::to_string(query.integer(0));
}

}  // namespace

TEST_CASE("values come back as they were bound") {
  const Scratch scratch;
  const auto connection = open_at(scratch / "a.db");
  const Bytes data{0, 1, 255};
  REQUIRE(connection->query("INSERT INTO item VALUES (?, ?, ?, ?)").bind(1, "名", data, Money::fen(-5)).run());
  REQUIRE(connection->query("INSERT INTO item VALUES (?, ?, ?, ?)").bind(2, "", nullptr, Money::fen(0)).run());
  CHECK(connection->last_changes() == 1);

  Query query = connection->query("SELECT id, name, data, price FROM item ORDER BY id", "itBi");
  REQUIRE(query.step().value());
  CHECK(query.integer(0) == 1);
  CHECK(query.text(1) == "名");
  CHECK(to_bytes(query.blob(2)) == data);
  CHECK(query.money(3) == Money::fen(-5));
  REQUIRE(query.step().value());
  CHECK(query.is_null(2));
  CHECK_FALSE(query.step().value());
}

TEST_CASE("the same statement may be used twice at once") {
  const Scratch scratch;
  const auto connection = open_at(scratch / "a.db");
  for (int id = 1; id <= 3; ++id) {
    REQUIRE(connection->query("INSERT INTO item (id, name) VALUES (?, 'x')").bind(id).run());
  }
  const char* sql = "SELECT id FROM item ORDER BY id";
  Query outer = connection->query(sql, "i");
  int pairs = 0;
  while (outer.step().value()) {
    Query inner = connection->query(sql, "i");
    while (inner.step().value()) ++pairs;
  }
  CHECK(pairs == 9);
}

TEST_CASE("a row of another type than promised is told as damage, not read") {
  const Scratch scratch;
  const auto connection = open_at(scratch / "a.db");
  REQUIRE(connection->query("INSERT INTO item (id, name) VALUES (1, 'x')").run());
  const auto row = connection->query("SELECT data FROM item", "b").step();
  REQUIRE_FALSE(row);
  CHECK(row.error().text == &troubles::damaged);
}

TEST_CASE("a writing connection is durable, strict and private") {
  const Scratch scratch;
  const auto connection = open_at(scratch / "a.db");
  CHECK(pragma_of(*connection, "PRAGMA journal_mode", "t") == "wal");
  CHECK(pragma_of(*connection, "PRAGMA synchronous", "i") == "2");
  CHECK(pragma_of(*connection, "PRAGMA foreign_keys", "i") == "1");
  CHECK(pragma_of(*connection, "PRAGMA trusted_schema", "i") == "0");
  CHECK(pragma_of(*connection, "PRAGMA cell_size_check", "i") == "1");
  CHECK(pragma_of(*connection, "PRAGMA application_id", "i") == std::to_string(0x474A5445));
  CHECK(pragma_of(*connection, "PRAGMA user_version", "i") == "2");
  for (const char* name : {"a.db", "a.db-wal"}) {
    struct stat status {};
    REQUIRE(::stat((scratch / name).c_str(), &status) == 0);
    CHECK((status.st_mode & 0777) == 0600);
  }
}

TEST_CASE("the WAL grows until the checkpoint that is asked for, and stays allocated") {
  const Scratch scratch;
  auto connection = open_at(scratch / "a.db");
  for (int id = 1; id <= 1'200; ++id) {
    REQUIRE(connection->query("INSERT INTO item (id, name) VALUES (?, 'x')").bind(id).run());
  }
  CHECK(connection->wal_pages() > 1'200);  // SQLite's own checkpoint would have struck at 1'000
  REQUIRE(connection->checkpoint());
  CHECK(connection->wal_pages() == 0);
  const auto allocated = std::filesystem::file_size(scratch / "a.db-wal");
  connection.reset();
  CHECK(std::filesystem::file_size(scratch / "a.db-wal") == allocated);
}

TEST_CASE("a commit counts as written when it changed an octet") {
  const Scratch scratch;
  auto connection = open_at(scratch / "a.db");
  const auto written_by = [&](const char* sql) {
    const std::int64_t before = connection->written_commits();
    auto transaction = sqlite::Transaction::begin(*connection);
    REQUIRE(transaction);
    REQUIRE(connection->query(sql).run());
    REQUIRE(transaction->commit());
    return connection->written_commits() - before;
  };
  CHECK(written_by("INSERT INTO item (id, name) VALUES (1, 'x')") == 1);
  CHECK(written_by("UPDATE item SET name = 'y'") == 1);
  CHECK(written_by("UPDATE item SET name = 'y'") == 0);
  CHECK(written_by("UPDATE item SET name = 'z' WHERE id = 2") == 0);
}

TEST_CASE("an older file is brought up, a newer one refused unchanged") {
  const Scratch scratch;
  const auto file = scratch / "a.db";
  {
    const auto old = open_at(file, 1);
    REQUIRE(old->query("INSERT INTO item VALUES (1, 'x', NULL)").run());
  }
  {
    const auto connection = open_at(file);
    Query query = connection->query("SELECT price FROM item", "i");
    REQUIRE(query.step().value());
    CHECK(query.integer(0) == 7);
  }
  const auto refused = Connection::open(file, options_of(Access::create, 1));
  REQUIRE_FALSE(refused);
  CHECK(refused.error().text == &troubles::newer_file);
  CHECK(refused.error().detail == "version 2, known 1");
}

TEST_CASE("another program's file, a text file and a missing file are refused by name") {
  const Scratch scratch;
  {
    auto options = options_of();
    options.application_id = 77;
    auto other = Connection::open(scratch / "other.db", options);
    REQUIRE(other);
    REQUIRE((*other)->execute("CREATE TABLE theirs (x); PRAGMA application_id = 77"));
  }
  const auto foreign = Connection::open(scratch / "other.db", options_of());
  REQUIRE_FALSE(foreign);
  CHECK(foreign.error().text == &troubles::foreign_file);

  std::ofstream(scratch / "text.db") << std::string(5'000, 'x');
  const auto text = Connection::open(scratch / "text.db", options_of());
  REQUIRE_FALSE(text);
  CHECK(text.error().text == &troubles::not_a_database);

  const auto missing = Connection::open(scratch / "missing.db", options_of(Access::read_write));
  REQUIRE_FALSE(missing);
  CHECK(missing.error().text == &troubles::cannot_open);
  const auto nowhere = Connection::open(scratch / "no/such/a.db", options_of());
  REQUIRE_FALSE(nowhere);
  CHECK(nowhere.error().text == &troubles::cannot_open);
}

TEST_CASE("a reader sees what was committed, and cannot write") {
  const Scratch scratch;
  const auto writer = open_at(scratch / "a.db");
  REQUIRE(writer->query("INSERT INTO item (id, name) VALUES (1, 'x')").run());
  auto reader = Connection::open(scratch / "a.db", options_of(Access::read_only));
  REQUIRE(reader);
  CHECK(pragma_of(**reader, "SELECT count(*) FROM item", "i") == "1");
  const auto refused = (*reader)->query("DELETE FROM item").run();
  REQUIRE_FALSE(refused);
  CHECK(refused.error().text == &troubles::read_only);
}

TEST_CASE("a second writer waits its time and is told that the file is busy") {
  const Scratch scratch;
  const auto first = open_at(scratch / "a.db");
  auto options = options_of();
  options.busy_timeout = std::chrono::milliseconds(1);
  auto second = Connection::open(scratch / "a.db", options);
  REQUIRE(second);
  const auto held = Transaction::begin(*first);
  REQUIRE(held);
  const auto refused = Transaction::begin(**second);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().text == &troubles::busy);
}

TEST_CASE(
    "what a function of SQL yields is stored, its trouble ends the statement, and a rewritten file has no remains") {
  const Scratch scratch;
  const auto file = scratch / "a.db";
  const auto connection = open_at(file);
  connection->define("turned", -1, [](Arguments in) -> Result<Value> {
    if (in.size() != 2) return trouble(troubles::busy, "turned");
    return std::string(as_text(in[1])) + std::string(as_text(in[0]));
  });
  REQUIRE(connection->execute("INSERT INTO item (id, name) VALUES (1, 'ten green bottles')"));
  REQUIRE(connection->execute("UPDATE item SET name = turned('green', 'ever')"));
  CHECK(pragma_of(*connection, "SELECT name FROM item", "t") == "evergreen");
  const auto refused = connection->execute("UPDATE item SET name = turned('green')");
  REQUIRE_FALSE(refused);
  CHECK(refused.error().text == &troubles::unexpected);
  CHECK(refused.error().detail.find("G4203") != std::string::npos);

  REQUIRE(connection->rewrite());
  for (const char* suffix : {"", "-wal"}) {
    std::ifstream in(file.string() + suffix, std::ios::binary);
    const std::string bytes(std::istreambuf_iterator<char>(in), {});
    CHECK(bytes.find("bottles") == std::string::npos);
  }
}

TEST_CASE("every trouble says what happened and what to do next, in both languages") {
  for (const TroubleText* text : troubles::all) {
    CHECK(text->code.substr(0, 3) == "G42");
    CHECK_FALSE(text->zh.empty());
    CHECK_FALSE(text->next_zh.empty());
    CHECK_FALSE(text->en.empty());
    CHECK_FALSE(text->next_en.empty());
  }
}
