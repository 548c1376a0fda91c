// planted_run.h — looks for a planted bug, and tells it from anything else that may be wrong.
#pragma once

#include <string>

#include "tests/sim/planted.h"

namespace gongji::sim {

struct Shown {
  std::uint64_t seed = 0;  // 0: no seed showed it
  std::string broken;      // by which invariant and how; or what else was found
};

// The first seed of `first` .. `last` whose world breaks one of the bug's invariants with the bug awake, and nothing
// without it.  A seed that breaks anything else with the bug awake is passed over; one that breaks something without
// ends the search.  Uses forks, `at_once` at a time.
Shown show(const PlantedBug& bug, std::uint64_t first, std::uint64_t last, std::size_t at_once);

}  // namespace gongji::sim
