// Forgetting a month: what must be done before, what is gone, what stays.
#include <catch2/catch.hpp>

#include "offline/journal/troubles.h"
#include "offline/seal/troubles.h"
#include "tests/journal/till.h"

namespace gongji::tests {
namespace {

const WallTime next_month{noon.ms + 15LL * 86'400'000};  // 5 December

// A sale of November (seq 1), and a cancelled one (2 and 3).
struct November {
  Till till;
  std::unique_ptr<journal::Journal> journal = till.open();
  November() {
    store(till, *journal, mother());
    sell(till, *journal, mother(), "m1", {10, 0, 0, 5});
    cancel(till, *journal, sell(till, *journal, mother(), "m2", {20, 0, 0, 5}), "m3");
  }
  void send_and_judge() {
    REQUIRE(journal->acknowledge(3, noon));
    const Shares told{10, 0, 0, 5};
    REQUIRE(journal->apply_feed(till.feed(1, {verdict(1, record::VerdictKind::accepted, told, told)}), noon));
  }
  const TroubleText* refusal(const std::string& month, WallTime now) {
    const auto done = journal->forget(month, now);
    return done ? nullptr : done.error().text;
  }
};

}  // namespace

TEST_CASE("a month is forgotten only when it is over, at the centre and judged") {
  November n;
  CHECK(n.refusal("2026-11", next_month) == &journal::troubles::month_still_needed);  // not sent
  REQUIRE(n.journal->acknowledge(3, noon));
  CHECK(n.refusal("2026-11", next_month) == &journal::troubles::month_still_needed);  // no verdict
  const Shares told{10, 0, 0, 5};
  REQUIRE(n.journal->apply_feed(n.till.feed(1, {verdict(1, record::VerdictKind::accepted, told, told)}), noon));
  CHECK(n.refusal("2026-11", noon) == &journal::troubles::month_still_needed);  // not over
  CHECK(n.refusal("2026-12", next_month) == &journal::troubles::month_still_needed);
  for (const char* odd : {"2026-13", "november", "lasting", ""}) {
    CHECK(n.refusal(odd, next_month) == &seal::troubles::bad_month);
  }
  CHECK(entry_at(*n.journal, 1).head.seq == 1);
  CHECK(n.refusal("2026-11", next_month) == nullptr);
  CHECK(n.refusal("2026-11", next_month) == nullptr);  // twice is once
}

TEST_CASE("what was forgotten is gone, and the chain, the sums and what comes after it hold") {
  November n;
  n.send_and_judge();
  const auto before = summary(*n.journal);
  REQUIRE(n.journal->forget("2026-11", next_month));

  const auto asked = turn_on(*n.journal, [&](journal::Turn& turn) -> Result<void> {
    const auto found = turn.find_seq(1);
    return found ? Result<void>() : found.error();
  });
  REQUIRE_FALSE(asked);
  CHECK(asked.error().text == &seal::troubles::month_key_destroyed);
  const auto to_refund = turn_on(*n.journal, [&](journal::Turn& turn) -> Result<void> {
    const auto found = turn.find_request(site_code, "m1");
    return found ? Result<void>() : found.error();
  });
  REQUIRE_FALSE(to_refund);
  CHECK(to_refund.error().text == &journal::troubles::sale_forgotten);
  CHECK_FALSE(ask(*n.journal, [&](journal::Turn& turn) { return turn.find_person(n.till.person_key(mother())); }));
  CHECK_FALSE(ask(*n.journal, [&](journal::Turn& turn) { return turn.find_person(n.till.credential_key(mother())); }));

  CHECK(n.journal->verify().value() == 3);
  CHECK(summary(*n.journal).confirmed == before.confirmed);
  // She comes again in December.
  REQUIRE(turn_on(*n.journal, [&](journal::Turn& turn) {
    return n.till.store(turn, mother(), n.till.snapshot(mother(), 3, next_month, 1));
  }));
  CHECK(balance(n.till, *n.journal, mother()) == 50'000);
  n.journal.reset();
  CHECK(n.till.open()->verify().value() == 3);
}

TEST_CASE("retention takes every month before the first that is kept, and passes over what is still needed") {
  November n;
  REQUIRE(n.till.keys().seal("2026-08", as_bytes("old"), {}));
  REQUIRE(n.till.keys().seal(seal::lasting, as_bytes("kept"), {}));
  CHECK(n.journal->forget_before("2026-08", next_month)->empty());
  CHECK(*n.journal->forget_before("2026-12", next_month) == std::vector<std::string>{"2026-08"});
  n.send_and_judge();
  CHECK(*n.journal->forget_before("2026-12", next_month) == std::vector<std::string>{"2026-11"});
  CHECK(n.journal->forget_before("2026-12", next_month)->empty());
  CHECK(n.till.keys().months()->empty());
  CHECK(n.till.keys().seal(seal::lasting, as_bytes("kept"), {}));
}

}  // namespace gongji::tests
