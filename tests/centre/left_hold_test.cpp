// left_hold_test.cpp — holds that wait for a sale, and holds that nobody will use.
#include <catch2/catch.hpp>

#include "tests/centre/fixture.h"

namespace gongji::centre {
namespace {

const std::string money = "person:" + chen_wei + ":prior";  // 1000.00 to begin with

struct Shop {
  TestCentre centre;
  TestTill till{centre, pharmacy};
  record::Snapshot snapshot;

  explicit Shop(std::uint32_t version = protocol::openings_since) {
    till.version = version;
    snapshot = *till.person(chen_wei);
  }
  record::Sale held(int yuan) {
    auto sale = till.sale(snapshot, {Money::yuan(yuan)});
    REQUIRE(till.hold(sale).status == 200);
    return sale;
  }
  void on_reserve(record::Sale sale) {
    sale.backing = record::Backing::reserve;
    sale.backing_id.clear();
    till.append(sale);
  }
  void on_reserve(int yuan) { on_reserve(till.sale(snapshot, {Money::yuan(yuan)})); }
  // The first `count` of what is not sent, as a batch of its own.
  protocol::SyncRequest first(std::size_t count) {
    auto request = till.sync_request();
    request.entries.resize(count);
    const auto& last = till.log[till.acknowledged + count - 1];
    request.head_hash = last.hash;
    request.head_signature = till.keys->sign(
        record::head_tag,
        record::head_statement(till.enrolled.terminal, till.enrolled.epoch, till.acknowledged + count, last.hash));
    return request;
  }
  bool accepts(std::uint64_t seq) const { return till.verdict_of(seq).kind == record::VerdictKind::accepted; }
};

}  // namespace

TEST_CASE("a sale on the reserve takes nothing of what a hold of its own till set aside for another sale") {
  Shop shop;
  shop.on_reserve(100);  // not sent yet: the centre does not know
  const auto guaranteed = shop.held(900);
  TestTill other(shop.centre, pharmacy);
  auto elsewhere = other.sale(*other.person(chen_wei), {Money::yuan(100)});
  REQUIRE(other.hold(elsewhere).status == 200);
  other.append(elsewhere);
  other.sync();
  REQUIRE(shop.centre.balance(money) == Money::yuan(900));
  const bool together = GENERATE(false, true);
  if (together) shop.till.append(guaranteed);
  shop.till.sync();
  if (!together) {
    CHECK(shop.centre.balance(money) == Money::yuan(900));  // the promise that lives
    shop.till.append(guaranteed);
    shop.till.sync();
  }
  CHECK(shop.till.verdict_of(1).kind == record::VerdictKind::adjusted);
  CHECK(shop.accepts(2));
  CHECK(shop.centre.balance(money) == Money{});
  CHECK(shop.centre.balance(risk_reserve_account) == Money::yuan(-100));
}

TEST_CASE("a hold of a process that was killed takes nothing of the next one's sales") {
  Shop shop;
  shop.held(600);
  SECTION("of one that wrote nothing") {}
  SECTION("of one that wrote something") {
    shop.on_reserve(10);
  }
  shop.till.restart();
  SECTION("after one more that was killed, too") {
    shop.held(300);
    shop.till.restart();
  }
  shop.on_reserve(700);
  CHECK(shop.till.sync().open_holds.empty());
  CHECK(shop.accepts(shop.till.log.size()));
  CHECK(shop.centre.balance(risk_reserve_account) == Money{});
}

TEST_CASE("what a killed process sold on a hold and did not send stands, whoever sends it") {
  Shop shop;
  shop.on_reserve(700);
  shop.till.append(shop.held(600));
  shop.till.restart();
  const bool in_parts = GENERATE(false, true);
  if (in_parts) {
    REQUIRE(shop.till.send(shop.first(1)).status == 200);
    CHECK(shop.centre.balance(money) == Money::yuan(600));
    shop.till.acknowledged = 1;
  }
  shop.till.sync();
  CHECK(shop.till.verdict_of(1).kind == record::VerdictKind::adjusted);
  CHECK(shop.accepts(2));
  CHECK(shop.centre.balance(money) == Money{});
}

TEST_CASE("a hold whose answer got lost takes nothing of an earlier sale in the same sync") {
  Shop shop;
  auto lost = shop.held(600);
  shop.on_reserve(700);
  auto smaller = shop.till.sale(shop.snapshot, {Money::yuan(300)});
  smaller.sale_id = lost.sale_id;
  shop.on_reserve(smaller);
  CHECK(shop.till.sync().open_holds.empty());
  CHECK(shop.accepts(1));
  CHECK(shop.accepts(2));
  CHECK(shop.centre.balance(money) == Money{});
}

TEST_CASE("a hold that is given up takes nothing of the sales that come with the word") {
  Shop shop;
  const auto given_up = shop.held(600);
  shop.on_reserve(700);
  auto request = shop.till.sync_request();
  request.released_holds = {given_up.backing_id};
  REQUIRE(shop.till.send(request).status == 200);
  CHECK(shop.centre.balance(money) == Money::yuan(300));
}

TEST_CASE("a message of an earlier process that arrives late frees nothing of a later one") {
  Shop shop;
  SECTION("with entries") {
    shop.on_reserve(700);
  }
  SECTION("with none") {}
  const auto late = shop.till.sync_request();
  shop.till.restart();
  const auto living = shop.held(600);
  REQUIRE(shop.till.send(late).status == 200);
  shop.till.append(living);
  shop.till.sync();
  CHECK(shop.accepts(shop.till.log.size()));
  CHECK(shop.centre.balance(money) == (late.entries.empty() ? Money::yuan(400) : Money{}));
}

TEST_CASE("who asks for a hold is not short of what an earlier process left behind") {
  Shop shop;
  shop.held(600);
  SECTION("whose entries are all here") {
    shop.on_reserve(10);
    shop.till.sync();
    shop.till.restart();
    shop.held(700);
  }
  SECTION("unless entries of it are still to come") {
    shop.on_reserve(10);
    shop.till.restart();
    auto sale = shop.till.sale(shop.snapshot, {Money::yuan(700)});
    CHECK(code_of(shop.till.hold(sale)) == "hold_insufficient");
    shop.till.sync();
    CHECK(shop.till.hold(sale).status == 200);
  }
}

TEST_CASE("what a till has given up is free for its next question") {
  Shop shop;
  const auto given_up = shop.held(600);
  auto sale = shop.till.sale(shop.snapshot, {Money::yuan(700)});
  CHECK(code_of(shop.till.hold(sale)) == "hold_insufficient");
  auto request = shop.till.hold_request(sale);
  request.released_holds = {given_up.backing_id};
  CHECK(shop.till.post("/v1/hold", protocol::encode(request)).status == 200);
  // Not of another terminal.
  TestTill other(shop.centre, pharmacy);
  other.version = protocol::openings_since;
  auto theirs = other.sale(shop.snapshot, {Money::yuan(400)});
  auto asks = other.hold_request(theirs);
  asks.released_holds = {"H-" + to_string(sale.sale_id)};
  CHECK(code_of(other.post("/v1/hold", protocol::encode(asks))) == "hold_insufficient");
}

TEST_CASE("holds of a till that does not tell its opening do not take the money of its sales on the reserve") {
  Shop shop(protocol::lowest_version);
  shop.held(600);
  shop.on_reserve(700);
  shop.till.sync();
  CHECK(shop.accepts(1));
}

}  // namespace gongji::centre
