#include "tests/sim/planted_run.h"

#include <algorithm>
#include <map>

#include "tests/sim/children.h"
#include "tests/sim/made_worlds.h"
#include "tests/sim/run_seeds.h"

namespace gongji::sim {

namespace {

Setting setting_of(const PlantedBug& bug, std::uint64_t seed) {
  Setting setting;
  setting.seed = seed;
  setting.tills = bug.tills;
  setting.days = bug.days;
  setting.sales_a_day = bug.sales;
  setting.centres = bug.centres;
  setting.mischief = bug.mischief;
  read_faults(std::string(bug.faults), setting);
  return setting;
}

bool is_of(const PlantedBug& bug, const std::string& broken) {
  return std::any_of(bug.found_by.begin(), bug.found_by.end(),
                     [&](std::string_view invariant) { return broken.starts_with(std::string(invariant) + ":"); });
}

// A bug may already be at work while a world is made.
class Awake {
 public:
  explicit Awake(std::string_view name) {
    forget_made_worlds();
    planted_bug() = name;
  }
  ~Awake() {
    planted_bug().clear();
    forget_made_worlds();
  }
  Awake(const Awake&) = delete;
  Awake& operator=(const Awake&) = delete;
};

}  // namespace

Shown show(const PlantedBug& bug, std::uint64_t first, std::uint64_t last, std::size_t at_once) {
  std::map<std::uint64_t, std::string> shown;  // of the bug's
  std::string other;
  {
    const Awake awake(bug.name);
    std::uint64_t next = first;
    run_in_children(
        at_once,
        [&](Given& given) {
          if (!shown.empty() || next > last) return false;
          given.story = make_story(setting_of(bug, next++));
          return true;
        },
        [&](const Given& given, const Outcome& outcome) {
          const std::uint64_t seed = given.story.setting.seed;
          if (is_of(bug, outcome.broken)) {
            shown[seed] = outcome.broken;
          } else if (!outcome.broken.empty()) {
            other = "seed " + std::to_string(seed) + " broke " + outcome.broken;
          }
        });
  }
  if (shown.empty()) return {0, other};
  const auto& [seed, broken] = *shown.begin();
  const Outcome without = run_in_child(make_story(setting_of(bug, seed)));
  if (!without.broken.empty()) {
    return {0, "seed " + std::to_string(seed) + " breaks without it, too: " + without.broken};
  }
  return {seed, broken};
}

}  // namespace gongji::sim
