// The simulator itself: its disk forgets, its time is virtual, its worlds are the same twice, and a few of them hold.
#include <sqlite3.h>
#include <catch2/catch.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <algorithm>
#include <deque>
#include <future>

#include "tests/sim/children.h"
#include "tests/sim/memory_disk.h"
#include "tests/sim/shrink.h"
#include "tests/sim/sim_random.h"

namespace gongji::sim {

namespace {

// Takes and gives back pieces of memory, and says whether each held what was written to it.
bool nobody_else_writes_there(std::uint8_t what) {
  bool alone = true;
  std::deque<std::vector<std::uint8_t>> pieces;
  for (std::size_t i = 0; i < 3'000'000; ++i) {
    pieces.emplace_back(16 + i % 97, what);
    if (pieces.size() < 50) continue;
    alone = alone && std::all_of(pieces.front().begin(), pieces.front().end(),
                                 [&](std::uint8_t octet) { return octet == what; });
    pieces.pop_front();
  }
  return alone;
}

class Database {
 public:
  explicit Database(const std::string& file) { REQUIRE(sqlite3_open(file.c_str(), &handle_) == SQLITE_OK); }
  ~Database() { sqlite3_close(handle_); }
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;
  int run(const char* sql) { return sqlite3_exec(handle_, sql, nullptr, nullptr, nullptr); }
  int count() {
    sqlite3_stmt* query = nullptr;
    REQUIRE(sqlite3_prepare_v2(handle_, "SELECT count(*) FROM t", -1, &query, nullptr) == SQLITE_OK);
    REQUIRE(sqlite3_step(query) == SQLITE_ROW);
    const int count = sqlite3_column_int(query, 0);
    sqlite3_finalize(query);
    return count;
  }

 private:
  sqlite3* handle_ = nullptr;
};

constexpr const char* file = "/nowhere/disk/one.db";
constexpr const char* make = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE t (x)";

Story small_story(std::uint64_t seed) {
  Setting setting;
  setting.seed = seed;
  setting.tills = 2;
  setting.days = 1;
  return make_story(setting);
}

}  // namespace

TEST_CASE("a piece of memory has one owner, also while the centre follows a long chain in a thread") {
  auto beside = std::async(std::launch::async, [] { return nobody_else_writes_there(1); });
  CHECK(nobody_else_writes_there(2));
  CHECK(beside.get());
}

TEST_CASE("a simulated disk keeps what was synced when the power goes, and the database on it is whole") {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    SeededRandom random(seed);
    MemoryDisk disk("/nowhere/disk");
    int promised = 0;
    {
      Database database(file);
      REQUIRE(database.run(make) == SQLITE_OK);
      disk.fail_after(seed);
      while (database.run("INSERT INTO t VALUES (randomblob(3000))") == SQLITE_OK) ++promised;
      CHECK(disk.is_dead());
    }
    disk.crash(Loses::unsynced, random);
    Database database(file);
    CHECK(database.count() >= promised);
    CHECK(database.count() <= promised + 1);
    CHECK(database.run("PRAGMA integrity_check") == SQLITE_OK);
  }
}

TEST_CASE("a simulated disk forgets what was not synced") {
  int lost = 0;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    SeededRandom random(seed);
    MemoryDisk disk("/nowhere/disk");
    {
      Database database(file);
      REQUIRE(database.run(make) == SQLITE_OK);
      disk.forget_syncs(true);
      REQUIRE(database.run("INSERT INTO t VALUES (1)") == SQLITE_OK);
      disk.fail_after(0);
    }
    disk.crash(Loses::unsynced, random);
    Database database(file);
    lost += database.count() == 0 ? 1 : 0;
  }
  CHECK(lost > 0);
}

TEST_CASE("the death of a process loses nothing of a simulated disk, and a full one takes nothing") {
  SeededRandom random(1);
  MemoryDisk disk("/nowhere/disk");
  {
    Database database(file);
    REQUIRE(database.run(make) == SQLITE_OK);
    disk.fail(Failing::full);
    CHECK(database.run("INSERT INTO t VALUES (randomblob(9000))") == SQLITE_FULL);
    disk.fail(Failing::no);
    REQUIRE(database.run("INSERT INTO t VALUES (1)") == SQLITE_OK);
    disk.fail_after(0);
  }
  disk.crash(Loses::nothing, random);
  Database database(file);
  CHECK(database.count() == 1);
}

TEST_CASE("an event loop in the simulator waits in virtual time") {
  using namespace std::chrono_literals;
  Alarm alarm;
  alarm.offer();
  boost::asio::io_context io{1};
  boost::asio::steady_timer timer(io);
  bool rang = false;
  const auto before = std::chrono::steady_clock::now();
  timer.expires_after(2min);
  timer.async_wait([&](const boost::system::error_code& error) { rang = !error; });
  io.poll();
  CHECK_FALSE(rang);
  REQUIRE(alarm.due());
  CHECK(*alarm.due() == virtual_now() + 2min);
  set_virtual_now(*alarm.due());
  alarm.ring();
  io.poll();
  CHECK(rang);
  CHECK(std::chrono::steady_clock::now() - before == 2min);
}

TEST_CASE("two runs of one seed are the same to the last event, and another seed is another world") {
  const Outcome once = run_in_child(small_story(7)), again = run_in_child(small_story(7));
  CHECK(once.broken.empty());
  CHECK(once.events > 100);
  CHECK(once.trace_sum == again.trace_sum);
  CHECK(run_in_child(small_story(8)).trace_sum != once.trace_sum);
}

TEST_CASE("whatever a few small fleets suffer, every invariant holds") {
  Outcome all;
  std::uint64_t next = 1;
  run_in_children(
      2,
      [&](Given& given) {
        Setting setting;
        setting.seed = next;
        setting.tills = 2 + next % 3;
        setting.days = 1 + next % 3;
        setting.centres = 1 + next % 2;
        given.story = make_story(setting);
        return next++ <= 12;
      },
      [&](const Given& given, const Outcome& outcome) {
        INFO("seed " << given.story.setting.seed);
        CHECK(outcome.broken == "");
        all.heard += outcome.heard;
        all.faults += outcome.faults;
        all.recomputed_persons += outcome.recomputed_persons;
      });
  // A run that never reaches a case shows nothing about it.
  CHECK(all.heard.on_hold > 0);
  CHECK(all.heard.on_grant > 0);
  CHECK(all.heard.on_reserve > 0);
  CHECK(all.heard.papers > 0);
  CHECK(all.heard.taken_back > 0);
  CHECK(all.heard.refunds > 0);
  CHECK(all.recomputed_persons > 0);
  for (const Fault fault :
       {Fault::request_lost, Fault::answer_lost, Fault::message_twice, Fault::message_late, Fault::message_overtaken,
        Fault::line_down, Fault::line_half_open, Fault::process_death, Fault::power_cut, Fault::power_cut_in_a_write,
        Fault::double_click, Fault::backup_restored, Fault::voucher_copied, Fault::wrong_pin}) {
    INFO(name_of(fault));
    CHECK(all.faults.of[static_cast<std::size_t>(fault)] > 0);
  }
}

}  // namespace gongji::sim
