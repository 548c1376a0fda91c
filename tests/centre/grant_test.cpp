// Standing grants at the centre: set aside for regulars, spent by their till, freed on its word.
#include <catch2/catch.hpp>

#include "offline/seal/key_store.h"
#include "tests/centre/fixture.h"

namespace gongji::centre {
namespace {

GrantPlan generous() {
  GrantPlan plan;
  plan.persons_max = 10;
  plan.hours = 72;
  plan.visits_days = 10;
  plan.share_ppm = 500'000;
  plan.account_max = Money::yuan(400);
  plan.family_max = Money::yuan(300);
  plan.fund_max = Money::yuan(500);
  return plan;
}

// A till where chen-wei (1,000.00 of his own) has bought once on line and was granted something.
struct Regular {
  TestCentre centre{1, {}, generous()};
  TestTill till{centre, clinic};
  record::Grant grant;

  Regular() {
    auto first = till.sale(*till.person(chen_wei), {Money::yuan(10)});
    REQUIRE(till.hold(first).status == 200);
    till.append(first);
    till.sync();
    REQUIRE(till.grants.size() == 1);
    grant = till.grants[0];
  }

  std::string key(const std::string& psn_no) const {
    return seal::lookup_key(till.enrolled.site_key, "person", psn_no);
  }

