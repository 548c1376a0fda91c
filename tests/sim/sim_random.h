// sim_random.h — chances: everything that happens by chance in a simulated world is drawn from its seed.
#pragma once

#include <cstdint>
#include <string_view>

#include "offline/base/ids.h"

namespace gongji::sim {

// Draws of one kind, from one seed; not for keys.
class Chance {
 public:
  explicit Chance(std::uint64_t seed) : random_(seed) {}

  std::uint64_t bits() {
    std::uint64_t word = 0;
    std::uint8_t octets[8];
    random_.fill(octets);
    for (const std::uint8_t octet : octets) word = word << 8U | octet;
    return word;
  }
  // 0 .. bound - 1; requires a bound above 0.
  std::uint64_t below(std::uint64_t bound) { return bits() % bound; }
  // Both included.
  std::int64_t between(std::int64_t from, std::int64_t to) {
    return from + static_cast<std::int64_t>(below(static_cast<std::uint64_t>(to - from) + 1));
  }
  bool in_thousand(std::uint64_t share) { return below(1'000) < share; }

 private:
  SeededRandom random_;
};

// A seed for a part of what another seed makes, so that one part's draws do not move another's.
inline std::uint64_t seed_of(std::uint64_t seed, std::string_view part, std::uint64_t number = 0) {
  std::uint64_t sum = seed * 0x9E3779B97F4A7C15U + number;
  for (const char letter : part) sum = (sum ^ static_cast<unsigned char>(letter)) * 0x100000001B3U;
  return sum ^ (sum >> 31U);
}

// Makes the stand-in signature keys (stand_in_signatures.cpp).  Whoever begins a world sets its seed.
Random& key_random();
void seed_key_random(std::uint64_t seed);

}  // namespace gongji::sim
