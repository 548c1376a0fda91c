#include "tests/sim/run_seeds.h"

#include <sys/resource.h>
#include <time.h>

#include <CLI/CLI.hpp>
#include <array>
#include <charconv>
#include <fstream>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "tests/sim/children.h"
#include "tests/sim/shrink.h"

namespace gongji::sim {

namespace {

struct Wishes {
  std::string seeds = "1..20";
  std::string faults = "on";
  std::string trace;
  Setting setting;
  std::size_t jobs = 2;
  std::size_t shrink_runs = 200;
};

struct Seeds {
  std::uint64_t first = 1, last = 1;
};

std::optional<Seeds> read_seeds(const std::string& text) {
  Seeds seeds;
  const char* const end = text.data() + text.size();
  auto read = std::from_chars(text.data(), end, seeds.first);
  if (read.ec != std::errc()) return std::nullopt;
  seeds.last = seeds.first;
  if (read.ptr == end) return seeds;
  if (end - read.ptr < 3 || read.ptr[0] != '.' || read.ptr[1] != '.') return std::nullopt;
  read = std::from_chars(read.ptr + 2, end, seeds.last);
  if (read.ec != std::errc() || read.ptr != end || seeds.last < seeds.first) return std::nullopt;
  return seeds;
}

// The machine's, to say how fast this was.
double real_seconds() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

// Of this process and of its children that have ended.
double processor_seconds() {
  double sum = 0;
  for (const int who : {RUSAGE_SELF, RUSAGE_CHILDREN}) {
    rusage used{};
    ::getrusage(who, &used);
    for (const timeval& part : {used.ru_utime, used.ru_stime}) {
      sum += static_cast<double>(part.tv_sec) + static_cast<double>(part.tv_usec) / 1e6;
    }
  }
  return sum;
}

std::string machine() {
  std::ifstream file("/proc/cpuinfo");
  std::string model = "an unknown processor";
  for (std::string line; std::getline(file, line);) {
    if (!line.starts_with("model name")) continue;
    model = line.substr(std::min(line.size(), line.find(':') + 2));
    break;
  }
  return fmt::format("{}, {} processors", model, std::thread::hardware_concurrency());
}

std::string commit() {
  std::array<char, 64> text{};
  std::FILE* const git = ::popen("git rev-parse --short=12 HEAD 2>/dev/null", "r");
  if (git == nullptr) return "unknown";
  const std::size_t size = std::fread(text.data(), 1, text.size() - 1, git);
  ::pclose(git);
  std::string out(text.data(), size);
  while (!out.empty() && out.back() == '\n') out.pop_back();
  return out.empty() ? "unknown" : out;
}

struct Totals {
  std::size_t worlds = 0, till_days = 0, recomputed = 0;
  std::uint64_t events = 0, looks = 0;
  double till_hours = 0;
  Heard heard;
  FaultCounts faults;

  void add(const Story& story, const Outcome& outcome) {
    ++worlds;
    till_days += outcome.till_days;
    recomputed += outcome.recomputed_persons;
    events += outcome.events;
    looks += outcome.looks;
    till_hours +=
        static_cast<double>(outcome.simulated.count()) / 3'600'000.0 * static_cast<double>(story.setting.tills);
    heard += outcome.heard;
    faults += outcome.faults;
  }

