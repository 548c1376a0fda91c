// search.h — visits every state that can be reached, breadth first.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tests/grant_model/moves.h"
#include "tests/grant_model/seen.h"

namespace gongji::grant_model {

struct Visit {
  std::size_t states = 0, depth = 0;
  Broken broken = Broken::nothing;
  std::string path;  // to the broken state, one step a line
};

// Stops at the first state in which something is broken, by one of the shortest paths.  `passed_over` does not count.
template <class Rules>
Visit visit_all(const Bounds& bounds, Broken passed_over = Broken::nothing) {
  struct Step {
    std::uint32_t parent = 0;
    std::uint8_t till = 0;
    const char* name = "";
  };
  Visit visit;
  Seen<World> seen;
  std::vector<Step> steps;  // of every state, in the order of discovery
  std::vector<World> layer, next;
  const World start{};
  seen.insert(start);
  steps.push_back({});
  layer.push_back(start);
  std::uint32_t first = 0;  // number of layer[0]
  while (!layer.empty() && visit.broken == Broken::nothing) {
    ++visit.depth;
    const auto first_of_next = static_cast<std::uint32_t>(steps.size());
    for (std::size_t i = 0; i < layer.size() && visit.broken == Broken::nothing; ++i) {
      const auto parent = first + static_cast<std::uint32_t>(i);
      Moves<Rules>::each(layer[i], bounds, [&](const World& after, const char* name, std::size_t which) {
        if (visit.broken != Broken::nothing) return;
        visit.broken = broken<Rules>(after);
        if (visit.broken == passed_over) visit.broken = Broken::nothing;
        if (!seen.insert(after) && visit.broken == Broken::nothing) return;
        steps.push_back({parent, static_cast<std::uint8_t>(which), name});
        if (visit.broken == Broken::nothing) next.push_back(after);
      });
    }
    layer.swap(next);
    next.clear();
    first = first_of_next;
  }
  visit.states = seen.size();
  if (visit.broken != Broken::nothing) {
    for (std::size_t at = steps.size() - 1; at != 0; at = steps[at].parent) {
      visit.path = "till " + std::to_string(steps[at].till) + " " + steps[at].name + "\n" + visit.path;
    }
  }
  return visit;
}

}  // namespace gongji::grant_model
