#include "offline/authority/trusted_clock.h"

#include <catch2/catch.hpp>

#include "offline/base/day.h"

using namespace gongji;
using namespace gongji::authority;
using namespace std::chrono_literals;

namespace {

constexpr WallTime noon{1'800'000'000'000};

// A till that heard the centre at noon, sold last an hour later, and may promise for 72 hours.
KnownTimes known() {
  return {noon, noon.plus(1h), 72h};
}

bool trusts(WallTime machine_says, const KnownTimes& times) {
  const ManualClock machine(machine_says);
  return TrustedClock(machine, times).trusted();
}

}  // namespace

TEST_CASE("after a start the machine's clock is believed only between what has happened and what may be promised") {
  CHECK(trusts(noon.plus(1h), known()));
  CHECK(trusts(noon.plus(1h - clock_lag_max), known()));
  CHECK_FALSE(trusts(noon.plus(1h - clock_lag_max - 1ms), known()));
  CHECK(trusts(noon.plus(72h), known()));
  CHECK_FALSE(trusts(noon.plus(72h + 1ms), known()));
}

TEST_CASE("a dead battery, a clock in the next year, and a till that never heard a centre are not believed") {
  CHECK_FALSE(trusts(WallTime{0}, known()));
  CHECK_FALSE(trusts(noon.plus(24h * 365), known()));
  CHECK_FALSE(trusts(noon.plus(1h), {std::nullopt, std::nullopt, 72h}));
}

TEST_CASE("once the centre was heard nobody can turn the clock") {
  ManualClock machine(WallTime{0});
  TrustedClock clock(machine, known());
  CHECK_FALSE(clock.trusted());
  CHECK(clock.wall() == WallTime{0});

  clock.heard(noon.plus(2h));
  CHECK(clock.trusted());
  CHECK(clock.wall() == noon.plus(2h));
  machine.advance(10min);
  CHECK(clock.wall() == noon.plus(2h + 10min));

  machine.set_wall(noon.plus(24h * 400));
  CHECK(clock.wall() == noon.plus(2h + 10min));
  machine.set_wall(noon.plus(-24h * 400));
  CHECK(clock.wall() == noon.plus(2h + 10min));
  CHECK(clock.machine_ahead() == -24h * 400 - 2h - 10min);
}

TEST_CASE("a centre that was wrong can put it right") {
  ManualClock machine(noon);
  TrustedClock clock(machine, known());
  clock.heard(noon.plus(24h * 365));
  clock.heard(noon.plus(3h));
  CHECK(clock.wall() == noon.plus(3h));
}

TEST_CASE("a machine whose time zone is wrong by eight hours sells on the centre's day") {
  // Half past eleven at night on New Year's Eve in China; the machine believes that it is half past seven in the
  // morning.
  const WallTime eve = wall_time_of(*parse_civil_time("2026-12-31 23:30:00"));
  ManualClock machine(eve.plus(8h));
  TrustedClock clock(machine, {eve.plus(-1h), std::nullopt, 72h});
  clock.heard(eve);
  CHECK(to_string(civil_time_at(clock.wall()).day) == "2026-12-31");
  machine.advance(30min - 1ms);
  CHECK(to_string(civil_time_at(clock.wall()).day) == "2026-12-31");
  machine.advance(1ms);
  CHECK(to_string(civil_time_at(clock.wall()).day) == "2027-01-01");
}

TEST_CASE("new terms move the end of what may be promised without contact") {
  const ManualClock machine(noon.plus(100h));
  TrustedClock clock(machine, known());
  CHECK_FALSE(clock.trusted());
  clock.set_offline_max(100h);
  CHECK(clock.trusted());
  clock.set_offline_max(99h);
  CHECK_FALSE(clock.trusted());
}
