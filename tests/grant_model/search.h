// search.h — visits every state that can be reached, breadth first.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "tests/grant_model/moves.h"

namespace gongji::grant_model {

// States already seen, by 128 bits of hash: 10 million states collide with a chance of 10^-25.
class Seen {
 public:
  Seen() : slots_(std::size_t{1} << 16) {}

  // False where it was there.
  bool insert(const World& world) {
    if (2 * count_ >= slots_.size()) grow();
    return place(hash_of(world));
  }
  std::size_t size() const { return count_; }

 private:
  struct Slot {
    std::uint64_t high = 0, low = 0;  // both 0: empty
  };

  static std::uint64_t mix(std::uint64_t value) {
    value ^= value >> 32;
    value *= 0xd6e8feb86659fd93u;
    value ^= value >> 32;
    value *= 0xd6e8feb86659fd93u;
    return value ^ value >> 32;
  }
  static Slot hash_of(const World& world) {
    Slot slot{0x9e3779b97f4a7c15u, 0xc2b2ae3d27d4eb4fu};
    const auto* bytes = reinterpret_cast<const unsigned char*>(&world);
    for (std::size_t at = 0; at < sizeof(World); at += 8) {
      std::uint64_t word = 0;
      std::memcpy(&word, bytes + at, std::min<std::size_t>(8, sizeof(World) - at));
      slot.high = mix(slot.high ^ word);
      slot.low = mix(slot.low + word) + slot.high;
    }
    if (slot.high == 0 && slot.low == 0) slot.low = 1;
    return slot;
  }
  bool place(const Slot& slot) {
    const std::size_t mask = slots_.size() - 1;
    for (std::size_t at = slot.low & mask;; at = (at + 1) & mask) {
      Slot& there = slots_[at];
      if (there.high == slot.high && there.low == slot.low) return false;
      if (there.high != 0 || there.low != 0) continue;
      there = slot;
      ++count_;
      return true;
    }
  }
  void grow() {
    std::vector<Slot> old(slots_.size() * 2);
    old.swap(slots_);
    count_ = 0;
    for (const Slot& slot : old) {
      if (slot.high != 0 || slot.low != 0) place(slot);
    }
  }

  std::vector<Slot> slots_;
  std::size_t count_ = 0;
};

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
  Seen seen;
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