  record::Sale sell(Money amount) {
    auto sale = till.sale(*till.person(chen_wei), {amount});
    sale.backing = record::Backing::grant;
    sale.backing_id = to_string(grant.id);
    return sale;
  }
};

Money shown_elsewhere(TestCentre& centre, const std::string& psn_no) {
  TestTill other(centre, pharmacy);
  return other.person(psn_no)->accounts.at(0).balc;
}

}  // namespace

TEST_CASE("a regular is granted a share of what is available, for this terminal and run, and it is set aside") {
  Regular r;
  CHECK(r.grant.terminal == r.till.enrolled.terminal);
  CHECK(r.grant.life == record::JournalLife{1, 1});
  CHECK(r.grant.person_key == r.key(chen_wei));
  CHECK(r.grant.expires == r.centre.clock.wall().plus(std::chrono::hours(72)));
  REQUIRE(r.grant.accounts.size() == 1);
  CHECK(r.grant.accounts[0].owner == "self");
  CHECK(r.grant.accounts[0].limit == Money::yuan(400));  // at most
  REQUIRE(r.grant.fund.size() >= 1);
  CHECK(r.grant.fund[0].limit == Money::yuan(500));

  const Money balance = r.centre.balance(person_account(chen_wei, settlement::AccountKind::prior));
  CHECK(shown_elsewhere(r.centre, chen_wei) == balance - Money::yuan(400));
  CHECK(r.till.person(chen_wei)->accounts.at(0).balc == balance);  // this till's own money
  r.till.sync();
  CHECK(r.till.grants.size() == 1);  // one at a time
}

TEST_CASE("a sale on the grant stands as it was told, and takes what was set aside") {
  Regular r;
  const Money before = r.centre.balance(person_account(chen_wei, settlement::AccountKind::prior));
  const auto sale = r.sell(Money::yuan(300));
  const Money own = sale.settlement.totals.acct_pay;
  REQUIRE(own > Money{});
  const Money elsewhere = shown_elsewhere(r.centre, chen_wei);
  r.till.append(sale);
  r.till.sync();
  CHECK(r.till.verdict_of(2).kind == record::VerdictKind::accepted);
  CHECK(r.centre.balance(person_account(chen_wei, settlement::AccountKind::prior)) == before - own);
  CHECK(shown_elsewhere(r.centre, chen_wei) == elsewhere);  // nothing that others saw was taken
  CHECK(r.centre.balance(risk_reserve_account) == Money{});
  CHECK(r.centre.in_balance());
}

TEST_CASE("a cancelled sale's value stays set aside while the grant lives") {
  Regular r;
  const auto sale = r.sell(Money::yuan(300));
  const Money elsewhere = shown_elsewhere(r.centre, chen_wei);
  const auto entry = r.till.append(sale);
  r.till.append(r.till.cancel_of(entry, sale));
  r.till.sync();
  CHECK(shown_elsewhere(r.centre, chen_wei) == elsewhere);
  r.till.to_close = {{r.grant.id, r.till.log.size()}};
  r.till.run = 2;
  r.till.sync();
  CHECK(r.centre.in_balance());
}

TEST_CASE("a grant is freed when its till closed it and the log is there, not by time alone") {
  Regular r;
  const Money balance = r.centre.balance(person_account(chen_wei, settlement::AccountKind::prior));
  const Money aside = balance - Money::yuan(400);
  r.centre.clock.advance(std::chrono::hours(24 * 20));  // long expired, and no regular any more
  r.centre.service->idle(r.centre.clock.wall());
  CHECK(shown_elsewhere(r.centre, chen_wei) == aside);

  r.till.to_close = {{r.grant.id, r.till.log.size() + 1}};  // an entry is still to come
  r.till.sync();
  CHECK(shown_elsewhere(r.centre, chen_wei) == aside);

  r.till.to_close = {{r.grant.id, r.till.log.size()}};
  r.till.sync();
  CHECK(shown_elsewhere(r.centre, chen_wei) == balance);
  r.till.sync();
  CHECK(shown_elsewhere(r.centre, chen_wei) == balance);  // told twice is freed once
}

TEST_CASE(
    "a silent till's grant is given up after the last day for late entries; what comes later is the site's risk") {
  Regular r;
  const Money balance = r.centre.balance(person_account(chen_wei, settlement::AccountKind::prior));
  const auto sale = r.sell(Money::yuan(300));
  r.till.append(sale);
  r.centre.clock.advance(std::chrono::hours(24 * 34));
  r.centre.service->idle(r.centre.clock.wall());
  CHECK(shown_elsewhere(r.centre, chen_wei) == balance);
  const Money reserve = r.centre.balance(risk_reserve_account);
  r.till.sync();
  CHECK(r.centre.balance(risk_reserve_account) == reserve);  // the authority bears nothing of it
  CHECK(r.centre.in_balance());
}

TEST_CASE("a new epoch leaves the old grant set aside, and a till that is revoked loses it at once") {
  Regular r;
  const Money balance = r.centre.balance(person_account(chen_wei, settlement::AccountKind::prior));
  const Money aside = balance - Money::yuan(400);
  TestTill again(r.centre, clinic, r.till.enrolled.terminal);
  CHECK(again.enrolled.epoch == 2);
  CHECK(shown_elsewhere(r.centre, chen_wei) == aside);
  again.to_close = {{r.grant.id, 0}};  // the new journal's word says nothing of the old one
  again.sync();
  CHECK(shown_elsewhere(r.centre, chen_wei) == aside);
  REQUIRE(r.centre.service->revoke(r.till.enrolled.terminal).has_value());
  CHECK(shown_elsewhere(r.centre, chen_wei) == balance);
}

TEST_CASE("a hold may take what its till was granted and gave up, and nobody else may") {
  Regular r;
  const Money balance = r.centre.balance(person_account(chen_wei, settlement::AccountKind::prior));
  protocol::HoldRequest request;
  request.psn_no = chen_wei;
  request.accounts = {{"self", settlement::AccountKind::prior, balance}};
  const auto ask = [&](TestTill& till, std::vector<record::ClosedGrant> closed) {
    request.sale_id = make_id(r.centre.clock.wall(), r.centre.random);
    request.closed_grants = std::move(closed);
    return till.post("/v1/hold", protocol::encode(request));
  };
  const record::ClosedGrant given_up{r.grant.id, r.till.log.size()};
  CHECK(code_of(ask(r.till, {})) == "hold_insufficient");
  TestTill other(r.centre, pharmacy);
  CHECK(code_of(ask(other, {given_up})) == "hold_insufficient");
  CHECK(ask(r.till, {given_up}).status == 200);
}

TEST_CASE("two terminals' grants together never exceed the balance") {
  TestCentre centre(1, {}, generous());
  TestTill first(centre, clinic), second(centre, clinic);
  Money granted;
  for (TestTill* till : {&first, &second}) {
    auto sale = till->sale(*till->person(chen_wei), {Money::yuan(10)});
    REQUIRE(till->hold(sale).status == 200);
    till->append(sale);
    till->sync();
    REQUIRE(till->grants.size() == 1);
    granted += till->grants[0].accounts[0].limit;
  }
  CHECK(granted <= centre.balance(person_account(chen_wei, settlement::AccountKind::prior)));
  CHECK(second.grants[0].accounts[0].limit < first.grants[0].accounts[0].limit);
}

TEST_CASE("in the second half of its life a grant is extended, with the same id") {
  Regular r;
  r.centre.clock.advance(std::chrono::hours(30));
  r.till.sync();
  CHECK(r.till.grants.size() == 1);
  r.centre.clock.advance(std::chrono::hours(10));
  r.till.sync();
  REQUIRE(r.till.grants.size() == 2);
  CHECK(r.till.grants[1].id == r.grant.id);
  CHECK(r.till.grants[1].expires == r.centre.clock.wall().plus(std::chrono::hours(72)));
  CHECK(r.till.grants[1].accounts == r.grant.accounts);
}

}  // namespace gongji::centre
