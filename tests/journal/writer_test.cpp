#include "offline/journal/writer.h"

#include <atomic>
#include <future>
#include <memory>
#include <thread>

#include "offline/journal/reader.h"
#include "offline/journal/sales_view.h"
#include "offline/journal/troubles.h"
#include "tests/journal/till.h"

using namespace gongji;
using namespace gongji::tests;
using journal::Writer;

namespace {

// Stops the writer's thread until opened.
class Gate {
 public:
  explicit Gate(Writer& writer) {
    std::promise<void> reached;
    auto here = reached.get_future();
    writer.run([reached = std::make_shared<std::promise<void>>(std::move(reached)),
                opened = opened_.get_future().share()](journal::Journal&) {
      reached->set_value();
      opened.wait();
    });
    here.wait();
  }
  void open() { opened_.set_value(); }

 private:
  std::promise<void> opened_;
};

}  // namespace

TEST_CASE("a limit checked inside turns holds, whatever threads submit at once") {
  Till till;
  auto journal = till.open();
  store(till, *journal, mother());
  constexpr int threads = 6;
  constexpr int each = 30;
  constexpr std::int64_t limit = 50'000;  // the balance; each sale takes 700 of it
  std::atomic<int> accepted{0};
  std::atomic<int> answered{0};
  {
    Writer writer(std::move(journal));
    std::vector<std::thread> crowd;
    crowd.reserve(threads);
    for (int t = 0; t < threads; ++t) {
      crowd.emplace_back([&, t] {
        for (int i = 0; i < each; ++i) {
          auto done = std::make_shared<std::promise<bool>>();
          auto answer = done->get_future();
          writer.submit(
              [&till, msgid = std::to_string(t) + "-" + std::to_string(i)](journal::Turn& turn) -> Result<void> {
                auto person = turn.find_person(till.person_key(mother()));
                if (!person) return person.error();
                if ((*person)->accounts[0].balc < Money::fen(700)) return trouble(journal::troubles::writer_busy);
                auto entry = turn.append(
                    till.sale_of(mother(), **person, msgid, {0, 700, 0, 0}, record::Backing::reserve, today), noon);
                if (!entry) return entry.error();
                return {};
              },
              [done](Result<void> result) { done->set_value(result.has_value()); });
          if (answer.get()) ++accepted;
          ++answered;
        }
      });
    }
    for (auto& thread : crowd) thread.join();
  }
  CHECK(answered == threads * each);
  CHECK(accepted == limit / 700);
  auto again = till.open();
  CHECK(summary(*again).last_seq == static_cast<std::uint64_t>(accepted.load()));
  CHECK(balance(till, *again, mother()) == limit % 700);
  CHECK(again->verify());
}

TEST_CASE("works that wait together are answered in the order of submission") {
  Till till;
  auto journal = till.open();
  std::vector<int> order;  // written on the writer's thread only
  {
    Writer writer(std::move(journal));
    Gate gate(writer);
    for (int i = 0; i < 200; ++i) {
      writer.submit([](journal::Turn&) -> Result<void> { return {}; },
                    [&order, i](Result<void>) { order.push_back(i); });
    }
    gate.open();
  }
  REQUIRE(order.size() == 200);
  CHECK(std::is_sorted(order.begin(), order.end()));
}

TEST_CASE("beyond its limit the writer says busy at once and keeps what it took") {
  Till till;
  std::atomic<int> done{0};
  std::atomic<int> busy{0};
  {
    Writer writer(till.open());
    Gate gate(writer);
    const auto submit = [&] {
      writer.submit([](journal::Turn&) -> Result<void> { return {}; },
                    [&](Result<void> result) {
                      if (result) {
                        ++done;
                      } else if (result.error().text == &journal::troubles::writer_busy) {
                        ++busy;
                      }
                    });
    };
    for (std::size_t i = 0; i < Writer::works_max; ++i) submit();
    CHECK(busy == 0);
    submit();
    CHECK(busy == 1);  // told before the gate opens
    gate.open();
  }
  CHECK(done == static_cast<int>(Writer::works_max));
}

