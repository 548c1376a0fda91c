// Does the simulator find what it is there for?  Bugs in copies of the product's sources, one awake at a time.
#include <catch2/catch.hpp>

#include "tests/sim/planted_run.h"

namespace gongji::sim {

namespace {
constexpr std::uint64_t seeds_max = 40;  // where the product has changed and another seed shows it now
constexpr std::size_t at_once = 2;
}  // namespace

TEST_CASE("each planted bug is found by an invariant that is there for it, in a world that holds without it") {
  CHECK(planted_bugs().size() >= 10);
  for (const PlantedBug& bug : planted_bugs()) {
    INFO(bug.name << " in " << bug.file);
    INFO("where its place is gone: find the line again and put it into tests/sim/planted_bugs.json");
    REQUIRE(bug.place_is_there);
    Shown shown = show(bug, bug.seed, bug.seed, 1);
    if (shown.seed == 0) shown = show(bug, 1, seeds_max, at_once);
    INFO(shown.broken);
    CHECK(shown.seed != 0);
  }
}

}  // namespace gongji::sim
