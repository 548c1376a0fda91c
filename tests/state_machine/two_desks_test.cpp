// Two desks of one till, and one account: while a sale waits for its hold, somebody else buys.
#include <catch2/catch.hpp>

#include "tests/state_machine/family.h"

namespace gongji::tests {

namespace {

struct Desks : FamilyShop {
  // What the second desk sells while the answer to the first desk's hold is on its way.
  void at_the_second_desk(const std::string& psn_no, std::int64_t yuan, Line line) {
    shop.wire().meanwhile = [this, second_draft = draft(psn_no, yuan),
                             line](std::string_view target) -> boost::asio::awaitable<void> {
      if (target != "/v1/hold") co_return;
      const auto as_it_was = std::exchange(shop.wire().meanwhile, {});
      shop.line() = line;
      auto step = shop.checkout().sell(second_draft);
      auto outcome = co_await std::move(step);
      shop.line() = Line::up;
      second = sale_in(outcome);
    };
  }
  // His sale has its hold and is not written; until its next sync the till has heard nothing of the centre.
  void dies_with_a_hold(std::int64_t yuan, std::function<boost::asio::awaitable<void>()> first = {}) {
    bool asked = false;
    shop.wire().meanwhile = [&](std::string_view target) -> boost::asio::awaitable<void> {
      if (target != "/v1/hold" || std::exchange(asked, true)) co_return;
      if (first) {
        auto step = first();
        co_await std::move(step);
      }
      shop.cut_power_after(0);
    };
    const auto outcome = shop.sell(draft(centre::chen_wei, yuan));
    CHECK(outcome.has_error());
    shop.wire().meanwhile = {};
    shop.lose_power();
    shop.line() = Line::down;
    shop.start();
    shop.line() = Line::up;
  }
  void send_all() {
    centre.clock.advance(std::chrono::minutes(1));
    shop.machine().advance(std::chrono::minutes(1));
    shop.sync();
    shop.sync();
  }

  std::optional<record::Sale> second;
};

}  // namespace

TEST_CASE("what one desk has asked to be set aside is not sold on the reserve at another one") {
  Desks desks;
  (void)desks.husband(1);
  (void)desks.wife(1);
  desks.at_the_second_desk(centre::chen_wei, 700, Line::down);
  const auto hers = desks.wife(629);  // 29.00 of hers, 600.00 of his
  REQUIRE(desks.second);
  CHECK(hers.backing == record::Backing::hold);
  CHECK(hers.settlement.totals.acct_mulaid_pay == Money::yuan(600));
  CHECK(desks.second->backing == record::Backing::reserve);
  CHECK(desks.second->settlement.totals.acct_pay == Money::yuan(399));
  desks.send_all();
  CHECK(desks.state_of(hers.sale_id) == journal::SaleState::confirmed);
  CHECK(desks.state_of(desks.second->sale_id) == journal::SaleState::confirmed);
  CHECK(desks.balance() == Money());
  CHECK(desks.centre.balance(centre::risk_reserve_account) == Money());
}

TEST_CASE("two desks ask for what there is of one account, and both are guaranteed") {
  Desks desks;
  desks.at_the_second_desk(centre::wang_fang, 630, Line::up);
  const auto his = desks.husband(600);
  REQUIRE(desks.second);
  CHECK(his.backing == record::Backing::hold);
  CHECK(his.settlement.totals.acct_pay == Money::yuan(600));
  CHECK(desks.second->backing == record::Backing::hold);
  CHECK(desks.second->settlement.totals.acct_mulaid_pay == Money::yuan(400));
  desks.send_all();
  CHECK(desks.state_of(his.sale_id) == journal::SaleState::confirmed);
  CHECK(desks.state_of(desks.second->sale_id) == journal::SaleState::confirmed);
  CHECK(desks.balance() == Money());
}

TEST_CASE("a sale that went ahead without its hold takes no more than it sold from the next one") {
  Desks desks;
  (void)desks.husband(1);
  desks.shop.wire().meanwhile = [&](std::string_view target) -> boost::asio::awaitable<void> {
    if (target == "/v1/hold") desks.shop.line() = Line::one_way;
    co_return;
  };
  const auto first = desks.husband(500);
  desks.shop.wire().meanwhile = {};
  CHECK(first.backing == record::Backing::reserve);
  const auto second = desks.husband(499);
  CHECK(second.settlement.totals.acct_pay == Money::yuan(499));
  desks.shop.line() = Line::up;
  desks.send_all();
  CHECK(desks.state_of(first.sale_id) == journal::SaleState::confirmed);
  CHECK(desks.state_of(second.sale_id) == journal::SaleState::confirmed);
  CHECK(desks.balance() == Money());
}

TEST_CASE("the first sync of a killed process's next life finds nothing set aside for nobody") {
  Desks desks;
  (void)desks.husband(1);
  desks.send_all();
  desks.dies_with_a_hold(999);
  const auto small = desks.husband(1);
  CHECK(small.backing == record::Backing::reserve);
  desks.send_all();
  CHECK(desks.state_of(small.sale_id) == journal::SaleState::confirmed);
  CHECK(desks.balance() == Money::yuan(998));
}

TEST_CASE("who paid cash while a relative's account was asked for elsewhere is not settled anew by that account") {
  Desks desks;
  (void)desks.wife(30);
  (void)desks.husband(1);
  desks.send_all();
  desks.dies_with_a_hold(999, [&]() -> boost::asio::awaitable<void> {
    auto step = desks.shop.checkout().sell(desks.draft(centre::wang_fang, 100));
    auto outcome = co_await std::move(step);
    desks.second = sale_in(outcome);
  });
  REQUIRE(desks.second);
  CHECK(desks.second->settlement.totals.psn_cash_pay == Money::yuan(100));
  const auto before_hers_is_sent = desks.husband(1);
  desks.send_all();
  CHECK(desks.state_of(desks.second->sale_id) == journal::SaleState::confirmed);
  CHECK(desks.state_of(before_hers_is_sent.sale_id) == journal::SaleState::confirmed);
  CHECK(desks.balance() == Money::yuan(998));
}

}  // namespace gongji::tests
