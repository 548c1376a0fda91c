// What users of other systems suffer, told as short stories of a shop: none of it happens here.
#include <spdlog/spdlog.h>
#include <catch2/catch.hpp>

#include "tests/state_machine/world.h"
#include "tests/support/print_trouble.h"

namespace gongji::tests {

namespace {

struct Quiet {
  Quiet() { spdlog::set_level(spdlog::level::off); }
  World world;
};

constexpr Wish small{0, 3, 1'000};

journal::QueueSummary queue_of(Shop& shop) {
  journal::QueueSummary found;
  shop.with_journal([&](journal::Journal& journal) {
    std::vector<journal::Journal::Work> works;
    works.push_back([&](journal::Turn& turn) -> Result<void> {
      auto summary = turn.summary();
      if (!summary) return summary.error();
      found = *summary;
      return {};
    });
    REQUIRE(journal.commit(std::move(works)).front());
  });
  return found;
}

}  // namespace

TEST_CASE("what the centre has got counts as sent only once its answer was heard") {
  Quiet quiet;
  World& world = quiet.world;
  world.set_line(0, Line::one_way);
  const auto before = queue_of(world.shop(0)).unsent_count;
  REQUIRE(before == 0);
  world.sell(small);
  world.wait(std::chrono::minutes(5));
  CHECK(queue_of(world.shop(0)).unsent_count == 1);
  world.set_line(0, Line::up);
  world.wait(std::chrono::minutes(5));
  CHECK(queue_of(world.shop(0)).unsent_count == 0);
  world.finish();
}

TEST_CASE("nothing that waits is ever dropped for its age: a month later it is sent, kept and judged") {
  Quiet quiet;
  World& world = quiet.world;
  world.set_line(0, Line::down);
  world.sell(small);
  for (int i = 0; i < 40; ++i) world.wait(std::chrono::hours(24));
  world.restart(0);
  CHECK(queue_of(world.shop(0)).unsent_count == 1);
  world.set_line(0, Line::up);
  world.wait(std::chrono::minutes(5));
  CHECK(queue_of(world.shop(0)).unsent_count == 0);
  CHECK(queue_of(world.shop(0)).unjudged_count == 0);
  world.finish();
}

TEST_CASE("a till that starts without the line sells to whom it knows") {
  Quiet quiet;
  World& world = quiet.world;
  world.set_line(0, Line::down);
  world.restart(0);
  world.sell(small);
  CHECK(world.last_backing() == record::Backing::reserve);
  world.finish();
}

TEST_CASE("new sales go on while a long queue is sent, and the line that is back is used at once") {
  Quiet quiet;
  World& world = quiet.world;
  world.set_line(0, Line::down);
  for (int i = 0; i < 30; ++i) world.sell({0, static_cast<std::size_t>(i % 4), 50});
  CHECK(queue_of(world.shop(0)).unsent_count == 30);
  world.set_line(0, Line::up);
  world.sell(small);
  CHECK(world.last_backing() == record::Backing::hold);
  world.finish();
}

// Counters of the year begin anew at midnight of the trusted time.
TEST_CASE("a clock that leaps over New Year's Eve opens no benefit of the new year early") {
  Quiet quiet;
  World& world = quiet.world;
  const WallTime eve = wall_time_of(*parse_civil_time("2026-12-31 22:00:00"));
  world.wait(eve - world.centre().clock.wall());
  world.sell({0, 1, 1'000});
  world.set_line(0, Line::down);

  // The computer of the shop, clock of the till and date of its software, leaps a day ahead.
  world.turn_clock(0, std::chrono::hours(24));
  world.sell_dated(small, *Day::from_civil(2027, 1, 1));
  CHECK(world.last_is_paper());
  world.sell_dated({0, 1, 1'000}, *Day::from_civil(2026, 12, 31));
  CHECK_FALSE(world.last_is_paper());

  // And when midnight has come, it is open.
  world.wait(std::chrono::hours(2) + std::chrono::minutes(1));
  world.sell_dated(small, *Day::from_civil(2027, 1, 1));
  CHECK_FALSE(world.last_is_paper());
  world.finish();
}

}  // namespace gongji::tests
