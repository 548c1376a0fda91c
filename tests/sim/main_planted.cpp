// gongji-sim-planted — does the simulator find what it is there for?  Every planted bug (planted_bugs.json), one after
// the other, until a seed shows it that holds without it.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <string>

#include "tests/sim/planted_run.h"

namespace {

using namespace gongji::sim;

bool finds(const PlantedBug& bug, std::uint64_t seeds, std::size_t jobs) {
  fmt::print("{} ({}: {})\n", bug.name, bug.file, bug.story);
  if (!bug.place_is_there) {
    fmt::print("  its place is gone: find the line again and put it into tests/sim/planted_bugs.json\n");
    return false;
  }
  const Shown shown = show(bug, 1, seeds, jobs);
  if (shown.seed == 0) {
    fmt::print("  NOT FOUND in {} seeds. {}\n", seeds, shown.broken.substr(0, 300));
  } else {
    fmt::print("  seed {}: {}\n", shown.seed, shown.broken.substr(0, 160));
  }
  std::fflush(stdout);
  return shown.seed != 0;
}

}  // namespace

int main(int count, char** arguments) {
  std::string only;
  std::uint64_t seeds = 60;
  std::size_t jobs = 2;
  CLI::App app("Looks for the bugs of tests/sim/planted_bugs.json.", "gongji-sim-planted");
  app.add_option("--bug", only, "only this one");
  app.add_option("--seeds", seeds, "within which each must be found")->capture_default_str();
  app.add_option("--jobs", jobs, "worlds at once")->capture_default_str();
  CLI11_PARSE(app, count, arguments);
  std::size_t asked = 0, found = 0;
  for (const PlantedBug& bug : planted_bugs()) {
    if (!only.empty() && bug.name != only) continue;
    ++asked;
    found += finds(bug, seeds, jobs) ? 1 : 0;
  }
  fmt::print("{} of {} planted bugs found\n", found, asked);
  return asked > 0 && found == asked ? 0 : 1;
}
