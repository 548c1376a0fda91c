#include "offline/journal/reader.h"
#include "offline/journal/troubles.h"
#include "offline/record/order.h"
#include "tests/journal/till.h"

using namespace gongji;
using namespace gongji::tests;
using journal::SaleState;
using record::VerdictKind;

namespace {

record::Signed signed_terms(const Till& till, const std::string& terminal) {
  record::Terms terms;
  terms.terminal = terminal;
  terms.fixmedins_code = site_code;
  terms.fixmedins_name = "虚构大药房";
  terms.fixmedins_type = 2;
  terms.admdvs = "999999";
  terms.issued = noon;
  terms.expires = noon.plus(std::chrono::hours(48));
  return record::sign(till.keys(), record::terms_tag, record::encode(terms));
}

constexpr Shares told{3'000, 2'000, 1'500, 500};

}  // namespace

TEST_CASE("a verdict moves the state and never the first answer") {
  Till till;
  auto journal = till.open();
  store(till, *journal, son());
  const auto sale = sell(till, *journal, son(), "a", told);
  const auto before = entry_at(*journal, sale);

  SECTION("accepted") {
    REQUIRE(journal->apply_feed(till.feed(1, {verdict(sale, VerdictKind::accepted, told, told)}), noon));
    CHECK(entry_at(*journal, sale).state == SaleState::confirmed);
    CHECK(balance(till, *journal, son(), 0) == 8'000);
    CHECK(summary(*journal).confirmed == Money::fen(6'500));
  }
  SECTION("refused: the patient's accounts and counters are as before the sale") {
    REQUIRE(journal->apply_feed(till.feed(1, {verdict(sale, VerdictKind::refused, told, {0, 0, 0, 7'000})}), noon));
    CHECK(entry_at(*journal, sale).state == SaleState::refused);
    CHECK(balance(till, *journal, son(), 0) == 10'000);
    CHECK(balance(till, *journal, son(), 1) == 50'000);
    CHECK(counter(till, *journal, son()) == 2'000);
  }
  SECTION("adjusted: the accounts pay what the centre lets stand") {
    REQUIRE(journal->apply_feed(till.feed(1, {verdict(sale, VerdictKind::adjusted, told, {3'400, 2'100, 0, 1'500})}),
                                noon));
    CHECK(entry_at(*journal, sale).state == SaleState::adjusted);
    CHECK(balance(till, *journal, son(), 0) == 7'900);
    CHECK(balance(till, *journal, son(), 1) == 50'000);
    SECTION("a second verdict replaces the first") {
      REQUIRE(journal->apply_feed(till.feed(2, {verdict(sale, VerdictKind::accepted, told, told)}), noon));
      CHECK(entry_at(*journal, sale).state == SaleState::confirmed);
      CHECK(balance(till, *journal, son(), 0) == 8'000);
      CHECK(balance(till, *journal, son(), 1) == 48'500);
    }
    SECTION("a cancellation gives back what stands") {
      cancel(till, *journal, sale, "c");
      CHECK(balance(till, *journal, son(), 0) == 10'000);
      CHECK(balance(till, *journal, son(), 1) == 50'000);
      CHECK(entry_at(*journal, sale).state == SaleState::cancelled);
    }
  }
  SECTION("refused after it was cancelled: nothing is given back twice") {
    cancel(till, *journal, sale, "c");
    REQUIRE(journal->apply_feed(till.feed(1, {verdict(sale, VerdictKind::refused, told, {0, 0, 0, 7'000})}), noon));
    CHECK(entry_at(*journal, sale).state == SaleState::cancelled);
    CHECK(balance(till, *journal, son(), 0) == 10'000);
    CHECK(balance(till, *journal, son(), 1) == 50'000);
  }
  const auto after = entry_at(*journal, sale);
  CHECK(after.body == before.body);
  CHECK(after.hash == before.hash);
  CHECK(after.verdict.has_value());
  CHECK(journal->verify());
  journal.reset();
  CHECK(entry_at(*till.open(), sale).verdict == after.verdict);
}

TEST_CASE("the feed is applied exactly once, in order, without gaps") {
  Till till;
  auto journal = till.open();
  store(till, *journal, son());
  for (const char* msgid : {"a", "b", "c"}) sell(till, *journal, son(), msgid, told);
  const auto refused = [&](std::uint64_t seq) {
    return record::FeedItem(verdict(seq, VerdictKind::refused, told, {0, 0, 0, 7'000}));
  };
  CHECK(journal->feed_cursor().value() == 0);
  REQUIRE(journal->apply_feed(till.feed(1, {refused(1), refused(2)}), noon));
  CHECK(journal->feed_cursor().value() == 2);
  REQUIRE(journal->apply_feed(till.feed(1, {refused(1), refused(2)}), noon));
  REQUIRE(journal->apply_feed(till.feed(2, {refused(2), refused(3)}), noon));
  CHECK(journal->feed_cursor().value() == 3);
  CHECK(balance(till, *journal, son(), 0) == 10'000);
  REQUIRE(journal->apply_feed(till.feed(4, {}), noon));

  const auto gap = journal->apply_feed(till.feed(5, {refused(1)}), noon);
  REQUIRE_FALSE(gap);
  CHECK(gap.error().text == &journal::troubles::feed_gap);
  auto other = till.feed(4, {refused(1)});
  other.terminal = "T-0002";
  const auto foreign = journal->apply_feed(other, noon);
  REQUIRE_FALSE(foreign);
  CHECK(foreign.error().text == &journal::troubles::feed_of_other_terminal);
  CHECK(journal->feed_cursor().value() == 3);
}

TEST_CASE("a call that was told that it is enough leaves the rest of the feed, whole, to the next") {
  Till till;
  auto journal = till.open();
  store(till, *journal, son());
  for (const char* msgid : {"a", "b", "c"}) sell(till, *journal, son(), msgid, told);
  std::vector<record::FeedItem> items;
  for (const std::uint64_t seq : {1u, 2u, 3u}) {
    items.emplace_back(verdict(seq, VerdictKind::refused, told, {0, 0, 0, 7'000}));
  }
  const auto batch = till.feed(1, items);
  int asked = 0;
  REQUIRE(journal->apply_feed(batch, noon, [&] { return ++asked == 2; }));
  CHECK(asked == 2);
  CHECK(entry_at(*journal, 2).verdict.has_value());
  CHECK_FALSE(entry_at(*journal, 3).verdict.has_value());
  journal.reset();
  journal = till.open();
  CHECK(journal->feed_cursor().value() == 2);
  REQUIRE(journal->apply_feed(batch, noon));
  CHECK(journal->feed_cursor().value() == 3);
  CHECK(entry_at(*journal, 3).verdict.has_value());
}

TEST_CASE("a verdict on an unknown entry is told and does not block what follows") {
  Till till;
  auto journal = till.open();
  store(till, *journal, son());
  sell(till, *journal, son(), "a", told);
  auto other_epoch = verdict(1, VerdictKind::refused, told, {});
  other_epoch.epoch = 9;
  const auto done = journal->apply_feed(till.feed(1, {verdict(77, VerdictKind::accepted, told, told),
                                                      verdict(1, VerdictKind::accepted, told, told), other_epoch}),
                                        noon);
  REQUIRE_FALSE(done);
  CHECK(done.error().text == &journal::troubles::feed_item_unusable);
  CHECK(done.error().path == "feed 1");
  CHECK(journal->feed_cursor().value() == 3);
  CHECK(entry_at(*journal, 1).state == SaleState::confirmed);
  CHECK(journal->verify());
}

TEST_CASE("new terms take the place of the old; those of another terminal do not") {
  Till till;
  auto journal = till.open();
  CHECK_FALSE(ask(*journal, [](journal::Turn& turn) { return turn.terms(); }));
  const auto mine = signed_terms(till, "T-0001");
  REQUIRE(journal->apply_feed(till.feed(1, {record::TermsNotice{mine}}), noon));
  const auto done = journal->apply_feed(till.feed(2, {record::TermsNotice{signed_terms(till, "T-0002")}}), noon);
  REQUIRE_FALSE(done);
  CHECK(done.error().text == &journal::troubles::feed_item_unusable);
  journal.reset();
  journal = till.open();
  CHECK(ask(*journal, [](journal::Turn& turn) { return turn.terms(); }) == mine);
  CHECK(journal->feed_cursor().value() == 2);
}

TEST_CASE(
    "of an order the newest word stays, in whatever order they come, and one that cannot be read is passed over") {
  Till till;
  auto journal = till.open();
  record::EmergencyOrder order;
  order.areas = {"99"};
  order.issued = noon;
  order.end = noon.plus(std::chrono::hours(1));
  const auto made = [&] { return record::sign(till.keys(), record::order_tag, record::encode(order)); };
  const auto first = made();
  order.issued = noon.plus(std::chrono::hours(2));
  order.withdrawn = true;
  const auto last = made();
  const auto orders = [&] { return ask(*journal, [](journal::Turn& turn) { return turn.orders(); }); };
  REQUIRE(journal->apply_feed(till.feed(1, {record::OrderNotice{first}}), noon));
  CHECK(orders() == std::vector{first});
  REQUIRE(journal->apply_feed(till.feed(2, {record::OrderNotice{last}, record::OrderNotice{first}}), noon));
  CHECK(orders() == std::vector{last});
  CHECK(journal::read_orders(till.file()).value() == std::vector{last});
  const auto odd = journal->apply_feed(till.feed(4, {record::OrderNotice{{"{}", Bytes(64, 1)}}}), noon);
  REQUIRE_FALSE(odd);
  CHECK(odd.error().text == &journal::troubles::feed_item_unusable);
  CHECK(orders() == std::vector{last});
  CHECK(journal->feed_cursor().value() == 4);
}