  void print(const Setting& setting, std::size_t jobs, double seconds, double processor) const {
    const auto days = static_cast<double>(till_days);
    fmt::print("{} worlds, {} till-days, {:.2f} terminal-years, in {:.1f} s: {:.1f} till-days a second\n", worlds,
               till_days, till_hours / 24 / 365, seconds, days / seconds);
    fmt::print("a till-day: one till open for one working day, {} sales on average and what goes wrong with them\n",
               setting.sales_a_day);
    fmt::print("{} worlds at once on {}; {:.1f} s of processor time, {:.1f} ms a till-day\n", jobs, machine(),
               processor, processor * 1'000 / std::max(1.0, days));
    fmt::print("{} events, {} looks at the ledger, counters of {} persons recomputed in the perfect order\n", events,
               looks, recomputed);
    fmt::print(
        "asked {}: on a hold {}, on a grant {}, on the reserve {}, cash {}, papers {}, the same answer again {}, taken "
        "back {} (in part {}), trouble {}\n",
        heard.asked, heard.on_hold, heard.on_grant, heard.on_reserve, heard.cash, heard.papers, heard.replayed,
        heard.taken_back, heard.refunds, heard.troubles);
    std::uint64_t all = 0;
    for (const std::uint64_t each : faults.of) all += each;
    fmt::print("faults injected: {}\n", all);
    for (std::size_t i = 0; i < fault_kinds; ++i) {
      if (faults.of[i] > 0) fmt::print("  {:30} {}\n", fault_names[i], faults.of[i]);
    }
  }
};

void tell_failure(const Story& story, const Outcome& outcome, const Wishes& wishes) {
  fmt::print("\nseed {} at commit {}: {}\n", story.setting.seed, commit(), outcome.broken);
  fmt::print(
      "  again: gongji-sim --seeds {} --tills {} --days {} --sales {} --centres {} --mischief {} --faults {} --trace "
      "FILE\n",
      story.setting.seed, story.setting.tills, story.setting.days, story.setting.sales_a_day, story.setting.centres,
      story.setting.mischief, wishes.faults);
  if (wishes.shrink_runs == 0) return;
  const Shrunk shrunk = shrink(story, outcome.broken, wishes.shrink_runs);
  fmt::print("  shrunk from {} happenings to {} in {} runs: {}\n", story.happenings.size(),
             shrunk.story.happenings.size(), shrunk.runs, shrunk.broken);
  for (const Happening& it : shrunk.story.happenings) fmt::print("    {}\n", told(it));
  std::fflush(stdout);
}

int run(const Wishes& wishes) {
  const auto seeds = read_seeds(wishes.seeds);
  Setting setting = wishes.setting;
  if (!seeds || !read_faults(wishes.faults, setting) || setting.tills == 0 || setting.days == 0 ||
      setting.centres == 0 || setting.centres > setting.tills) {
    fmt::print(stderr,
               "gongji-sim: seeds are N or N..M; faults are on, off, list, or names; at most one centre a till\n");
    return 2;
  }
  std::uint64_t next_seed = seeds->first;
  const auto next = [&](Given& given) {
    if (next_seed > seeds->last) return false;
    setting.seed = next_seed++;
    given.story = make_story(setting);
    given.trace_file = wishes.trace;
    return true;
  };
  Totals totals;
  std::size_t failed = 0;
  const double began = real_seconds(), processor_began = processor_seconds();
  double shrinking = 0, processor_shrinking = 0;
  run_in_children(wishes.trace.empty() ? wishes.jobs : 1, next, [&](const Given& given, const Outcome& outcome) {
    totals.add(given.story, outcome);
    if (outcome.broken.empty()) return;
    ++failed;
    const double before = real_seconds(), processor_before = processor_seconds();
    tell_failure(given.story, outcome, wishes);
    shrinking += real_seconds() - before;
    processor_shrinking += processor_seconds() - processor_before;
  });
  totals.print(setting, wishes.jobs, real_seconds() - began - shrinking,
               processor_seconds() - processor_began - processor_shrinking);
  fmt::print("{} of {} seeds broke something\n", failed, totals.worlds);
  return failed == 0 ? 0 : 1;
}

}  // namespace

bool read_faults(const std::string& text, Setting& setting) {
  setting.faults = Setting::all_faults();
  if (text == "on") return true;
  setting.faults.fill(false);
  if (text == "off") return true;
  for (const std::string& name : CLI::detail::split(text, ',')) {
    const auto found = std::find(fault_names.begin(), fault_names.end(), name);
    if (found == fault_names.end()) return false;
    setting.faults[static_cast<std::size_t>(found - fault_names.begin())] = true;
  }
  return true;
}

int run_command(int count, char** arguments) {
  Wishes wishes;
  CLI::App app("A fleet of tills, its people and its centre in one process, from one seed.", "gongji-sim");
  app.add_option("--seeds", wishes.seeds, "N or N..M; each seed is a world")->capture_default_str();
  app.add_option("--tills", wishes.setting.tills, "tills of a world")->capture_default_str();
  app.add_option("--days", wishes.setting.days, "working days of a world")->capture_default_str();
  app.add_option("--sales", wishes.setting.sales_a_day, "sales of a till in a day, on average")->capture_default_str();
  app.add_option("--centres", wishes.setting.centres, "processes of the centre")->capture_default_str();
  app.add_option("--mischief", wishes.setting.mischief, "how often things go wrong, in hundredths of the usual")
      ->capture_default_str();
  app.add_option("--faults", wishes.faults, "on, off, list, or names with commas between them")->capture_default_str();
  app.add_option("--trace", wishes.trace, "writes every event of a world into this file");
  app.add_option("--jobs", wishes.jobs, "worlds at once")->capture_default_str();
  app.add_option("--shrink", wishes.shrink_runs, "worlds that shrinking a failure may cost; 0: do not")
      ->capture_default_str();
  CLI11_PARSE(app, count, arguments);
  if (wishes.faults == "list") {
    for (const auto& name : fault_names) fmt::print("{}\n", name);
    return 0;
  }
  return run(wishes);
}

}  // namespace gongji::sim
