// gongji-sim-planted — does the simulator find what it is there for?  Every planted bug (planted_bugs.json), one after
// the other, until a seed shows it; and the same seeds without any.
#include <fmt/format.h>

#include <string>
#include <vector>

#include "tests/sim/children.h"
#include "tests/sim/planted.h"

namespace {

using namespace gongji::sim;

constexpr std::uint64_t seeds_max = 60;  // within which each must be found
constexpr std::uint64_t seeds_without = 4;
constexpr std::size_t at_once = 2;

Setting setting_of(std::uint64_t seed) {
  Setting setting;
  setting.seed = seed;
  setting.tills = 3;
  setting.days = 2;
  return setting;
}

// The first seed, of as many, that shows something; 0 where none does.
std::uint64_t first_broken(std::uint64_t seeds, std::string& broken) {
  std::uint64_t next = 1, found = 0;
  run_in_children(
      at_once,
      [&](Given& given) {
        if (found != 0 || next > seeds) return false;
        given.story = make_story(setting_of(next++));
        return true;
      },
      [&](const Given& given, const Outcome& outcome) {
        const std::uint64_t seed = given.story.setting.seed;
        if (outcome.broken.empty() || (found != 0 && found < seed)) return;
        found = seed;
        broken = outcome.broken;
      });
  return found;
}

bool finds(const PlantedBug& bug) {
  fmt::print("{} ({}: {})\n", bug.name, bug.file, bug.story);
  if (!bug.place_is_there) {
    fmt::print("  its place is gone: find the line again and put it into tests/sim/planted_bugs.json\n");
    return false;
  }
  planted_bug() = bug.name;
  std::string broken;
  const std::uint64_t seed = first_broken(seeds_max, broken);
  planted_bug().clear();
  if (seed == 0) {
    fmt::print("  NOT FOUND in {} seeds\n", seeds_max);
  } else {
    fmt::print("  seed {}: {}\n", seed, broken.substr(0, 160));
  }
  std::fflush(stdout);
  return seed != 0;
}

}  // namespace

int main() {
  std::string broken;
  if (const std::uint64_t seed = first_broken(seeds_without, broken); seed != 0) {
    fmt::print("seed {} breaks something without any planted bug: {}\n", seed, broken);
    return 1;
  }
  std::size_t found = 0;
  for (const PlantedBug& bug : planted_bugs()) found += finds(bug) ? 1 : 0;
  fmt::print("{} of {} planted bugs found\n", found, planted_bugs().size());
  return found == planted_bugs().size() ? 0 : 1;
}
