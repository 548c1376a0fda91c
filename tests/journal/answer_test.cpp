// What one answer of the centre brings: the journal's take_in().
#include "offline/journal/troubles.h"
#include "tests/journal/till.h"
#include "tests/support/fault_vfs.h"

using namespace gongji;
using namespace gongji::tests;
using namespace std::chrono_literals;
using record::VerdictKind;

namespace {

constexpr Shares told{3'000, 2'000, 1'500, 500};

bool all() {
  return false;
}

// A till with three sales, its disk, and what it did to it.
struct Shop {
  Shop() {
    store(till, *journal, son());
    for (const char* msgid : {"a", "b", "c"}) sell(till, *journal, son(), msgid, told);
    journal->idle();
  }
  // As after a start that reads the file again.
  void reopen() {
    journal.reset();
    journal = till.open(disk.name());
  }
  void killed() {
    disk.cut_power();
    journal.reset();
    SeededRandom random(1);
    disk.restore_power(random);
    journal = till.open(disk.name());
  }
  Result<void> take_in(std::uint64_t acknowledged, const record::FeedBatch& batch, WallTime now = noon) {
    disk.fail_at(1'000'000, Fault::io_error, Times::once);
    auto done = journal->take_in({acknowledged, {}}, batch, now, all);
    written = disk.operations();
    return done;
  }
  record::FeedItem accepted(std::uint64_t seq) const { return verdict(seq, VerdictKind::accepted, told, told); }
  std::optional<WallTime> contact() { return summary(*journal).last_contact; }

  Till till;
  FaultVfs disk;
  std::unique_ptr<journal::Journal> journal = till.open(disk.name());
  std::int64_t written = 0;  // operations of the disk, of the last answer
};

}  // namespace

TEST_CASE("an answer is taken in with one commit, and what it acknowledges counts where its feed has a gap") {
  Shop shop;
  REQUIRE(shop.take_in(1, shop.till.feed(1, {})));
  // Other times, because a row that is written again as it is costs nothing.
  REQUIRE(shop.take_in(1, shop.till.feed(1, {}), noon.plus(1min)));
  const auto once = shop.written;
  CHECK(once > 0);
  shop.disk.fail_at(1'000'000, Fault::io_error, Times::once);
  REQUIRE(shop.journal->acknowledge(1, noon.plus(2min)));
  REQUIRE(shop.journal->apply_feed(shop.till.feed(1, {}), noon.plus(3min)));
  CHECK(shop.disk.operations() == 2 * once);

  const auto beyond = shop.take_in(4, shop.till.feed(1, {shop.accepted(1)}));
  REQUIRE_FALSE(beyond);
  CHECK(beyond.error().text == &journal::troubles::log_behind);
  CHECK(shop.journal->feed_cursor().value() == 0);
  CHECK(summary(*shop.journal).acknowledged_seq == 1);

  const auto gap = shop.take_in(2, shop.till.feed(2, {shop.accepted(1)}));
  REQUIRE_FALSE(gap);
  CHECK(gap.error().text == &journal::troubles::feed_gap);
  CHECK(shop.journal->feed_cursor().value() == 0);
  CHECK(summary(*shop.journal).acknowledged_seq == 2);

  REQUIRE(shop.take_in(3, shop.till.feed(1, {shop.accepted(1)})));
  CHECK(shop.journal->feed_cursor().value() == 1);
  CHECK(summary(*shop.journal).acknowledged_seq == 3);
  shop.reopen();
  CHECK(shop.journal->feed_cursor().value() == 1);
  CHECK(summary(*shop.journal).acknowledged_seq == 3);
}

TEST_CASE("an answer that brings nothing is not written, but its contact is, twice a minute") {
  Shop shop;
  REQUIRE(shop.take_in(3, shop.till.feed(1, {shop.accepted(1)})));
  for (const auto later : {2s, 4s, 29s}) {
    REQUIRE(shop.take_in(3, shop.till.feed(2, {}), noon.plus(later)));
    CHECK(shop.written == 0);
    CHECK(shop.contact() == noon.plus(later));
  }
  SECTION("and then is") {
    REQUIRE(shop.take_in(3, shop.till.feed(2, {}), noon.plus(30s)));
    CHECK(shop.written > 0);
    shop.killed();
    CHECK(shop.contact() == noon.plus(30s));
  }
  SECTION("a kill forgets less than half a minute of it") {
    shop.killed();
    CHECK(shop.contact() == noon);
    REQUIRE(shop.take_in(3, shop.till.feed(2, {}), noon.plus(31s)));
    CHECK(shop.written > 0);
  }
  SECTION("a feed that was sent again brings nothing either") {
    REQUIRE(shop.take_in(2, shop.till.feed(1, {shop.accepted(1)}), noon.plus(29s)));
    CHECK(shop.written == 0);
  }
  SECTION("the time of a centre whose clock was turned back is written at once") {
    REQUIRE(shop.take_in(3, shop.till.feed(2, {}), noon.plus(-1h)));
    CHECK(shop.written > 0);
    CHECK(shop.contact() == noon.plus(-1h));
    shop.killed();
    CHECK(shop.contact() == noon.plus(-1h));
  }
  SECTION("whatever is written next takes the contact with it") {
    sell(shop.till, *shop.journal, son(), "d", told);
    shop.journal->idle();
    shop.killed();
    CHECK(shop.contact() == noon.plus(29s));
  }
  SECTION("an answer that acknowledges, or brings an item, or closes a grant that has ended, is written") {
    sell(shop.till, *shop.journal, son(), "d", told);
    shop.journal->idle();
    REQUIRE(shop.take_in(4, shop.till.feed(2, {}), noon.plus(29s)));
    CHECK(shop.written > 0);
    REQUIRE(shop.take_in(4, shop.till.feed(2, {shop.accepted(2)}), noon.plus(29s)));
    CHECK(shop.written > 0);
    record::Grant grant;
    grant.id.bytes.back() = 7;
    grant.terminal = shop.till.identity().terminal;
    grant.life = {shop.till.identity().epoch, shop.journal->run()};
    grant.person_key = shop.till.person_key(son());
    grant.accounts = {{"self", settlement::AccountKind::prior, Money::fen(3'000)}};
    grant.snapshot_as_of = grant.issued = noon;
    grant.expires = noon.plus(10s);
    REQUIRE(shop.take_in(4, shop.till.feed(3, {grant}), grant.expires.plus(-1ms)));
    CHECK(summary(*shop.journal).live_grants == 1);
    REQUIRE(shop.take_in(4, shop.till.feed(4, {}), grant.expires));
    CHECK(shop.written > 0);
    CHECK(summary(*shop.journal).live_grants == 0);
  }
}

TEST_CASE("the head of a log that has not moved is signed once, and one that has moved anew") {
  Shop shop;
  const auto unsent = [&] {
    const auto stretch = shop.journal->unsent(10, 1U << 20U);
    REQUIRE(stretch);
    CHECK(seal::verify(shop.till.keys().public_key(), record::head_tag,
                       record::head_statement(shop.till.identity().terminal, shop.till.identity().epoch,
                                              stretch->head_seq, stretch->head_hash),
                       stretch->head_signature));
    return stretch->head_signature;
  };
  const Bytes signature = unsent();
  CHECK(unsent() == signature);
  sell(shop.till, *shop.journal, son(), "d", told);
  CHECK(unsent() != signature);
}
