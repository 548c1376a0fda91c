// journal_bench.cpp — what a durable sale of five lines costs, as a multiple of the disk's own floor.
//
//   bench-journal fill <folder> <entries>      a journal with so many sales; goes on where it is
//   bench-journal commit <folder> <entries>    one sale a commit, in turn with the floor
//   bench-journal clients <folder> <entries>   2, 8 and 32 tills at once through the writer
//   bench-journal growth <folder> <entries> <folder> <entries>     a short journal beside a long one, in turn
//   bench-journal kill <folder> <entries>      dies by SIGKILL with 64 MB in the write-ahead log
//
// A folder that is not filled is filled first.  One person for twenty sales.  Uses real time.
#include <algorithm>
#include <atomic>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <future>
#include <string_view>
#include <thread>

#include "offline/journal/packed.h"
#include "offline/journal/sales_view.h"
#include "offline/journal/schema.h"
#include "offline/journal/writer.h"
#include "offline/seal/sm3.h"
#include "offline/sqlite/connection.h"
#include "tests/bench_journal/busy_shop.h"
#include "tests/bench_journal/figures.h"

using namespace gongji;
using namespace gongji::tests;

namespace {

constexpr int rounds = 7;

// Below the folder, one for each format of the file: what another version of the program has filled is no use here.
std::filesystem::path of_this_format(const std::filesystem::path& folder) {
  std::string all(as_text(journal::dictionary(record::Form::compact)));
  for (const auto& step : journal::migrations()) all += step.sql;
  return folder / to_hex(seal::sm3(as_bytes(all))).substr(0, 8);
}

struct Filled {
  // `regulars`: persons with a standing grant; so many that none buys much more than twenty times.
  Filled(const std::filesystem::path& folder, std::uint64_t wanted, int with_grants)
      : shop(folder),
        entries(wanted),
        regulars(with_grants),
        persons(static_cast<int>(std::max<std::uint64_t>(wanted / 20, regulars))) {
    journal = shop.open();
    // The journal may be a daemon's that has sold already.
    const auto known = folder / ("persons-" + std::to_string(persons));
    if (!std::filesystem::exists(known)) {
      shop.know_persons(*journal, persons);
      std::ofstream{known};
    }
    shop.fill(*journal, wanted, persons);
    next = static_cast<int>(last_seq());
    shop.grant_persons(*journal, regulars, need(journal->feed_cursor(), "the feed") + 1);
    for (int i = 0; i < 300; ++i) sell();  // the WAL's first cycle
    journal->idle();
  }

  std::uint64_t last_seq() {
    std::uint64_t seq = 0;
    turn([&](journal::Turn& turn) -> Result<void> {
      auto state = turn.log_state();
      if (!state) return state.error();
      seq = state->last_seq;
      return {};
    });
    return seq;
  }
  void turn(journal::Journal::Work work) {
    std::vector<journal::Journal::Work> works;
    works.push_back(std::move(work));
    need(journal->commit(std::move(works)).front(), "a turn");
  }
  void sell() { turn(shop.sale(next++, regulars, BusyShop::On::grant)); }

