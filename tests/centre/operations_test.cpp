// What an officer does to the ledger: once, in balance, and never at the cost of what is set aside.
#include "sync/centre/operations.h"

#include <catch2/catch.hpp>

#include "sync/centre/troubles.h"
#include "tests/centre/fixture.h"
#include "tests/support/print_trouble.h"

namespace gongji::centre {
namespace {

using settlement::AccountKind;

Money balance_of(TestCentre& centre, const std::string& psn_no, AccountKind kind) {
  return centre.balance(person_account(psn_no, kind));
}

std::vector<LedgerFault> faults_of(TestCentre& centre) {
  std::vector<LedgerFault> out;
  REQUIRE(centre.service->ledger().transaction([&] { out = centre.service->ledger().faults(100); }));
  return out;
}

OperationWish wish(const std::string& id) {
  return {id, "officer 1"};
}

const TroubleText* trouble_of(const Result<OperationDone>& done) {
  return done.has_error() ? done.error().text : nullptr;
}

}  // namespace

TEST_CASE("an operation is done once by its id; the same id with other words is refused") {
  TestCentre centre;
  Ledger& ledger = centre.service->ledger();
  const WallTime now = centre.clock.wall();
  const auto first = accrue(ledger, wish("a-1"), {{wang_fang, Money::yuan(100)}, {chen_wei, Money::yuan(50)}}, now);
  REQUIRE(first);
  CHECK_FALSE(first->repeated);
  CHECK(first->row.amount == Money::yuan(150));
  CHECK(balance_of(centre, wang_fang, AccountKind::current) == Money::yuan(100));
  CHECK(centre.balance(contributions_account) == Money::yuan(-150));
  const auto again = accrue(ledger, wish("a-1"), {{wang_fang, Money::yuan(100)}, {chen_wei, Money::yuan(50)}},
                            now.plus(std::chrono::hours(1)));
  REQUIRE(again);
  CHECK(again->repeated);
  CHECK(again->row.at == now);
  CHECK(again->row.posting_id == first->row.posting_id);
  CHECK(balance_of(centre, wang_fang, AccountKind::current) == Money::yuan(100));
  CHECK(trouble_of(accrue(ledger, wish("a-1"), {{wang_fang, Money::yuan(101)}}, now)) == &troubles::operation_differs);
  CHECK(trouble_of(turn_year(ledger, wish("a-1"), now)) == &troubles::operation_differs);
  CHECK(trouble_of(accrue(ledger, wish(""), {{wang_fang, Money::yuan(1)}}, now)) == &troubles::operation_invalid);
  CHECK(trouble_of(accrue(ledger, {"a-2", ""}, {{wang_fang, Money::yuan(1)}}, now)) == &troubles::operation_invalid);
  CHECK(trouble_of(accrue(ledger, wish("a-2"), {{"0", Money::yuan(1)}}, now)) == &troubles::person_unknown);
  CHECK(trouble_of(accrue(ledger, wish("a-2"), {{wang_fang, Money::yuan(1)}, {wang_fang, Money::yuan(1)}}, now)) ==
        &troubles::accruals_invalid);
  // What was refused has left nothing behind, and its id is free.
  CHECK(accrue(ledger, wish("a-2"), {{wang_fang, Money::yuan(1)}}, now).has_value());
  CHECK(centre.in_balance());
  CHECK(faults_of(centre).empty());
}

TEST_CASE("a list of contributions is read line by line, and the first that is wrong is named") {
  const auto read = read_accruals("psn_no,amount\r\n42010000000000000001,12.5\r\n\n42010000000000000002,1\n");
  REQUIRE(read);
  REQUIRE(read->size() == 2);
  CHECK(read->front().amount == Money::fen(1'250));
  for (const char* bad : {"1,0\n", "1,-1\n", ",5\n", "1;5\n", "1,5.123\n", "1,5,6\n"}) {
    INFO(bad);
    const auto refused = read_accruals(std::string("1,5\n") + bad);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().path == "line 2");
  }
}

TEST_CASE("at the year's turn current becomes prior, but for what is set aside, which follows when it is free") {
  TestCentre centre;
  TestTill till(centre, clinic);
  Ledger& ledger = centre.service->ledger();
  REQUIRE(accrue(ledger, wish("a"), {{zhao_min, Money::yuan(100)}, {chen_wei, Money::yuan(70)}}, centre.clock.wall()));
  // More than either of the two accounts has.
  auto held = till.sale(*till.person(zhao_min), {Money::yuan(200), settlement::AccountUse::own});
  REQUIRE(till.hold(held).status == 200);
  Money of_current;
  for (const auto& payment : held.settlement.accounts) {
    if (payment.kind == AccountKind::current) of_current += payment.paid;
  }
  REQUIRE(of_current > Money{});

  const auto first = turn_year(ledger, wish("turn"), centre.clock.wall());
  REQUIRE(first);
  CHECK(first->row.set_aside == of_current);
  CHECK(first->row.amount == Money::yuan(170) - of_current);
  CHECK(balance_of(centre, chen_wei, AccountKind::current) == Money{});
  CHECK(balance_of(centre, zhao_min, AccountKind::current) == of_current);
  CHECK(faults_of(centre).empty());
  // The sale that it was set aside for is paid out of it.
  till.append(held);
  till.sync();
  CHECK(till.verdict_of(1).kind == record::VerdictKind::accepted);
  CHECK(balance_of(centre, zhao_min, AccountKind::current) == Money{});
  const auto second = turn_year(ledger, wish("turn-2"), centre.clock.wall());
  REQUIRE(second);
  CHECK(second->row.amount == Money{});
  CHECK(centre.in_balance());
  CHECK(faults_of(centre).empty());
}

TEST_CASE("what a person leaves goes to the heir or is paid out, and a transfer empties the accounts") {
  TestCentre centre;
  Ledger& ledger = centre.service->ledger();
  const WallTime now = centre.clock.wall();
  REQUIRE(accrue(ledger, wish("a"), {{wang_fang, Money::yuan(5)}}, now));
  const Money heir = balance_of(centre, chen_wei, AccountKind::prior);
  REQUIRE(inherit(ledger, wish("i"), wang_fang, chen_wei, now));
  CHECK(balance_of(centre, wang_fang, AccountKind::current) == Money{});
  CHECK(balance_of(centre, wang_fang, AccountKind::prior) == Money{});
  CHECK(balance_of(centre, chen_wei, AccountKind::prior) == heir + Money::yuan(35));
  const auto paid = inherit(ledger, wish("i-2"), li_jianguo, "", now);
  REQUIRE(paid);
  CHECK(centre.balance(paid_out_account) == paid->row.amount);
  const auto moved = transfer_out(ledger, wish("t"), zhao_min, now);
  REQUIRE(moved);
  CHECK(centre.balance(transferred_account) == moved->row.amount);
  CHECK(balance_of(centre, zhao_min, AccountKind::prior) == Money{});
  CHECK(trouble_of(inherit(ledger, wish("i-3"), "0", "", now)) == &troubles::person_unknown);
  CHECK(trouble_of(inherit(ledger, wish("i-3"), chen_wei, chen_wei, now)) == &troubles::person_unknown);
  CHECK(centre.in_balance());
  CHECK(faults_of(centre).empty());
}

TEST_CASE("a family is bound, limited and unbound, and what a member may take follows") {
  TestCentre centre;
  TestTill till(centre, clinic);
  Ledger& ledger = centre.service->ledger();
  const auto family_of = [&](const std::string& psn_no) {
    Money sum;
    const auto snapshot = till.person(psn_no);
    for (const auto& account : snapshot->accounts) {
      if (account.owner != "self") sum += account.balc;
    }
    return sum;
  };
  CHECK(family_of(li_jianguo) == Money{});
  REQUIRE(bind_family(ledger, wish("b"), li_jianguo, chen_wei, settlement::Relation::child, centre.clock.wall()));
  CHECK(family_of(li_jianguo) == Money::yuan(1'000));
  CHECK(trouble_of(bind_family(ledger, wish("b-2"), li_jianguo, chen_wei, settlement::Relation::child,
                               centre.clock.wall())) == &troubles::family_bound);
  CHECK(trouble_of(bind_family(ledger, wish("b-2"), chen_wei, chen_wei, settlement::Relation::other,
                               centre.clock.wall())) == &troubles::family_bound);

  const auto stale = *till.person(wang_fang);  // bound by the file of people
  REQUIRE(limit_family(ledger, wish("l"), wang_fang, chen_wei, Money::yuan(20), centre.clock.wall()));
  CHECK(family_of(wang_fang) == Money::yuan(20));
  CHECK(family_of(li_jianguo) == Money::yuan(1'000));
  const auto sale = till.sale(stale, {Money::yuan(300)});
  REQUIRE(sale.settlement.totals.acct_mulaid_pay > Money::yuan(20));
  till.append(sale);
  till.sync();
  CHECK(till.verdict_of(1).kind == record::VerdictKind::adjusted);
  CHECK(till.verdict_of(1).stands.family == Money::yuan(20));
  CHECK(balance_of(centre, chen_wei, AccountKind::prior) == Money::yuan(980));
  CHECK(family_of(wang_fang) == Money{});
  REQUIRE(limit_family(ledger, wish("l-2"), wang_fang, chen_wei, std::nullopt, centre.clock.wall()));
  CHECK(family_of(wang_fang) == Money::yuan(980));

  REQUIRE(unbind_family(ledger, wish("u"), wang_fang, chen_wei, centre.clock.wall()));
  CHECK(family_of(wang_fang) == Money{});
  CHECK(trouble_of(unbind_family(ledger, wish("u-2"), wang_fang, chen_wei, centre.clock.wall())) ==
        &troubles::family_not_bound);
  CHECK(trouble_of(limit_family(ledger, wish("u-2"), wang_fang, chen_wei, Money::yuan(1), centre.clock.wall())) ==
        &troubles::family_not_bound);
  CHECK(centre.in_balance());
  CHECK(faults_of(centre).empty());
}

TEST_CASE("the risk reserve bears what is refused up to the terms' total for the terminal, then the site does") {
  const Money total = Money::yuan(60);
  TestCentre centre(1, {}, {},
                    {{record::Presence::card_read_here, Money::yuan(500), Money::yuan(800), total, 100, 72}});
  TestTill till(centre, clinic), other(centre, clinic);
  const auto promised = [](const record::Sale& sale) {
    const auto shares = record::payer_shares(sale.settlement);
    return shares.fund + shares.account + shares.family;
  };
  Money told;
  std::vector<record::Sale> sold;
  for (int i = 0; i < 3; ++i) {
    auto sale = till.sale(*till.person(chen_wei), {Money::yuan(40), settlement::AccountUse::own});
    sale.claim.person.psn_no = "42019999999999999999";  // nobody
    told += promised(sale);
    till.append(sale);
    sold.push_back(std::move(sale));
  }
  REQUIRE(told > total);
  till.sync();
  CHECK(till.verdict_of(3).kind == record::VerdictKind::refused);
  CHECK(centre.balance(risk_reserve_account) == -total);
  CHECK(centre.balance(site_account(clinic)) == total);
  CHECK(faults_of(centre).empty());

  // Another terminal has a total of its own; what is taken back can be borne again.
  auto sale = other.sale(*other.person(chen_wei), {Money::yuan(40), settlement::AccountUse::own});
  sale.claim.person.psn_no = "42019999999999999999";
  other.append(sale);
  other.sync();
  CHECK(centre.balance(risk_reserve_account) == -total - promised(sale));
  till.append(till.cancel_of(till.log[0], sold[0]));
  till.sync();
  CHECK(centre.balance(risk_reserve_account) == -total - promised(sale) + promised(sold[0]));
  till.append(till.sale(*till.person(zhao_min), {Money::yuan(5), settlement::AccountUse::none}));
  till.sync();
  CHECK(centre.in_balance());
  CHECK(faults_of(centre).empty());
}

TEST_CASE("the check of the books names what does not hold") {
  TestCentre centre;
  TestTill till(centre, clinic);
  till.append(till.sale(*till.person(wang_fang), {Money::yuan(200)}));
  till.sync();
  REQUIRE(faults_of(centre).empty());
  Ledger& ledger = centre.service->ledger();
  // Breaks something, looks, and mends it.
  const auto broken = [&](const auto& damage, const auto& mend) {
    std::vector<std::string> kinds;
    REQUIRE(ledger.transaction([&] {
      damage();
      for (const auto& fault : ledger.faults(100)) kinds.push_back(fault.what);
      mend();
    }));
    return kinds;
  };
  using Kinds = std::vector<std::string>;
  // Counted, and no entry there that stands.
  const EntryName unknown{"T-x", 1, 1};
  CHECK(broken(
            [&] {
              ledger.add_to_counters(unknown, wang_fang, {{"s", "op.fund", centre.today(), Money::yuan(1)}});
            },
            [&] { ledger.forget_counted(unknown); }) == Kinds{"counter"});
  CHECK(broken([&] { ledger.add_risk_borne("T-x", 2026, Money::yuan(1)); },
               [&] { ledger.add_risk_borne("T-x", 2026, Money::yuan(-1)); }) == Kinds{"risk_borne"});
  CHECK(broken(
            [&] {
              Hold hold;
              hold.hold_id = "h";
              hold.terminal = till.enrolled.terminal;
              hold.psn_no = wang_fang;
              const AccountId own = ledger.account(person_account(wang_fang, AccountKind::prior), false);
              hold.accounts = {{own, Money::yuan(9'999)}};
              ledger.add_hold(make_id(centre.clock.wall(), centre.random), hold);
            },
            [&] { ledger.close_hold("h", false); }) == Kinds{"set_aside"});
  CHECK(faults_of(centre).empty());
}

}  // namespace gongji::centre
