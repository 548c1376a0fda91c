// machine.h — what a simulated process runs on: the world's timeline, and its own chances of a slow disk.
#pragma once

#include <functional>

#include "tests/sim/sim_random.h"
#include "tests/sim/timeline.h"

namespace gongji::sim {

struct Machine {
  Timeline& timeline;
  Chance chance;
  std::function<void()> wake = [] {};  // its writer has answered somebody
  // One round of its writer, now; false where nothing waits.  Empty while there is none.
  std::function<bool()> turn_writer = {};

  // The one that a process is being started on.
  static Machine*& starting() {
    static Machine* machine = nullptr;
    return machine;
  }
};

}  // namespace gongji::sim
