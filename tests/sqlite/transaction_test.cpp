#include "offline/sqlite/transaction.h"

#include <catch2/catch.hpp>

#include "tests/support/print_trouble.h"
#include "tests/support/scratch.h"

using namespace gongji;
using namespace gongji::sqlite;
using tests::Scratch;

namespace {

std::unique_ptr<Connection> open_at(const std::filesystem::path& file) {
  Options options;
  options.application_id = 5;
  auto opened = Connection::open(file, options);
  REQUIRE(opened);
  REQUIRE((*opened)->execute("CREATE TABLE n (value INTEGER PRIMARY KEY) STRICT"));
  return std::move(*opened);
}

void insert(Connection& connection, int value) {
  REQUIRE(connection.query("INSERT INTO n VALUES (?)").bind(value).run());
}

std::vector<std::int64_t> values(Connection& connection) {
  std::vector<std::int64_t> out;
  Query query = connection.query("SELECT value FROM n ORDER BY value", "i");
  while (query.step().value()) out.push_back(query.integer(0));
  return out;
}

}  // namespace

TEST_CASE("a transaction left without commit never happened") {
  const Scratch scratch;
  const auto connection = open_at(scratch / "a.db");
  {
    auto transaction = Transaction::begin(*connection);
    REQUIRE(transaction);
    insert(*connection, 1);
  }
  CHECK(values(*connection).empty());
  {
    auto transaction = Transaction::begin(*connection);
    REQUIRE(transaction);
    insert(*connection, 2);
    REQUIRE(transaction->commit());
  }
  CHECK(values(*connection) == std::vector<std::int64_t>{2});
}

TEST_CASE("a savepoint left without release undoes its own part only") {
  const Scratch scratch;
  const auto connection = open_at(scratch / "a.db");
  auto transaction = Transaction::begin(*connection);
  REQUIRE(transaction);
  insert(*connection, 1);
  {
    auto point = Savepoint::set(*connection);
    REQUIRE(point);
    insert(*connection, 2);
  }
  {
    auto point = Savepoint::set(*connection);
    REQUIRE(point);
    insert(*connection, 3);
    REQUIRE(point->release());
  }
  REQUIRE(transaction->commit());
  CHECK(values(*connection) == std::vector<std::int64_t>{1, 3});
}
