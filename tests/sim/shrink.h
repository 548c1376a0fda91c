// shrink.h — a story that breaks something, with everything left out that it does not need.
#pragma once

#include "tests/sim/world.h"

namespace gongji::sim {

struct Shrunk {
  Story story;
  std::string broken;
  std::size_t runs = 0;
};

// Leaves out tills, days, kinds of happenings, then pieces of what is left, ever smaller, as long as the same invariant
// breaks.  At most `runs_max` worlds, each in a child process.
Shrunk shrink(const Story& story, const std::string& broken, std::size_t runs_max);

}  // namespace gongji::sim