  BusyShop shop;
  std::uint64_t entries;
  int regulars, persons;
  std::unique_ptr<journal::Journal> journal;
  int next = 0;
};

void print(const char* what, const std::vector<double>& samples) {
  std::printf("%-34s p50 %8.1f us  p99 %8.1f us\n", what, median(samples), quantile(samples, 0.99));
}

void commit(Filled& filled) {
  Floor floor(filled.shop.file().parent_path() / "floor");
  std::vector<double> floors, commits, ratios, tails;
  for (int round = 0; round < rounds; ++round) {
    std::vector<double> floor_now, commit_now;
    for (int i = 0; i < 300; ++i) {
      floor_now.push_back(floor.once());
      commit_now.push_back(time_of([&] { filled.sell(); }));
      if (filled.journal->idle_due()) filled.journal->idle();
    }
    ratios.push_back(median(commit_now) / median(floor_now));
    tails.push_back(quantile(commit_now, 0.99) / median(floor_now));
    floors.insert(floors.end(), floor_now.begin(), floor_now.end());
    commits.insert(commits.end(), commit_now.begin(), commit_now.end());
  }
  std::printf("data: %llu entries, sales of five lines on standing grants; %d rounds of 300 in turn\n",
              static_cast<unsigned long long>(filled.last_seq()), rounds);
  print("F: 4 KiB overwrite + fdatasync", floors);
  print("a sale's commit", commits);
  std::printf("median %.2f F (goal 1.6), p99 %.2f F (goal 3.5): medians of the rounds\n", median(ratios),
              median(tails));
}

void clients(Filled& filled) {
  Floor floor(filled.shop.file().parent_path() / "floor");
  auto& shop = filled.shop;
  std::atomic<int> number{filled.next};
  {
    // Persons are made before the threads ask for them.
    filled.turn(shop.counters(filled.regulars));
  }
  journal::Writer writer(std::move(filled.journal));
  constexpr int counts[] = {1, 2, 8, 32};
  std::vector<std::vector<double>> per_sync(std::size(counts)), waits(std::size(counts));
  std::vector<double> floors;
  for (int round = 0; round < rounds; ++round) {
    for (std::size_t at = 0; at < std::size(counts); ++at) {
      std::vector<double> floor_now;
      for (int i = 0; i < 30; ++i) floor_now.push_back(floor.once());
      const int each = std::max(640 / counts[at], 40);
      std::vector<std::vector<double>> samples(static_cast<std::size_t>(counts[at]));
      std::vector<std::thread> crowd;
      const auto began = Steady::now();
      for (auto& mine : samples) {
        crowd.emplace_back([&] {
          for (int i = 0; i < each; ++i) {
            std::promise<bool> done;
            auto answer = done.get_future();
            mine.push_back(time_of([&] {
              writer.submit(shop.sale(number++, filled.regulars, BusyShop::On::grant),
                            [&done](Result<void> result) { done.set_value(result.has_value()); });
              if (!answer.get()) give_up("a sale failed");
            }));
          }
        });
      }
      for (auto& thread : crowd) thread.join();
      const double span = microseconds(Steady::now() - began);
      per_sync[at].push_back(counts[at] * each / span * median(floor_now));
      for (const auto& mine : samples) waits[at].push_back(median(mine));
      floors.insert(floors.end(), floor_now.begin(), floor_now.end());
    }
  }
  print("F: 4 KiB overwrite + fdatasync", floors);
  for (std::size_t at = 0; at < std::size(counts); ++at) {
    std::printf("%2d tills: %6.2f sales in the time of one sync, p50 %7.0f us\n", counts[at], median(per_sync[at]),
                median(waits[at]));
  }
}

// The file of an earlier write-ahead log stays as large as it was, whatever is in it: away with it, so that the file's
// size tells.
void empty_log(const std::filesystem::path& file) {
  if (!std::filesystem::exists(file)) return;
  sqlite::Options options;
  options.access = sqlite::Access::read_write;
  options.application_id = journal::application_id;
  options.version_max = static_cast<std::int32_t>(journal::migrations().size());
  need(need(sqlite::Connection::open(file, options), "the journal")->checkpoint_whole(), "an empty log");
}

// As a daemon dies whose log could not be moved into the file for a while, because somebody read it.
void die(Filled& filled) {
  const auto reader = need(journal::SalesView::open(filled.shop.file()), "a reader");
  need(reader->others(), "a reader");
  const std::filesystem::path log = filled.shop.file().string() + "-wal";
  while (std::filesystem::file_size(log) < 64'000'000) {
    filled.sell();
    if (filled.journal->idle_due()) filled.journal->idle();
  }
  std::raise(SIGKILL);
}

void growth(Filled& small, Filled& large) {
  std::vector<double> commits[2], batches[2], counters[2];
  Filled* const both[] = {&small, &large};
  for (int round = 0; round < rounds * 100; ++round) {
    for (int at = 0; at < 2; ++at) {
      Filled& filled = *both[at];
      commits[at].push_back(time_of([&] { filled.sell(); }));
      const int person =
          static_cast<int>((static_cast<unsigned>(round) * 7'919U) % static_cast<unsigned>(filled.persons));
      counters[at].push_back(time_of([&] { filled.turn(filled.shop.counters(person)); }));
      if (filled.journal->idle_due()) filled.journal->idle();
    }
  }
  const WallTime late{1'900'000'000'000};
  for (int at = 0; at < 2; ++at) {
    need(both[at]->journal->acknowledge(both[at]->last_seq() - 500, late), "an acknowledgement");
  }
  for (int round = 0; round < rounds * 3; ++round) {
    for (int at = 0; at < 2; ++at) {
      batches[at].push_back(time_of([&] {
        if (need(both[at]->journal->unsent(100, 1U << 22U), "a batch").entries.size() != 100) give_up("no batch");
      }));
    }
  }
  const auto row = [](const char* what, const std::vector<double>* of, double goal) {
    std::printf("%-26s %10.1f us %10.1f us  %5.2f x (goal %.2f)\n", what, median(of[0]), median(of[1]),
                median(of[1]) / median(of[0]), goal);
  };
  std::printf("%-26s %10llu    %10llu entries\n", "medians", static_cast<unsigned long long>(small.entries),
              static_cast<unsigned long long>(large.entries));
  row("a sale's commit", commits, 1.25);
  row("the next unsent batch, 100", batches, 1.1);
  row("counters of a person", counters, 2.5);
  for (Filled* filled : both) {
    filled->journal->idle();
    const auto bytes = std::filesystem::file_size(filled->shop.file());
    std::printf("disk: %.0f MB, %.0f bytes a sale, its person and indexes included (goal 1500)\n",
                static_cast<double>(bytes) / 1e6, static_cast<double>(bytes) / static_cast<double>(filled->last_seq()));
  }
}

}  // namespace

int main(int count, char** arguments) {
  const std::string_view what = count > 1 ? arguments[1] : "";
  if ((count != 4 && count != 6) || (what == "growth") != (count == 6))
    give_up("usage: at the top of journal_bench.cpp");
  // A daemon's own folder is where it is.
  const bool of_daemon = std::filesystem::exists(std::filesystem::path(arguments[2]) / "keys");
  const std::filesystem::path folder = of_daemon ? arguments[2] : of_this_format(arguments[2]);
  if (what == "kill") empty_log(folder / "journal.db");
  const int regulars = what == "clients" ? 1'000 : 200;
  Filled filled(folder, std::strtoull(arguments[3], nullptr, 10), regulars);
  if (what == "commit") {
    commit(filled);
  } else if (what == "clients") {
    clients(filled);
  } else if (what == "growth") {
    Filled large(of_this_format(arguments[4]), std::strtoull(arguments[5], nullptr, 10), regulars);
    growth(filled, large);
  } else if (what == "kill") {
    die(filled);
  } else if (what != "fill") {
    give_up("fill, commit, clients, growth or kill");
  }
}
