#include "tests/sim/sim_random.h"

namespace gongji::sim {

namespace {
SeededRandom keys(1);
}  // namespace

Random& key_random() {
  return keys;
}

void seed_key_random(std::uint64_t seed) {
  keys = SeededRandom(seed_of(seed, "keys"));
}

}  // namespace gongji::sim
