// world.h — a whole fleet in one process, from one seed: tills, lines, people and centre on one virtual clock.
//
//   const auto world = make_world(setting, folder);          // of a region: people, centre, tills that are enrolled
//   const Outcome outcome = run_world(*world, make_story(setting));
//
// A world runs once; to run many stories in worlds that begin alike, run each in a fork of this process (children.h).
// No threads, no sockets, no wall clock; two runs of one story give the same trace.  Many worlds may be made, one runs.
#pragma once

#include <cstdio>
#include <filesystem>
#include <memory>
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

class World;
struct WorldDeleter {
  void operator()(World* world) const;
};

// Keys and locks are small files in `folder`, which must be empty and only this world's; all else is in memory.
// Looks at the tills, processes and region of the setting.
std::unique_ptr<World, WorldDeleter> make_world(const Setting& setting, const std::filesystem::path& folder);

// Requires a story of the setting that the world was made for, but for the seed within its region.
// `trace`: where every event is told as a line; nullptr: nowhere.
// A bug of the product that stops the process (GONGJI_CHECK) stops this one; run stories of strangers in a child.
Outcome run_world(World& world, const Story& story, std::FILE* trace = nullptr);

}  // namespace gongji::sim
