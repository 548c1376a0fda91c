#include "tests/scale/outage.h"

#include <catch2/catch.hpp>

using namespace gongji::scale;

namespace {

Scenario small() {
  Scenario scenario;
  scenario.tills = 4'000;
  scenario.processes = 2;
  scenario.window_s = 60;
  return scenario;
}

}  // namespace

TEST_CASE("one number tells the whole outage, and another number another") {
  const Told first = run(small()), again = run(small());
  CHECK(first.attempts == again.attempts);
  CHECK(first.drained_s[2] == again.drained_s[2]);
  REQUIRE(first.seconds.size() == again.seconds.size());
  for (std::size_t i = 0; i < first.seconds.size(); ++i)
    REQUIRE(first.seconds[i].arrivals == again.seconds[i].arrivals);
  Scenario other = small();
  other.seed = 2;
  CHECK(run(other).seconds[3].arrivals != first.seconds[3].arrivals);
}

TEST_CASE("every till is drained in the end, and each settlement is booked once however often its till gave up") {
  for (const bool spread : {true, false}) {
    Scenario scenario = small();
    if (!spread) scenario.window_s = 0;
    scenario.settlement_us = 1'000;  // 48 s of work for each process
    const Told told = run(scenario);
    CHECK(told.drained_tills == scenario.tills);
    CHECK((told.in_vain > 0) == !spread);
    Scenario easy = scenario;
    easy.settlement_us = 1;
    CHECK(run(easy).settlements == told.settlements);
  }
}

TEST_CASE("a window spreads what comes at the door over its whole length") {
  const Told told = run(small());
  std::uint64_t most = 0;
  for (const Second& second : told.seconds) most = std::max(most, second.arrivals);
  CHECK(most < 2 * 4'000 / 60);
  CHECK(told.in_vain == 0);
  CHECK(told.first_contact_s[2] >= 58);
}