TEST_CASE("a task runs alone, and a stream of tasks does not keep a sale waiting") {
  Till till;
  std::vector<std::string> order;  // written on the writer's thread only
  {
    Writer writer(till.open());
    Gate gate(writer);
    for (int i = 0; i < 3; ++i) writer.run([&order](journal::Journal&) { order.emplace_back("task"); });
    for (int i = 0; i < 3; ++i) {
      writer.submit([](journal::Turn&) -> Result<void> { return {}; },
                    [&order](Result<void>) { order.emplace_back("sale"); });
    }
    gate.open();
  }
  CHECK(order == std::vector<std::string>{"sale", "sale", "sale", "task", "task", "task"});
}

TEST_CASE("in a gap the writer signs the head and empties the WAL into the file") {
  Till till;
  auto journal = till.open();
  store(till, *journal, mother());
  const auto size_before = std::filesystem::file_size(till.file());
  Writer writer(std::move(journal));
  for (int i = 0; i < 40; ++i) {
    writer.submit(
        [&till, i](journal::Turn& turn) -> Result<void> {
          auto entry = turn.append(till.sale(turn, mother(), std::to_string(i), {0, 1, 0, 0}), noon);
          if (!entry) return entry.error();
          return {};
        },
        [](Result<void>) {});
  }
  // The file itself grows only by a checkpoint; test-journal's time limit ends a wait that is in vain.
  while (std::filesystem::file_size(till.file()) == size_before) std::this_thread::yield();
  CHECK(journal::read_summary(till.file())->last_seq == 40);
}

TEST_CASE("a gap is used although somebody looks at the journal all the time") {
  Till till;
  auto journal = till.open();
  REQUIRE(journal->keep_anchor(till.file().parent_path() / "anchor"));  // written after a sale, in the next gap
  store(till, *journal, mother());
  sell(till, *journal, mother(), "m-1", {10, 20, 0, 5});
  Writer writer(std::move(journal));
  const auto last = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  for (bool anchored = false; !anchored;) {
    std::promise<bool> looked;
    writer.look([&](journal::Journal& log) { looked.set_value(log.anchor().written_seq == 1u); });
    anchored = looked.get_future().get();
    REQUIRE(std::chrono::steady_clock::now() < last);
  }
}

TEST_CASE("what a killed run left in the write-ahead log is moved in a gap, not at the first sale") {
  constexpr std::uintmax_t mib = 1u << 20;
  Till till;
  const auto wal = [&] { return till.file().string() + "-wal"; };
  WallTime as_of = noon;
  const auto know = [&](journal::Journal& journal, int times) {
    for (int i = 0; i < times; ++i) {
      as_of = as_of.plus(std::chrono::minutes(1));
      record::Snapshot snapshot = till.snapshot(mother(), 0, as_of);
      snapshot.naty = std::string(mib, 'x');  // sealed, so it stays a megabyte
      REQUIRE(turn_on(journal, [&](journal::Turn& turn) { return till.store(turn, mother(), snapshot); }));
    }
  };
  {
    // As a kill leaves it: a reader hinders the last who closes.
    auto journal = till.open();
    std::unique_ptr<journal::SalesView> reader = std::move(*journal::SalesView::open(till.file()));
    REQUIRE(reader->others());
    know(*journal, 20);
    CHECK(journal->idle_due());
    journal.reset();
  }
  REQUIRE(std::filesystem::file_size(wal()) > 20 * mib);
  auto journal = till.open();
  sell(till, *journal, mother(), "m-1", {10, 20, 0, 5});
  CHECK_FALSE(journal->idle_due());
  know(*journal, 17);  // as much again as any run may leave waiting
  CHECK(journal->idle_due());
  journal->idle();
  CHECK_FALSE(journal->idle_due());
  know(*journal, 17);
  CHECK(journal->idle_due());
}
