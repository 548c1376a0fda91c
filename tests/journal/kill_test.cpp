#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <set>
#include <thread>

#include "tests/journal/till.h"

using namespace gongji;
using namespace gongji::tests;

namespace {

// Sells without end through a Writer from several threads; each acknowledged number goes into the pipe.
[[noreturn]] void sell_until_killed(Till& till, int round, int pipe) {
  till.reseed(static_cast<std::uint64_t>(round) + 1'000);
  auto journal = till.try_open();
  if (!journal) ::_exit(3);
  journal::Writer writer(std::move(*journal));
  std::vector<std::thread> crowd;
  for (int t = 0; t < 3; ++t) {
    crowd.emplace_back([&, t] {
      for (int i = 0;; ++i) {
        const int number = round * 1'000'000 + t * 300'000 + i;
        std::atomic<int> answer{0};
        writer.submit(
            [&till, number](journal::Turn& turn) -> Result<void> {
              auto person = turn.find_person(till.person_key(mother()));
              if (!person) return person.error();
              auto entry = turn.append(
                  till.sale_of(mother(), **person, std::to_string(number), {1, 0, 0, 1}, record::Backing::hold, today),
                  noon);
              if (!entry) return entry.error();
              return {};
            },
            [&answer](Result<void> done) {
              answer = done ? 1 : 2;
              answer.notify_one();
            });
        answer.wait(0);
        if (answer != 1 || ::write(pipe, &number, sizeof number) != sizeof number) ::_exit(4);
      }
    });
  }
  for (auto& thread : crowd) thread.join();
  ::_exit(5);
}

}  // namespace

TEST_CASE("kill -9 under load loses nothing that was acknowledged, and doubles nothing") {
  Till till;
  store(till, *till.open(), mother());
  SeededRandom random(9);
  std::set<int> told;
  std::size_t there = 0;
  for (int round = 0; round < 30; ++round) {
    int ends[2] = {-1, -1};
    REQUIRE(::pipe(ends) == 0);
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
      ::close(ends[0]);
      sell_until_killed(till, round, ends[1]);
    }
    ::close(ends[1]);
    // The moment is a number of acknowledgements, so that a slow machine kills as deep into the load as a fast one.
    std::uint8_t moment = 0;
    random.fill({&moment, 1});
    int number = 0;
    for (int seen = 0; ::read(ends[0], &number, sizeof number) == sizeof number; ++seen) {
      told.insert(number);
      if (seen == moment % 64) ::kill(child, SIGKILL);
    }
    ::close(ends[0]);
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    REQUIRE(WIFSIGNALED(status));
    REQUIRE(WTERMSIG(status) == SIGKILL);

    auto journal = till.open();  // verifies the chain
    std::set<int> found;
    const auto last = summary(*journal).last_seq;
    for (std::uint64_t seq = 1; seq <= last; ++seq) {
      const auto msgid = std::get<record::Sale>(entry_at(*journal, seq).body).key.msgid;
      const bool first_time = found.insert(std::stoi(msgid)).second;
      CHECK(first_time);
    }
    for (const int acknowledged : told) CHECK(found.count(acknowledged) == 1);
    CHECK(counter(till, *journal, mother()) == 2'000 + static_cast<std::int64_t>(found.size()));
    CHECK(found.size() > there);
    there = found.size();
  }
}
