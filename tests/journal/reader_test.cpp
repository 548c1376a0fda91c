#include "offline/journal/reader.h"

#include <fstream>
#include <iterator>

#include "offline/journal/troubles.h"
#include "offline/sqlite/troubles.h"
#include "tests/journal/till.h"

using namespace gongji;
using namespace gongji::tests;

namespace {

std::string content_of(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace

TEST_CASE("a reader sees the queue with the daemon running and stopped, and changes nothing") {
  Till till;
  auto journal = till.open();
  store(till, *journal, son());
  sell(till, *journal, son(), "a", {3'000, 2'000, 1'500, 500});
  const std::filesystem::path wal = till.file().string() + "-wal";
  const auto check = [&] {
    const std::string file_before = content_of(till.file());
    const std::string wal_before = content_of(wal);
    const auto queue = journal::read_summary(till.file());
    REQUIRE(queue);
    CHECK(queue->last_seq == 1);
    CHECK(queue->unsent_fund == Money::fen(3'000));
    CHECK(queue->provisional == Money::fen(6'500));
    const auto day = journal::read_day_totals(till.file(), today);
    REQUIRE(day);
    CHECK(day->sales == 1);
    CHECK(day->cash == Money::fen(500));
    CHECK(content_of(till.file()) == file_before);
    CHECK(content_of(wal) == wal_before);
  };
  check();
  journal.reset();
  check();
}

TEST_CASE("a reader names a missing file and a file without a journal") {
  Till till;
  const auto missing = journal::read_summary(till.file());
  REQUIRE_FALSE(missing);
  CHECK(missing.error().text == &sqlite::troubles::cannot_open);
  { std::ofstream empty(till.file()); }
  const auto empty = journal::read_summary(till.file());
  REQUIRE_FALSE(empty);
  CHECK(empty.error().text == &journal::troubles::not_a_journal);
}
