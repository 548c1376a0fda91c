#include "offline/journal/troubles.h"
#include "tests/journal/till.h"
#include "tests/support/fault_vfs.h"

using namespace gongji;
using namespace gongji::tests;

namespace {

std::vector<std::string> msgids(journal::Journal& journal) {
  std::vector<std::string> out;
  const auto last = summary(journal).last_seq;
  for (std::uint64_t seq = 1; seq <= last; ++seq) {
    out.push_back(std::get<record::Sale>(entry_at(journal, seq).body).key.msgid);
  }
  return out;
}

// Two sales in one transaction.
std::vector<Result<void>> sell_two(Till& till, journal::Journal& journal, const std::string& name) {
  std::vector<journal::Journal::Work> works;
  for (const char* suffix : {"-1", "-2"}) {
    works.push_back([&till, msgid = name + suffix](journal::Turn& turn) -> Result<void> {
      auto person = turn.find_person(till.person_key(mother()));
      if (!person) return person.error();
      auto entry =
          turn.append(till.sale_of(mother(), **person, msgid, {10, 100, 0, 5}, record::Backing::reserve, today), noon);
      if (!entry) return entry.error();
      return {};
    });
  }
  return journal.commit(std::move(works));
}

}  // namespace

TEST_CASE("a commit that fails at any step leaves exactly what was acknowledged") {
  for (const Fault fault : {Fault::io_error, Fault::full}) {
    for (const bool reads_too : {false, true}) {
      bool succeeded = false;
      for (int step = 0; !succeeded; ++step) {
        REQUIRE(step < 300);
        INFO("fault " << static_cast<int>(fault) << ", step " << step);
        Till till;
        FaultVfs disk;
        auto journal = till.open(disk.name());
        store(till, *journal, mother());
        std::vector<std::string> told{"first-1", "first-2"};
        for (const auto& result : sell_two(till, *journal, "first")) REQUIRE(result);

        disk.fail_at(step, fault, Times::once, reads_too);
        const auto results = sell_two(till, *journal, "second");
        succeeded = !disk.failed();
        CHECK(results[0].has_value() == results[1].has_value());
        if (results[0]) told.insert(told.end(), {"second-1", "second-2"});
        disk.heal();
        CHECK(msgids(*journal) == told);

        // The machine dies here: what the file says counts, not what this process remembers.
        disk.cut_power();
        journal.reset();
        SeededRandom random(static_cast<std::uint64_t>(step));
        disk.restore_power(random);
        journal = till.open(disk.name());
        CHECK(msgids(*journal) == told);
        CHECK(balance(till, *journal, mother()) == 50'000 - 100 * static_cast<std::int64_t>(told.size()));
        REQUIRE(sell_two(till, *journal, "third")[1]);
        CHECK(journal->verify());
      }
    }
  }
}

TEST_CASE("on a disk that stays broken nothing acknowledged is lost, and the unanswered is whole or absent") {
  bool succeeded = false;
  for (int step = 0; !succeeded; ++step) {
    REQUIRE(step < 300);
    INFO("step " << step);
    Till till;
    FaultVfs disk;
    auto journal = till.open(disk.name());
    store(till, *journal, mother());
    for (const auto& result : sell_two(till, *journal, "first")) REQUIRE(result);
    disk.fail_at(step, Fault::io_error, Times::for_ever);
    const auto results = sell_two(till, *journal, "second");
    succeeded = !disk.failed();
    if (!succeeded) CHECK_FALSE(sell_two(till, *journal, "third")[0]);
    journal.reset();
    disk.heal();
    journal = till.open(disk.name());
    const auto there = msgids(*journal);
    const std::vector<std::string> first{"first-1", "first-2"};
    std::vector<std::string> both = first;
    both.insert(both.end(), {"second-1", "second-2"});
    CHECK((there == both || (there == first && !results[0])));
    CHECK(journal->verify());
  }
}

TEST_CASE("a commit of nothing neither makes a broken disk whole nor lies over a commit that failed") {
  const auto look = [](journal::Journal& journal) {
    CHECK(journal.closed_grants(noon));
    CHECK(journal.commit({[](journal::Turn& turn) -> Result<void> {
      auto found = turn.find_request(site_code, "first-1");
      if (!found) return found.error();
      return {};
    }})[0]);
  };
  bool succeeded = false;
  for (int step = 0; !succeeded; ++step) {
    REQUIRE(step < 300);
    INFO("step " << step);
    Till till;
    FaultVfs disk;
    auto journal = till.open(disk.name());
    store(till, *journal, mother());
    for (const auto& result : sell_two(till, *journal, "first")) REQUIRE(result);
    journal->idle();  // nothing is left to be filed or signed
    disk.fail_at(step, Fault::io_error, Times::for_ever);
    const auto results = sell_two(till, *journal, "second");
    succeeded = !disk.failed();
    if (results[0]) continue;
    look(*journal);
    CHECK_FALSE(journal->ready());
    look(*journal);
    CHECK_FALSE(journal->ready());
    disk.heal();
    look(*journal);
    journal->idle();
    // All that was written, synced or not: the power is cut and the disk forgets nothing.
    SeededRandom random(static_cast<std::uint64_t>(step));
    const Scratch scratch;
    const auto folder = scratch / "found";
    write_image(disk.survivors(Survival::everything, random), folder);
    const auto found = journal::open_on({}, folder / "journal.db", till.identity(), till.shared_keys(), random);
    REQUIRE(found);
    CHECK(msgids(**found) == std::vector<std::string>{"first-1", "first-2"});
  }
}

TEST_CASE("the feed and the acknowledgement happen whole or not at all, at every step") {
  const Shares told{10, 100, 0, 5};
  bool succeeded = false;
  for (int step = 0; !succeeded; ++step) {
    REQUIRE(step < 300);
    Till till;
    FaultVfs disk;
    auto journal = till.open(disk.name());
    store(till, *journal, mother());
    for (const auto& result : sell_two(till, *journal, "first")) REQUIRE(result);
    const auto batch = till.feed(1, {verdict(1, record::VerdictKind::refused, told, {0, 0, 0, 115}),
                                     verdict(2, record::VerdictKind::accepted, told, told)});
    disk.fail_at(step, Fault::io_error, Times::once);
    const bool applied = journal->apply_feed(batch, noon).has_value();
    const bool acknowledged = journal->acknowledge(2, noon).has_value();
    journal->idle();
    succeeded = !disk.failed();
    disk.heal();
    journal.reset();
    journal = till.open(disk.name());
    CHECK(journal->feed_cursor().value() == (applied ? 2U : 0U));
    CHECK(balance(till, *journal, mother()) == (applied ? 49'900 : 49'800));
    CHECK(summary(*journal).acknowledged_seq == (acknowledged ? 2U : 0U));
    REQUIRE(journal->apply_feed(batch, noon));
    CHECK(balance(till, *journal, mother()) == 49'900);
    CHECK(journal->verify());
  }
}

TEST_CASE("what an answer of the centre brings happens whole or not at all, at every step") {
  const Shares told{10, 100, 0, 5};
  bool succeeded = false;
  for (int step = 0; !succeeded; ++step) {
    REQUIRE(step < 300);
    INFO("step " << step);
    Till till;
    FaultVfs disk;
    auto journal = till.open(disk.name());
    store(till, *journal, mother());
    for (const auto& result : sell_two(till, *journal, "first")) REQUIRE(result);
    const auto batch = till.feed(1, {verdict(1, record::VerdictKind::refused, told, {0, 0, 0, 115}),
                                     verdict(2, record::VerdictKind::accepted, told, told)});
    disk.fail_at(step, Fault::io_error, Times::once);
    const bool taken = journal->take_in({2, {}}, batch, noon, [] { return false; }).has_value();
    succeeded = !disk.failed();
    disk.heal();
    CHECK(journal->feed_cursor().value() == (taken ? 2U : 0U));
    CHECK(journal->empty_stretch()->from == (taken ? 3U : 1U));
    disk.cut_power();
    journal.reset();
    SeededRandom random(static_cast<std::uint64_t>(step));
    disk.restore_power(random);
    journal = till.open(disk.name());
    CHECK(journal->feed_cursor().value() == (taken ? 2U : 0U));
    CHECK(balance(till, *journal, mother()) == (taken ? 49'900 : 49'800));
    CHECK(summary(*journal).acknowledged_seq == (taken ? 2U : 0U));
    REQUIRE(journal->take_in({2, {}}, batch, noon, [] { return false; }));
    CHECK(balance(till, *journal, mother()) == 49'900);
    CHECK(journal->verify());
  }
}
