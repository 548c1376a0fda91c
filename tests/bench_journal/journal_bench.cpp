// journal_bench.cpp — what a durable sale costs, as a multiple of the disk's own floor.
//
//   build/bin/bench-journal
//
// The floor is one 4 KiB overwrite of a prewritten file with fdatasync.  Floor and commits take turns, so that a noisy
// machine disturbs both alike; absolute numbers belong to the machine, ratios travel.  Uses real time.
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <future>
#include <thread>
#include <vector>

#include "tests/journal/till.h"

using namespace gongji;
using namespace gongji::tests;
using Steady = std::chrono::steady_clock;

namespace {

constexpr int rounds = 7;
constexpr int commits_per_round = 200;

double microseconds(Steady::duration span) {
  return std::chrono::duration<double, std::micro>(span).count();
}

double quantile(std::vector<double> samples, double share) {
  std::sort(samples.begin(), samples.end());
  return samples[static_cast<std::size_t>(share * static_cast<double>(samples.size() - 1))];
}

class Floor {
 public:
  explicit Floor(const std::filesystem::path& file)
      : descriptor_(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)), page_(4'096, 'x') {
    for (int i = 0; i < 256; ++i) write_page();
    ::fsync(descriptor_);
  }
  ~Floor() { ::close(descriptor_); }
  Floor(const Floor&) = delete;
  Floor& operator=(const Floor&) = delete;

  double once() {
    const auto began = Steady::now();
    write_page();
    ::fdatasync(descriptor_);
    return microseconds(Steady::now() - began);
  }

 private:
  void write_page() {
    const auto offset = static_cast<off_t>(next_++ % 256) * 4'096;
    REQUIRE(::pwrite(descriptor_, page_.data(), page_.size(), offset) == 4'096);
  }
  int descriptor_;
  std::string page_;
  int next_ = 0;
};

// Enough persons that none has bought more often than people do.
constexpr int persons = 500;

Patient person(int number) {
  Patient patient = mother();
  const std::string digits = std::to_string(1'000 + number % persons);
  patient.psn_no.replace(patient.psn_no.size() - 4, 4, digits);
  patient.certno.replace(patient.certno.size() - 4, 4, digits);
  return patient;
}

void store_all(Till& till, journal::Journal& journal) {
  REQUIRE(turn_on(journal, [&](journal::Turn& turn) -> Result<void> {
    for (int i = 0; i < persons; ++i) {
      if (auto done = till.store(turn, person(i), till.snapshot(person(i))); !done) return done;
    }
    return {};
  }));
}

journal::Journal::Work sale_work(Till& till, int number) {
  return [&till, number](journal::Turn& turn) -> Result<void> {
    const Patient patient = person(number);
    auto known = turn.find_person(till.person_key(patient));
    if (!known) return known.error();
    auto entry = turn.append(
        till.sale_of(patient, **known, std::to_string(number), {30, 1, 0, 5}, record::Backing::hold, today), noon);
    if (!entry) return entry.error();
    return {};
  };
}

}  // namespace

TEST_CASE("one sale a commit, against the floor of the disk") {
  Till till;
  Floor floor(till.file().parent_path() / "floor");
  auto journal = till.open();
  store_all(till, *journal);
  int number = 0;
  for (; number < 300; ++number) REQUIRE(turn_on(*journal, sale_work(till, number)));  // the WAL's first cycle
  std::vector<double> floors, commits, ratios;
  for (int round = 0; round < rounds; ++round) {
    journal->idle();
    std::vector<double> floor_now, commit_now;
    for (int i = 0; i < commits_per_round; ++i) {
      floor_now.push_back(floor.once());
      const auto began = Steady::now();
      REQUIRE(turn_on(*journal, sale_work(till, number++)));
      commit_now.push_back(microseconds(Steady::now() - began));
    }
    ratios.push_back(quantile(commit_now, 0.5) / quantile(floor_now, 0.5));
    floors.insert(floors.end(), floor_now.begin(), floor_now.end());
    commits.insert(commits.end(), commit_now.begin(), commit_now.end());
  }
  std::printf("floor  p50 %7.0f us  p99 %7.0f us\n", quantile(floors, 0.5), quantile(floors, 0.99));
  std::printf("commit p50 %7.0f us  p99 %7.0f us  = %.2f x floor (median of %d rounds)\n", quantile(commits, 0.5),
              quantile(commits, 0.99), quantile(ratios, 0.5), rounds);
}

TEST_CASE("closed-loop clients through the writer") {
  Till till;
  Floor floor(till.file().parent_path() / "floor");
  auto journal = till.open();
  store_all(till, *journal);
  journal::Writer writer(std::move(journal));
  std::atomic<int> number{0};
  for (const int clients : {1, 2, 8, 32}) {
    std::vector<double> floors;
    for (int i = 0; i < 100; ++i) floors.push_back(floor.once());
    const int each = 800 / clients;
    std::vector<std::vector<double>> samples(static_cast<std::size_t>(clients));
    std::vector<std::thread> crowd;
    const auto began = Steady::now();
    for (auto& mine : samples) {
      crowd.emplace_back([&] {
        for (int i = 0; i < each; ++i) {
          auto done = std::make_shared<std::promise<bool>>();
          auto answer = done->get_future();
          const auto from = Steady::now();
          writer.submit(sale_work(till, 1'000'000 + number++),
                        [done](Result<void> result) { done->set_value(result.has_value()); });
          if (!answer.get()) std::abort();
          mine.push_back(microseconds(Steady::now() - from));
        }
      });
    }
    for (auto& thread : crowd) thread.join();
    const double seconds = microseconds(Steady::now() - began) / 1e6;
    std::vector<double> all;
    for (const auto& mine : samples) all.insert(all.end(), mine.begin(), mine.end());
    const double floor_p50 = quantile(floors, 0.5);
    std::printf("%2d clients: %6.0f sales/s, p50 %6.0f us = %.2f x floor, p99 %6.0f us\n", clients,
                static_cast<double>(clients * each) / seconds, quantile(all, 0.5), quantile(all, 0.5) / floor_p50,
                quantile(all, 0.99));
  }
}
