// planted.h — known bugs in copies of the product's sources: does the simulator find them?
//
// planted_bugs.json names each bug, the place in the product's source and what stands there instead.  plant.py makes
// the copies, and only gongji-sim-planted is linked with them: the product itself has no hooks.
#pragma once

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
};
const std::vector<PlantedBug>& planted_bugs();

}  // namespace gongji::sim
