#include "offline/journal/troubles.h"
#include "tests/journal/till.h"

using namespace gongji;
using namespace gongji::tests;

TEST_CASE("a person is found by person key and by credential, moved on by own entries") {
  Till till;
  auto journal = till.open();
  CHECK_FALSE(ask(*journal, [&](journal::Turn& turn) { return turn.find_person(till.person_key(mother())); }));
  store(till, *journal, mother());
  sell(till, *journal, mother(), "a", {3'000, 2'000, 0, 500});
  sell(till, *journal, mother(), "b", {100, 50, 0, 0});
  const auto by_credential =
      ask(*journal, [&](journal::Turn& turn) { return turn.find_person(till.credential_key(mother())); });
  REQUIRE(by_credential);
  CHECK(by_credential->snapshot == till.snapshot(mother()));
  CHECK(by_credential->accounts[0].balc == Money::fen(47'950));
  CHECK(settlement::counters_on(policy(), by_credential->counters, today) ==
        std::vector<settlement::Counter>{{"op.deductible", Money::fen(1'000)},
                                         {"op.fund", Money::fen(5'100)},
                                         {"fund", Money::fen(3'100)},
                                         {"op.day_fund", Money::fen(3'100)}});
}

TEST_CASE("entries that the snapshot already contains do not count twice") {
  Till till;
  auto journal = till.open();
  store(till, *journal, mother());
  const auto first = sell(till, *journal, mother(), "a", {3'000, 2'000, 0, 500});
  sell(till, *journal, mother(), "b", {100, 50, 0, 0});
  Patient later = mother();
  later.accounts = {own_account(48'000)};
  store(till, *journal, later, first, noon.plus(std::chrono::hours(1)));
  CHECK(balance(till, *journal, mother()) == 47'950);
  CHECK(counter(till, *journal, mother()) == 2'100);

  SECTION("an older snapshot does not turn the clock back") {
    store(till, *journal, mother(), 0, noon.plus(std::chrono::minutes(30)));
    CHECK(balance(till, *journal, mother()) == 47'950);
  }
  SECTION("a cancellation after the snapshot gives back what the snapshot had taken") {
    cancel(till, *journal, first, "c");
    CHECK(balance(till, *journal, mother()) == 49'950);
  }
  SECTION("a snapshot that knows more than this log ends at is a restored backup") {
    const auto ahead = turn_on(*journal, [&](journal::Turn& turn) {
      return till.store(turn, mother(), till.snapshot(mother(), 3, noon.plus(std::chrono::hours(2))));
    });
    REQUIRE_FALSE(ahead);
    CHECK(ahead.error().text == &journal::troubles::log_behind);
  }
  SECTION("a snapshot of another epoch contains nothing of this log") {
    auto other = till.snapshot(mother(), 99, noon.plus(std::chrono::hours(2)));
    other.applied_epoch = 7;
    REQUIRE(turn_on(*journal, [&](journal::Turn& turn) { return till.store(turn, mother(), other); }));
    CHECK(balance(till, *journal, mother()) == 47'950);
  }
}

TEST_CASE("two patients who share a family account cannot spend it twice at this till") {
  Till till;
  auto journal = till.open();
  store(till, *journal, son());
  store(till, *journal, daughter());
  sell(till, *journal, son(), "a", {0, 0, 30'000, 0});
  CHECK(balance(till, *journal, son(), 1) == 20'000);
  CHECK(balance(till, *journal, daughter(), 1) == 20'000);

  // The owner's own snapshot comes last and is the newest word about the account.
  store(till, *journal, mother(), 1, noon.plus(std::chrono::minutes(1)));
  CHECK(balance(till, *journal, mother()) == 50'000);
  CHECK(balance(till, *journal, daughter(), 1) == 50'000);
  sell(till, *journal, mother(), "b", {0, 45'000, 0, 0});
  CHECK(balance(till, *journal, son(), 1) == 5'000);
  CHECK(balance(till, *journal, daughter(), 1) == 5'000);
  sell(till, *journal, daughter(), "c", {0, 0, 5'000, 0});
  for (const auto& [patient, place] : {std::pair(mother(), 0U), std::pair(son(), 1U), std::pair(daughter(), 1U)}) {
    CHECK(balance(till, *journal, patient, place) == 0);
  }
  CHECK(balance(till, *journal, son(), 0) == 10'000);
}

TEST_CASE("a snapshot in hand is moved on like a stored one") {
  Till till;
  auto journal = till.open();
  store(till, *journal, son());
  sell(till, *journal, son(), "a", {500, 1'000, 3'000, 0});
  const auto of = [&](const record::Snapshot& snapshot) {
    auto found = ask(*journal, [&](journal::Turn& turn) { return turn.state_of(snapshot); });
    REQUIRE(found);
    return *found;
  };
  // Of the daughter nothing is stored; the family account is known from the son.
  CHECK(of(till.snapshot(daughter())).accounts[1].balc == Money::fen(47'000));
  CHECK(of(till.snapshot(daughter())).accounts[0].balc == Money::fen(10'000));
  CHECK(of(till.snapshot(son())).accounts[0].balc == Money::fen(9'000));
  CHECK(of(till.snapshot(son())).counters[1].value == Money::fen(2'500));
  // A newer one that contains the sale is taken as it is.
  const auto newer = of(till.snapshot(son(), 1, noon.plus(std::chrono::hours(1))));
  CHECK(newer.accounts[0].balc == Money::fen(10'000));
  CHECK(newer.counters[1].value == Money::fen(2'000));
}

TEST_CASE("state survives a restart after every operation") {
  Till till;
  store(till, *till.open(), mother());
  store(till, *till.open(), son());
  std::int64_t expected = 50'000;
  std::vector<std::uint64_t> sales;
  for (int i = 0; i < 6; ++i) {
    sales.push_back(sell(till, *till.open(), i % 2 == 0 ? mother() : son(), "m-" + std::to_string(i),
                         i % 2 == 0 ? Shares{100, 1'000, 0, 0} : Shares{100, 0, 500, 0}));
    expected -= i % 2 == 0 ? 1'000 : 500;
    CHECK(balance(till, *till.open(), mother()) == expected);
    CHECK(balance(till, *till.open(), son(), 1) == expected);
  }
  cancel(till, *till.open(), sales[0], "c");
  CHECK(balance(till, *till.open(), son(), 1) == expected + 1'000);
  REQUIRE(till.open()->acknowledge(4, noon));
  CHECK(till.open()->unsent(10, 1'000'000)->from == 5);
  REQUIRE(till.open()->apply_feed(
      till.feed(1, {verdict(2, record::VerdictKind::refused, {100, 0, 500, 0}, {0, 0, 0, 600})}), noon));
  CHECK(balance(till, *till.open(), mother()) == expected + 1'500);
  till.open()->idle();
  CHECK(till.open()->verify().value() == 7);
}
