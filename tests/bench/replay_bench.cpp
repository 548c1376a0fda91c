// replay_bench.cpp — a year of sales through two versions of the rules: time by claim, and memory by persons.
//
//   replay_bench [--sales 1000000] [--rounds 5]
//
// Prints the machine, the data, the median, and the peak of memory after a tenth of the sales and after all of them, of
// the same persons.
#include <sys/resource.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <fstream>
#include <iostream>
#include <thread>

#include "offline/base/check.h"
#include "offline/replay/run.h"
#include "offline/settlement/claim_json.h"
#include "tests/replay/year_of_sales.h"
#include "tests/support/scratch.h"

namespace {

using namespace gongji;

std::string processor() {
  std::ifstream in("/proc/cpuinfo");
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with("model name")) return line.substr(line.find(':') + 2);
  }
  return "unknown processor";
}

long peak_kib() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss;
}

std::uint64_t write_sales(const std::filesystem::path& file, std::uint64_t count, std::uint64_t persons) {
  std::ofstream out(file, std::ios::binary);
  tests::SalesOfAYear sales({7, count, persons});
  for (settlement::Claim claim; sales.next(claim);) out << settlement::claim_to_json(claim) << '\n';
  GONGJI_CHECK(out.flush());
  return std::filesystem::file_size(file);
}

}  // namespace

int main(int argc, char** argv) {
  std::uint64_t count = 1'000'000;
  int rounds = 5;
  CLI::App app("A year of sales through two versions of the rules");
  app.add_option("--sales", count, "how many sales");
  app.add_option("--rounds", rounds, "how often")->check(CLI::PositiveNumber);
  CLI11_PARSE(app, argc, argv);

  const packs::PackSet packs = packs::built_in_packs();
  const auto base = replay::Version::of(packs, "wuhan-employee@draft-2022");
  const auto other = replay::Version::of(packs, "wuhan-employee@2023-02-01");
  GONGJI_CHECK(base.has_value() && other.has_value());
  const auto run = [&](const std::filesystem::path& file) {
    replay::Request request;
    request.input = file;
    const auto report = replay::run(*base, *other, request);
    GONGJI_CHECK(report.has_value() && report->unusable == 0);
    return report->total.claims;
  };

  const tests::Scratch scratch;
  const std::uint64_t persons = std::max<std::uint64_t>(1, count / 50);
  write_sales(scratch / "tenth", count / 10, persons);
  const std::uint64_t bytes = write_sales(scratch / "all", count, persons);
  std::cout << processor() << ", " << std::thread::hardware_concurrency() << " cores\n"
            << count << " sales of 1 to 5 lines, " << bytes / 1'000'000 << " MB, at most " << persons << " persons\n";
  run(scratch / "tenth");
  const long small = peak_kib();
  std::vector<std::int64_t> took;
  for (int i = 0; i < rounds; ++i) {
    const auto start = std::chrono::steady_clock::now();
    GONGJI_CHECK(run(scratch / "all") == count);
    took.push_back(
        std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - start).count());
  }
  std::sort(took.begin(), took.end());
  const std::int64_t median = took[took.size() / 2];
  std::cout << "median of " << rounds << ": " << median << " ms (" << took.front() << " to " << took.back() << "), "
            << median * 1'000'000 / static_cast<std::int64_t>(count) << " ns a sale, reading included\n"
            << "peak memory: " << small << " KiB after " << count / 10 << " sales, " << peak_kib()
            << " KiB after all\n";
  return 0;
}
