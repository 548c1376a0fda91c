#include <catch2/catch.hpp>

#include "offline/sqlite/migrate.h"
#include "offline/sqlite/transaction.h"
#include "offline/sqlite/troubles.h"
#include "tests/support/fault_vfs.h"
#include "tests/support/print_trouble.h"
#include "tests/support/scratch.h"

using namespace gongji;
using namespace gongji::sqlite;
using tests::Fault;
using tests::FaultVfs;
using tests::Scratch;
using tests::Times;

namespace {

constexpr Migration steps[] = {{1, "CREATE TABLE n (value INTEGER PRIMARY KEY, fill BLOB) STRICT"}};

Result<std::unique_ptr<Connection>> open_on(const FaultVfs& disk, const std::filesystem::path& file) {
  Options options;
  options.application_id = 5;
  options.version_max = 1;
  options.vfs = disk.name();
  auto opened = Connection::open(file, options);
  if (!opened) return opened;
  if (auto done = migrate(**opened, steps); !done) return done.error();
  return opened;
}

Result<void> add(Connection& connection, std::int64_t value) {
  auto transaction = Transaction::begin(connection);
  if (!transaction) return transaction.error();
  const Bytes fill(10'000, static_cast<std::uint8_t>(value));
  if (auto done = connection.query("INSERT INTO n VALUES (?, ?)").bind(value, fill).run(); !done) return done;
  return transaction->commit();
}

std::vector<std::int64_t> values(Connection& connection) {
  std::vector<std::int64_t> out;
  Query query = connection.query("SELECT value FROM n ORDER BY value", "i");
  while (query.step().value()) out.push_back(query.integer(0));
  return out;
}

}  // namespace

TEST_CASE("each kind of disk trouble has its own name") {
  const Scratch scratch;
  FaultVfs disk;
  auto connection = open_on(disk, scratch / "a.db").value();
  disk.fail_at(0, Fault::full, Times::once);
  CHECK(add(*connection, 1).error().text == &troubles::disk_full);
  disk.fail_at(0, Fault::io_error, Times::once);
  CHECK(add(*connection, 1).error().text == &troubles::disk_error);
  disk.heal();
  REQUIRE(add(*connection, 1));
  connection.reset();
  disk.fail_at(0, Fault::cannot_open, Times::for_ever);
  CHECK(open_on(disk, scratch / "a.db").error().text == &troubles::cannot_open);
}

TEST_CASE("making and opening a file survives a failure at every step") {
  for (const Fault fault : {Fault::io_error, Fault::full, Fault::cannot_open}) {
    bool succeeded = false;
    for (int step = 0; !succeeded; ++step) {
      REQUIRE(step < 200);
      const Scratch scratch;
      FaultVfs disk;
      disk.fail_at(step, fault, Times::once);
      { succeeded = open_on(disk, scratch / "a.db").has_value() && !disk.failed(); }
      disk.heal();
      auto again = open_on(disk, scratch / "a.db");
      REQUIRE(again);
      REQUIRE(add(**again, 1));
    }
  }
}

TEST_CASE("a power cut keeps every commit that returned, whatever part of the rest the disk kept") {
  SeededRandom random(11);
  for (int round = 0; round < 40; ++round) {
    const Scratch scratch;
    FaultVfs disk;
    auto connection = open_on(disk, scratch / "a.db").value();
    std::vector<std::int64_t> told;
    for (std::int64_t value = 1; value <= 1 + round % 7; ++value) {
      REQUIRE(add(*connection, value));
      told.push_back(value);
      if (value == 3) REQUIRE(connection->checkpoint());
    }
    {
      auto open_end = Transaction::begin(*connection);
      REQUIRE(open_end);
      REQUIRE(connection->query("INSERT INTO n VALUES (99, x'00')").run());
      disk.cut_power();
    }
    connection.reset();
    disk.restore_power(random);
    auto again = open_on(disk, scratch / "a.db");
    REQUIRE(again);
    CHECK(values(**again) == told);
  }
}

TEST_CASE("the disk that forgets would catch a commit without sync") {
  SeededRandom random(12);
  int lost = 0;
  for (int round = 0; round < 20; ++round) {
    const Scratch scratch;
    FaultVfs disk;
    auto connection = open_on(disk, scratch / "a.db").value();
    REQUIRE(connection->execute("PRAGMA synchronous = OFF"));
    REQUIRE(add(*connection, 1));
    disk.cut_power();
    connection.reset();
    disk.restore_power(random);
    auto again = open_on(disk, scratch / "a.db");
    if (!again || values(**again).empty()) ++lost;
  }
  CHECK(lost > 0);
}
