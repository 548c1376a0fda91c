// main.cpp — runs one outage and prints what the centre's door saw.
//
//   scale-outage [--tills N] [--processes N] [--window SECONDS] [--seed N]
//                [--handshake US] [--sync US] [--settlement US] [--poll MS] [--outage MINUTES]
#include <cstdio>
#include <cstdlib>
#include <map>
#include <string>

#include "tests/scale/outage.h"

using namespace gongji::scale;

namespace {

void print_row(std::int64_t from, std::int64_t to, const Told& told, std::size_t processes) {
  Second sum;
  for (std::int64_t at = from; at < to; ++at) {
    const Second& second = told.seconds[static_cast<std::size_t>(at)];
    sum.arrivals += second.arrivals;
    sum.refused += second.refused;
    sum.gave_up += second.gave_up;
    sum.handshakes += second.handshakes;
    sum.settlements += second.settlements;
    sum.busy_us += second.busy_us;
  }
  const auto each = static_cast<std::uint64_t>(to - from);
  const auto busy = static_cast<std::uint64_t>(sum.busy_us) / each / processes / 10'000;
  std::printf("%6lld-%-6lld %11llu %11llu %11llu %11llu %12llu %8llu %%\n", static_cast<long long>(from),
              static_cast<long long>(to), static_cast<unsigned long long>(sum.arrivals / each),
              static_cast<unsigned long long>(sum.refused / each), static_cast<unsigned long long>(sum.gave_up / each),
              static_cast<unsigned long long>(sum.handshakes / each),
              static_cast<unsigned long long>(sum.settlements / each), static_cast<unsigned long long>(busy));
}

}  // namespace

int main(int count, char** arguments) {
  Scenario scenario;
  std::int64_t tills = static_cast<std::int64_t>(scenario.tills),
               processes = static_cast<std::int64_t>(scenario.processes), seed = 1;
  const std::map<std::string, std::int64_t*> options{{"--tills", &tills},
                                                     {"--processes", &processes},
                                                     {"--seed", &seed},
                                                     {"--window", &scenario.window_s},
                                                     {"--handshake", &scenario.handshake_us},
                                                     {"--sync", &scenario.sync_us},
                                                     {"--settlement", &scenario.settlement_us},
                                                     {"--poll", &scenario.poll_ms},
                                                     {"--outage", &scenario.outage_minutes}};
  for (int at = 1; at < count; ++at) {
    const std::string name = arguments[at];
    const auto option = options.find(name);
    if (option != options.end() && at + 1 < count) {
      *option->second = std::strtoll(arguments[++at], nullptr, 10);
    } else {
      std::fprintf(stderr, "scale-outage: %s? The options stand at the top of main.cpp.\n", name.c_str());
      return 2;
    }
  }
  if (tills < 1 || processes < 1 || scenario.poll_ms < 1 || scenario.window_s < 0) return 2;
  scenario.tills = static_cast<std::size_t>(tills);
  scenario.processes = static_cast<std::size_t>(processes);
  scenario.seed = static_cast<std::uint64_t>(seed);
  const Told told = run(scenario);

  std::printf("%13s %11s %11s %11s %11s %12s %10s\n", "seconds", "arrivals/s", "refused/s", "given up/s",
              "handshakes/s", "settlements/s", "busy");
  const std::int64_t end = told.drained_s[2] >= 0 ? told.drained_s[2] + 1 : scenario.ends_after_s;
  std::int64_t from = 0;
  for (const std::int64_t to : {1, 2, 5, 10, 30, 60, 120, 300, 600, 900, 1'200, 1'800, 3'600, 7'200, 14'400}) {
    if (from >= end) break;
    print_row(from, std::min<std::int64_t>(to, end), told, scenario.processes);
    from = to;
  }
  const auto line = [](const char* what, const std::int64_t(&at)[3]) {
    std::printf("%s: half after %lld s, 99 %% after %lld s, all after %lld s\n", what, static_cast<long long>(at[0]),
                static_cast<long long>(at[1]), static_cast<long long>(at[2]));
  };
  line("heard by the centre", told.first_contact_s);
  line("drained", told.drained_s);
  std::printf("%llu settlements, the longest backlog %zu; %llu attempts, %llu of them in vain\n",
              static_cast<unsigned long long>(told.settlements), told.backlog_max,
              static_cast<unsigned long long>(told.attempts), static_cast<unsigned long long>(told.in_vain));
  return told.drained_tills == scenario.tills ? 0 : 1;
}
