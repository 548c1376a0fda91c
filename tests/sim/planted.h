// planted.h — known bugs in copies of the product's sources: does the simulator find them?
//
// planted_bugs.json names each bug, the place in the product's source and what stands there instead, the invariants
// that are there for it, and worlds in which it does harm.  plant.py makes the copies, and only gongji-sim-planted and
// its test are linked with them: the product itself has no hooks.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace gongji::sim {

inline std::string& planted_bug() {  // "" is none
  static std::string name;
  return name;
}

inline bool planted(std::string_view name) {
  return planted_bug() == name;
}

// Every bug, in the order of the file; its place is gone where the product's source has changed.
struct PlantedBug {
  std::string_view name, file, story;
  bool place_is_there = false;
  std::vector<std::string_view> found_by;
  std::size_t tills = 0, days = 0, sales = 0, centres = 0;
  std::uint64_t mischief = 0;
  std::string_view faults;  // "on": all
  std::uint64_t seed = 0;   // the first that shows it, as of the last time that somebody looked
};
const std::vector<PlantedBug>& planted_bugs();

}  // namespace gongji::sim
