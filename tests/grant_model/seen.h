// seen.h — which states of a model were visited.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>
#include <vector>

namespace gongji::grant_model {

// States already seen, by 128 bits of hash: 10 million states collide with a chance of 10^-25.  A State has no padding.
template <class State>
class Seen {
 public:
  Seen() : slots_(std::size_t{1} << 16) {}

  // False where it was there.
  bool insert(const State& state) {
    if (2 * count_ >= slots_.size()) grow();
    return place(hash_of(state));
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
  static Slot hash_of(const State& state) {
    Slot slot{0x9e3779b97f4a7c15u, 0xc2b2ae3d27d4eb4fu};
    const auto* bytes = reinterpret_cast<const unsigned char*>(&state);
    for (std::size_t at = 0; at < sizeof(State); at += 8) {
      std::uint64_t word = 0;
      std::memcpy(&word, bytes + at, std::min<std::size_t>(8, sizeof(State) - at));
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

}  // namespace gongji::grant_model
