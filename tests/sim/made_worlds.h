// made_worlds.h — worlds that were made and have not run: each is run in forks of this process, as often as one likes.
//
// Making a world costs as much as hundreds of sales (certificates, schemas, people), and its beginning depends on the
// region alone.  A fork finds it as it was made; the few real files (keys, locks) are put back after each run.
#pragma once

#include "tests/sim/world.h"

namespace gongji::sim {

// A place for one running world: its files are in nobody else's way.  In the parent only.
class Berth {
 public:
  Berth() = default;
  ~Berth();  // after its child has ended: the files are as they were
  Berth(const Berth&) = delete;
  Berth& operator=(const Berth&) = delete;

  // Once: a world that nobody runs now, as it was made for the first such story.
  World& world(const Setting& setting);

 private:
  struct Made;
  Made* used_ = nullptr;
  friend struct MadeWorlds;
};

// They are made again when they are asked for; requires that no berth is taken.  For whoever changes how a world is
// made.
void forget_made_worlds();

}  // namespace gongji::sim
