#include "tests/sim/children.h"

#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <memory>
#include <type_traits>

#include "offline/base/check.h"
#include "tests/sim/made_worlds.h"

namespace gongji::sim {

namespace {

constexpr unsigned seconds_max = 600;  // of one world: beyond that it is believed to turn in circles

// What a child tells, in one write.
struct Report {
  Outcome plain() const {
    Outcome outcome = figures;
    outcome.broken = std::string(broken.data());
    return outcome;
  }
  struct Figures {
    std::uint64_t trace_sum, events, looks, till_days, recomputed_persons;
    std::int64_t simulated_ms;
    Heard heard;
    FaultCounts faults;
    operator Outcome() const {  // NOLINT(google-explicit-constructor)
      Outcome outcome;
      outcome.trace_sum = trace_sum;
      outcome.events = events;
      outcome.looks = looks;
      outcome.till_days = till_days;
      outcome.recomputed_persons = recomputed_persons;
      outcome.simulated = milliseconds(simulated_ms);
      outcome.heard = heard;
      outcome.faults = faults;
      return outcome;
    }
  } figures{};
  std::array<char, 1'024> broken{};
};
static_assert(std::is_trivially_copyable_v<Report> && sizeof(Report) < 4'096);

struct Child {
  Given given;
  std::unique_ptr<Berth> berth;
  pid_t id = 0;
  int reports = -1;
  int last_words = -1;
};

[[noreturn]] void be_the_child(World& world, const Given& given, int reports, int last_words) {
  ::dup2(last_words, STDERR_FILENO);
  for (const int signal : {SIGABRT, SIGSEGV, SIGTERM, SIGFPE, SIGILL}) ::signal(signal, SIG_DFL);  // a test's own
  ::alarm(seconds_max);
  std::FILE* const trace = given.trace_file.empty() ? nullptr : std::fopen(given.trace_file.c_str(), "w");
  const Outcome outcome = run_world(world, given.story, trace);
  if (trace != nullptr) std::fclose(trace);
  Report report;
  report.figures = {
      outcome.trace_sum,         outcome.events, outcome.looks, outcome.till_days, outcome.recomputed_persons,
      outcome.simulated.count(), outcome.heard,  outcome.faults};
  std::strncpy(report.broken.data(), outcome.broken.c_str(), report.broken.size() - 1);
  const bool told = ::write(reports, &report, sizeof report) == sizeof report;
  ::_exit(told ? 0 : 1);
}

Child start(Given given) {
  Child child;
  child.given = std::move(given);
  child.berth = std::make_unique<Berth>();
  World& world = child.berth->world(child.given.story.setting);
  read_spare_rules();  // making a world took one of them
  int ends[2];
  GONGJI_CHECK(::pipe(ends) == 0);
  child.last_words = ::memfd_create("last words", MFD_CLOEXEC);
  GONGJI_CHECK(child.last_words >= 0);
  std::fflush(nullptr);
  child.id = ::fork();
  GONGJI_CHECK(child.id >= 0);
  if (child.id == 0) be_the_child(world, child.given, ends[1], child.last_words);
  ::close(ends[1]);
  child.reports = ends[0];
  return child;
}

std::string words_of(const Child& child) {
  std::array<char, 900> text{};
  const auto size = ::pread(child.last_words, text.data(), text.size() - 1, 0);
  std::string words(text.data(), size > 0 ? static_cast<std::size_t>(size) : 0);
  std::replace(words.begin(), words.end(), '\n', ' ');
  return words;
}

Outcome end(Child& child) {
  Report report;
  const bool told = ::read(child.reports, &report, sizeof report) == sizeof report;
  int status = 0;
  ::waitpid(child.id, &status, 0);
  Outcome outcome;
  if (told) {
    outcome = report.plain();
  } else {
    const bool circles = WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM;
    outcome.broken = circles ? "the_world_comes_to_an_end: it turns in circles"
                             : "the_process_goes_on: " + words_of(child) + " (status " + std::to_string(status) + ")";
  }
  ::close(child.reports);
  ::close(child.last_words);
  child.berth.reset();
  return outcome;
}

}  // namespace

void run_in_children(std::size_t at_once, const std::function<bool(Given&)>& next,
                     const std::function<void(const Given&, const Outcome&)>& ended) {
  built_in_rules();  // read once, for all
  std::vector<Child> running;
  bool more = true;
  while (more || !running.empty()) {
    while (more && running.size() < at_once) {
      Given given;
      more = next(given);
      if (more) running.push_back(start(std::move(given)));
    }
    if (running.empty()) break;
    std::vector<pollfd> waits;
    for (const Child& child : running) waits.push_back({child.reports, POLLIN, 0});
    GONGJI_CHECK(::poll(waits.data(), waits.size(), -1) > 0);
    for (std::size_t i = waits.size(); i-- > 0;) {
      if (waits[i].revents == 0) continue;
      Child child = std::move(running[i]);
      running.erase(running.begin() + static_cast<std::ptrdiff_t>(i));
      const Outcome outcome = end(child);
      ended(child.given, outcome);
    }
  }
}

Outcome run_in_child(const Story& story) {
  Outcome found;
  bool given_out = false;
  run_in_children(
      1,
      [&](Given& given) {
        given.story = story;
        return !std::exchange(given_out, true);
      },
      [&](const Given&, const Outcome& outcome) { found = outcome; });
  return found;
}

}  // namespace gongji::sim
