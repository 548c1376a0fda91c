// A power cut after every write and sync, of everything that a till does.
//
// The till runs once.  After each operation of its disk the files are laid out as a power cut at that moment would
// leave them, once for each way that unsynced writes may survive, and the journal is opened there: it must verify, hold
// every request that was answered with the same entry, be as before the act or as after it in every column of every
// table, and go on selling.  Now and then the power is cut again while the journal is being opened.
//
//   GONGJI_SEED=7             other acts, other survivals (default: 1)
//   GONGJI_POWER_SECONDS=3600 rounds of random acts until the time is over (default: one round of every act)
#include <chrono>
#include <cstdlib>
#include <iostream>

#include "offline/journal/open_to_read.h"
#include "tests/journal/busy_till.h"
#include "tests/support/dump.h"
#include "tests/support/fault_vfs.h"

namespace gongji::tests {

namespace {

constexpr int acts_of_a_round = 24;
constexpr int second_cut_every = 40;  // first cuts

std::uint64_t number_from(const char* variable, std::uint64_t otherwise) {
  const char* text = std::getenv(variable);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

struct Tally {
  std::uint64_t cuts = 0, second_cuts = 0, sales_answered = 0, sales_lost = 0;
};

class PowerRun {
 public:
  PowerRun(std::uint64_t seed, Tally& tally) : busy_(till_, seed), coins_(seed + 1), seed_(seed), tally_(tally) {}

  // `drawn`: so many random acts; 0: each act, in the order in which they are listed.
  void run(int drawn) {
    watch("making the file");
    auto journal = till_.open(disk_.name());
    busy_.begin(*journal);
    disk_.watch({});
    judge(std::nullopt);
    if (drawn == 0) {
      for (const Act act : all_acts) step(*journal, act);
      step(*journal, Act::sell);  // so that there is something to file when the journal is closed
    }
    for (int i = 0; i < drawn; ++i) step(*journal, busy_.draw());
    std::string before = now();
    const bool waits = sales_wait_to_be_filed();
    watch("closing");
    journal.reset();
    disk_.watch({});
    const std::string closed = now();
    CHECK((waits || closed == before));
    CHECK_FALSE(sales_wait_to_be_filed());
    judge(std::pair{before, closed});
    watch("opening");
    journal = till_.open(disk_.name());
    disk_.watch({});
    judge(std::pair{closed, now()});
    tally_.sales_answered += static_cast<std::uint64_t>(
        std::count_if(busy_.answered().begin(), busy_.answered().end(), [](const auto& each) { return each.is_sale; }));
  }

 private:
  struct Seen {
    std::string where, state;
  };

  std::string now() {
    write_image(disk_.survivors(Survival::everything, coins_), scratch_ / "now");
    return dump(scratch_ / "now" / "journal.db", second_disk_.name());
  }

  // In the state that now() saw last.
  bool sales_wait_to_be_filed() {
    const auto opened = journal::open_to_read(scratch_ / "now" / "journal.db");
    REQUIRE(opened);
    auto query = (*opened)->query("SELECT (SELECT seq FROM filed) < (SELECT max(seq) FROM entry)", "i");
    const auto row = query.step();
    REQUIRE((row && *row));
    return query.integer(0) != 0;
  }

  void step(journal::Journal& journal, Act act) {
    std::string before = now();
    watch(name_of(act));
    const bool answered = busy_.act(journal, act);
    disk_.watch({});
    REQUIRE(answered);
    std::string after = now();
    judge(std::pair{before, after});
    // From here on it is answered.
    look("after " + name_of(act), true);
    judge(std::pair{after, after});
  }

  void watch(const std::string& what) {
    disk_.watch([this, what, count = 0]() mutable { look(what + ", operation " + std::to_string(++count), false); });
  }

  // What would be found now; `told`: busy_.answered() is up to date.
  void look(const std::string& where, bool told) {
    for (const Survival survival : all_survivals) {
      const Image image = disk_.survivors(survival, coins_);
      ++tally_.cuts;
      const std::string place =
          "seed " + std::to_string(seed_) + ", " + where + ", survival " + std::to_string(static_cast<int>(survival));
      INFO(place);
      seen_.push_back({place, look_at(image, tally_.cuts % 7 == 0)});
      if (told && tally_.cuts % 3 == 0) continue;
      if (tally_.cuts % second_cut_every == 0) cut_again(image, place);
    }
  }

  // The power goes again while the journal is opened: every tenth operation of that.
  void cut_again(const Image& image, const std::string& place) {
    write_image(image, scratch_ / "again");
    FaultVfs disk;
    std::vector<Image> later;
    int operations = 0;
    disk.watch([&] {
      if (++operations % 10 == 1) later.push_back(disk.survivors(Survival::sectors, coins_));
    });
    { auto journal = open_in("again", disk); }
    disk.watch({});
    for (const Image& each : later) {
      ++tally_.second_cuts;
      INFO("a second cut");
      // The first opening may have closed grants of the run before it: what counts is that the requests are there.
      look_at(each, true);
    }
    INFO(place);
  }

  std::unique_ptr<journal::Journal> open_in(const std::string& folder, FaultVfs& disk) {
    auto opened =
        journal::open_on(disk.name(), scratch_ / folder / "journal.db", till_.identity(), till_.shared_keys(), coins_);
    REQUIRE(opened);
    return std::move(*opened);
  }

  std::string look_at(const Image& image, bool goes_on) {
    write_image(image, scratch_ / "dumped");
    write_image(image, scratch_ / "opened");
    FaultVfs disk;
    std::string state = dump(scratch_ / "dumped" / "journal.db", disk.name());
    auto journal = open_in("opened", disk);
    const auto last = journal->verify();
    REQUIRE(last);
    for (const Answered& answered : busy_.answered()) {
      const auto found =
          ask(*journal, [&](journal::Turn& turn) { return turn.find_request(site_code, answered.msgid); });
      const bool there = found && found->hash == answered.hash;
      if (!there && answered.is_sale) ++tally_.sales_lost;
      CHECK(there);
    }
    if (goes_on && !busy_.answered().empty()) {
      const Result<void> sold = turn_on(*journal, [&](journal::Turn& turn) -> Result<void> {
        auto entry = turn.append(till_.paper("after the cut", 100), noon);
        if (!entry) return entry.error();
        return {};
      });
      CHECK(sold);
      CHECK(journal->verify().value() == *last + 1);
    }
    return state;
  }

  // Whole or absent: every state seen is the one before or the one after, and never before again once it was durable.
  void judge(const std::optional<std::pair<std::string, std::string>>& before_after) {
    for (const Seen& seen : seen_) {
      if (!before_after) continue;
      INFO(seen.where);
      CHECK((seen.state == before_after->first || seen.state == before_after->second));
    }
    seen_.clear();
  }

  Till till_;
  Scratch scratch_;
  BusyTill busy_;
  SeededRandom coins_;
  std::uint64_t seed_;
  Tally& tally_;
  FaultVfs disk_, second_disk_;
  std::vector<Seen> seen_;
};

}  // namespace

TEST_CASE("a power cut after every write and sync loses nothing answered and leaves no half of anything") {
  const auto begun = std::chrono::steady_clock::now();
  const std::chrono::seconds wanted(number_from("GONGJI_POWER_SECONDS", 0));
  const std::uint64_t first = number_from("GONGJI_SEED", 1);
  Tally tally;
  std::uint64_t rounds = 0;
  do {
    PowerRun(first + rounds, tally).run(rounds == 0 ? 0 : acts_of_a_round);
    ++rounds;
  } while (std::chrono::steady_clock::now() - begun < wanted);
  std::cout << "power cuts: seeds " << first << " to " << first + rounds - 1 << ", cuts tried " << tally.cuts << " + "
            << tally.second_cuts << " while opening, sales answered " << tally.sales_answered << ", sales lost "
            << tally.sales_lost << std::endl;
  CHECK(tally.sales_lost == 0);
  CHECK(tally.cuts > 1'000);
}

}  // namespace gongji::tests
