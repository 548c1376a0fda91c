// One account, several people at one till: what a relative was granted of it, and its owner who comes to buy.
#include <catch2/catch.hpp>

#include "tests/state_machine/family.h"

namespace gongji::tests {

namespace {

centre::GrantPlan plan() {
  centre::GrantPlan plan;
  plan.persons_max = 10;
  plan.hours = 24;
  plan.visits_days = 10;
  plan.share_ppm = 300'000;
  plan.account_max = plan.family_max = plan.fund_max = Money::yuan(400);
  plan.presences = {{record::Presence::id_number}};
  return plan;
}

// Regulars of this till: the husband, and his wife.
struct Family : FamilyShop {
  Family() : FamilyShop(plan()) {}

  std::size_t grants() {
    std::size_t found = 0;
    in_turn([&](journal::Turn& turn) -> Result<void> {
      const auto on = turn.grants_on(husband_key, centre.clock.wall());
      if (!on) return on.error();
      found = on->size();
      return {};
    });
    return found;
  }
  // A long backlog, and behind it a grant that is given up.
  Id give_up_behind_papers(std::size_t count) {
    Id given_up{};
    in_turn([&](journal::Turn& turn) -> Result<void> {
      for (std::size_t i = 0; i < count; ++i) {
        if (auto entry = turn.append(centre::paper(centre), centre.clock.wall()); !entry) return entry.error();
      }
      const auto on = turn.grants_on(husband_key, centre.clock.wall());
      if (!on) return on.error();
      given_up = on->front().id;
      const auto closed = turn.close_grant(given_up);
      return closed ? Result<void>() : Result<void>(closed.error());
    });
    return given_up;
  }
  bool is_live_at_centre(const Id& grant) {
    bool live = false;
    REQUIRE(centre.service->ledger()
                .transaction([&] { live = centre.service->ledger().find_grant(grant)->live; })
                .has_value());
    return live;
  }
  // Both come once with the line up, and both are granted something of his account.
  void become_regulars() {
    husband_key = husband(1).person_key;
    (void)wife(31);
    shop.sync();
    REQUIRE(grants() == 2);
  }

  std::string husband_key;
};

}  // namespace

TEST_CASE("without the line an owner buys with all there is, and the till gives up what relatives were granted of it") {
  Family family;
  family.become_regulars();
  const Money before = family.balance();
  family.shop.line() = Line::down;
  REQUIRE(family.wife(1).backing == record::Backing::grant);  // and the line is known to be down
  const auto sale = family.husband(900);
  CHECK(sale.backing == record::Backing::reserve);
  CHECK(sale.settlement.totals.acct_pay == Money::yuan(900));
  CHECK(family.grants() == 0);
  // What is hers now is what he left.
  const auto hers = family.wife(200);
  CHECK(hers.backing != record::Backing::grant);

  family.shop.line() = Line::up;
  family.centre.clock.advance(std::chrono::minutes(1));
  family.shop.machine().advance(std::chrono::minutes(1));
  family.shop.sync();
  family.shop.sync();
  CHECK(family.state_of(sale.sale_id) == journal::SaleState::confirmed);
  CHECK(family.balance() == before - Money::yuan(901));
  CHECK(family.centre.balance(centre::risk_reserve_account) == Money{});
  CHECK(family.centre.in_balance());
}

TEST_CASE("an owner who takes no more than the grants of relatives leave keeps them as they are") {
  Family family;
  family.become_regulars();
  family.shop.line() = Line::down;
  (void)family.wife(1);
  const auto sale = family.husband(310);  // more than his own grant
  CHECK(sale.backing == record::Backing::reserve);
  CHECK(family.grants() == 2);
}

TEST_CASE("a grant that is given up behind a long backlog is free at the centre once the backlog is there") {
  Family family;
  family.become_regulars();
  const Id given_up = family.give_up_behind_papers(2 * protocol::sync_entries_max + 10);
  REQUIRE(family.is_live_at_centre(given_up));
  family.shop.sync();
  family.shop.sync();
  CHECK_FALSE(family.is_live_at_centre(given_up));
}

TEST_CASE("with the line up an owner is not refused because relatives were granted his money at this till") {
  Family family;
  family.become_regulars();
  const auto sale = family.husband(900);
  CHECK(sale.backing == record::Backing::hold);
  CHECK(sale.settlement.totals.acct_pay == Money::yuan(900));
  family.shop.sync();
  CHECK(family.state_of(sale.sale_id) == journal::SaleState::confirmed);
  CHECK(family.centre.in_balance());
}

TEST_CASE("with the line up a relative is not refused because the owner was granted his own money at this till") {
  Family family;
  family.become_regulars();
  const auto sale = family.wife(900);
  CHECK(sale.backing == record::Backing::hold);
  CHECK(sale.settlement.totals.acct_mulaid_pay > Money::yuan(850));
  family.shop.sync();
  CHECK(family.state_of(sale.sale_id) == journal::SaleState::confirmed);
  CHECK(family.centre.in_balance());
}

}  // namespace gongji::tests
