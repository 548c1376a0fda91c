// world.h — a whole fleet in one process, from one seed: tills, lines, people and centre on one virtual clock.
//
//   const Outcome outcome = run_world(make_story(setting));
//
// No threads, no sockets, no wall clock; two runs of one story give the same trace.  One world at a time.
#pragma once

#include <cstdio>
#include <string>

#include "tests/sim/desk.h"
#include "tests/sim/faults.h"
#include "tests/sim/story.h"

namespace gongji::sim {

struct Outcome {
  std::string broken;  // "": everything held; otherwise the invariant and what was found
  std::uint64_t trace_sum = 0, events = 0, looks = 0;
  std::size_t till_days = 0, recomputed_persons = 0;
  milliseconds simulated{0};  // of one till
  Heard heard;
  FaultCounts faults;
};

// `trace`: where every event is told as a line; nullptr: nowhere.
// A bug of the product that stops the process (GONGJI_CHECK) stops this one; run stories of strangers in a child.
Outcome run_world(const Story& story, std::FILE* trace = nullptr);

}  // namespace gongji::sim
