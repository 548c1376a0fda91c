#include <catch2/catch.hpp>

#include "tests/centre/fixture.h"

namespace gongji::centre {

TEST_CASE("a hold sets aside exactly what the sale takes, and asking again gives the same answer") {
  TestCentre centre;
  TestTill till(centre, clinic);
  auto sale = till.sale(*till.person(wang_fang), {Money::yuan(100)});
  REQUIRE(sale.settlement.totals.fund_pay_sumamt > Money{});
  REQUIRE(sale.settlement.totals.acct_pay > Money{});
  const auto first = till.hold(sale);
  REQUIRE(first.status == 200);
  CHECK(protocol::decode_hold_answer(first.body)->expires == centre.clock.wall().plus(std::chrono::minutes(15)));
  centre.clock.advance(std::chrono::minutes(1));
  CHECK(till.hold(sale).body == first.body);

  // Another terminal sees what is left; this one takes off its own entries itself.
  TestTill other(centre, pharmacy);
  const auto theirs = *other.person(wang_fang), ours = *till.person(wang_fang);
  CHECK(ours.accounts[0].balc == Money::yuan(30));
  CHECK(theirs.accounts[0].balc == Money::yuan(30) - sale.settlement.accounts[0].paid);
  auto with_hold = ours.counters;
  for (const auto& counted : till.hold_request(sale).counters) settlement::add_counted(with_hold, counted);
  CHECK(same_counted(with_hold, theirs.counters));

  auto changed = till.hold_request(sale);
  changed.fund += Money::fen(1);
  CHECK(code_of(till.post("/v1/hold", protocol::encode(changed))) == "hold_changed");
  CHECK(code_of(other.post("/v1/hold", protocol::encode(till.hold_request(sale)))) == "hold_changed");
}

TEST_CASE("a hold above the balance, on a foreign account, or for nobody is refused") {
  TestCentre centre;
  TestTill till(centre, pharmacy);
  protocol::HoldRequest request;
  request.psn_no = wang_fang;
  const auto ask = [&](const std::string& owner, Money amount) {
    request.sale_id = make_id(centre.clock.wall(), centre.random);
    request.accounts = {{owner, settlement::AccountKind::prior, amount}};
    return till.post("/v1/hold", protocol::encode(request));
  };
  CHECK(code_of(ask("self", Money::fen(3001))) == "hold_insufficient");
  CHECK(code_of(ask(li_jianguo, Money::fen(1))) == "account_not_bound");
  CHECK(ask("self", Money::fen(3000)).status == 200);
  CHECK(code_of(ask("self", Money::fen(1))) == "hold_insufficient");
  request.psn_no = "42010000000000000099";
  CHECK(code_of(ask("self", Money::fen(1))) == "unknown_person");
}

TEST_CASE("amounts of one account in two parts are added up before they are compared") {
  TestCentre centre;
  TestTill till(centre, pharmacy);
  protocol::HoldRequest request;
  request.sale_id = make_id(centre.clock.wall(), centre.random);
  request.psn_no = wang_fang;
  request.accounts = {{"self", settlement::AccountKind::prior, Money::fen(2000)},
                      {"self", settlement::AccountKind::prior, Money::fen(1001)}};
  CHECK(code_of(till.post("/v1/hold", protocol::encode(request))) == "hold_insufficient");
  request.accounts[1].amount = Money::fen(1000);
  CHECK(till.post("/v1/hold", protocol::encode(request)).status == 200);
  request.sale_id = make_id(centre.clock.wall(), centre.random);
  request.accounts.clear();
  request.fund = Money::fen(1);
  CHECK(code_of(till.post("/v1/hold", protocol::encode(request))) == "hold_fund_uncounted");
  const auto counted = [](const char* scheme, const char* since) {
    return settlement::Counted{scheme, "op.fund", *parse_day(since), Money::fen(1)};
  };
  const auto code = [&](std::vector<settlement::Counted> counters) {
    request.counters = std::move(counters);
    return code_of(till.post("/v1/hold", protocol::encode(request)));
  };
  CHECK(code({counted("wuhan-employee", "2026-01-01"), counted("wuhan-employee", "2026-01-01")}) == "malformed");
  CHECK(code({counted("wuhan-employee", "2026-02-01")}) == "hold_window");  // no window begins then
  CHECK(code({counted("wuhan-employee", "2025-01-01")}) == "hold_window");  // that year is over
  CHECK(code({counted("wuhan-employee", "2027-01-01")}) == "hold_window");  // and that one has not begun
  CHECK(code({counted("yuxi-employee", "2026-01-01")}) == "hold_window");   // not this person's scheme
  request.counters = {counted("wuhan-employee", "2026-01-01")};
  CHECK(till.post("/v1/hold", protocol::encode(request)).status == 200);
}

TEST_CASE("two terminals that share a family account cannot overdraw it") {
  TestCentre centre;
  TestTill first(centre, pharmacy), second(centre, pharmacy);
  const auto mine = *first.person(wang_fang);  // draws on chen-wei's 1000.00 after her own 30.00
  const auto his = *second.person(chen_wei);   // draws on his own 1000.00
  auto hers = first.sale(mine, {Money::yuan(830)});
  auto own = second.sale(his, {Money::yuan(300)});
  REQUIRE(hers.settlement.totals.acct_mulaid_pay == Money::yuan(800));
  REQUIRE(own.settlement.totals.acct_pay == Money::yuan(300));
  CHECK(first.hold(hers).status == 200);
  CHECK(code_of(second.hold(own)) == "hold_insufficient");
  auto smaller = second.sale(*second.person(chen_wei), {Money::yuan(300)});
  CHECK(smaller.settlement.totals.acct_pay == Money::yuan(200));
  CHECK(second.hold(smaller).status == 200);
  first.append(hers);
  second.append(smaller);
  first.sync();
  second.sync();
  CHECK(first.verdict_of(1).kind == record::VerdictKind::accepted);
  CHECK(second.verdict_of(1).kind == record::VerdictKind::accepted);
  CHECK(centre.balance("person:" + chen_wei + ":prior") == Money{});
  CHECK(centre.in_balance());
}

TEST_CASE("two terminals cannot both use the last of a benefit") {
  TestCentre centre;
  TestTill first(centre, clinic), second(centre, clinic);
  // 1200.00 of the year's limit are used; both sales would take more than half of the rest.
  auto one = first.sale(*first.person(li_jianguo), {Money::yuan(2400), settlement::AccountUse::none});
  auto two = second.sale(*second.person(li_jianguo), {Money::yuan(2400), settlement::AccountUse::none});
  REQUIRE(one.settlement.totals.fund_pay_sumamt > Money::yuan(1500));
  CHECK(first.hold(one).status == 200);
  CHECK(code_of(second.hold(two)) == "hold_insufficient");
  auto rest = second.sale(*second.person(li_jianguo), {Money::yuan(2400), settlement::AccountUse::none});
  CHECK(rest.settlement.totals.fund_pay_sumamt < one.settlement.totals.fund_pay_sumamt);
  CHECK(second.hold(rest).status == 200);
}

TEST_CASE("a hold is used by its sale, freed by its till, or freed when the log has passed it") {
  TestCentre centre;
  TestTill till(centre, pharmacy);
  const auto snapshot = *till.person(chen_wei);
  auto used = till.sale(snapshot, {Money::yuan(10)}), released = till.sale(snapshot, {Money::yuan(20)}),
       forgotten = till.sale(snapshot, {Money::yuan(40)});
  for (auto* sale : {&used, &released, &forgotten}) REQUIRE(till.hold(*sale).status == 200);
  till.append(used);
  auto request = till.sync_request();
  request.released_holds = {released.backing_id, "H-nobody"};
  const auto response = till.send(request);
  REQUIRE(response.status == 200);
  CHECK(protocol::decode_sync_answer(response.body)->open_holds == std::vector<std::string>{forgotten.backing_id});
  CHECK(code_of(till.post("/v1/hold", protocol::encode(till.hold_request(released)))) == "hold_closed");

  TestTill other(centre, pharmacy);
  till.sync();
  CHECK(other.person(chen_wei)->accounts[0].balc == Money::yuan(950));
  // Time alone frees nothing: the till may have sold on it and be off line.
  centre.clock.advance(std::chrono::hours(3));
  CHECK(other.person(chen_wei)->accounts[0].balc == Money::yuan(950));
  CHECK(till.sync().open_holds.empty());  // the whole log, after the hold's end, without that sale
  CHECK(other.person(chen_wei)->accounts[0].balc == Money::yuan(990));
}

TEST_CASE("a sale on a hold stands as held, however late it comes; a silent till's hold ends after the late days") {
  TestCentre centre;
  TestTill till(centre, pharmacy), silent(centre, pharmacy);
  auto sale = till.sale(*till.person(chen_wei), {Money::yuan(600)});
  REQUIRE(till.hold(sale).status == 200);
  auto lost = silent.sale(*silent.person(zhao_min), {Money::yuan(100)});
  REQUIRE(silent.hold(lost).status == 200);
  till.append(sale);
  centre.clock.advance(std::chrono::hours(24 * 20));
  centre.service->idle(centre.clock.wall());
  till.sync();
  CHECK(till.verdict_of(1).kind == record::VerdictKind::accepted);
  CHECK(centre.balance("person:" + chen_wei + ":prior") == Money::yuan(400));
  CHECK(centre.balance(risk_reserve_account) == Money{});

  CHECK(till.person(zhao_min)->accounts[0].balc == Money::fen(2050));
  centre.clock.advance(std::chrono::hours(24 * 11));
  centre.service->idle(centre.clock.wall());
  CHECK(till.person(zhao_min)->accounts[0].balc == Money::fen(12050));
}

TEST_CASE("a hold that is asked for after its sale was booked sets nothing aside") {
  TestCentre centre;
  TestTill till(centre, pharmacy);
  auto sale = till.sale(*till.person(chen_wei), {Money::yuan(10)});
  const auto late = protocol::encode(till.hold_request(sale));
  sale.backing = record::Backing::reserve;  // the answer was not waited for
  till.append(sale);
  till.sync();
  CHECK(code_of(till.post("/v1/hold", late)) == "hold_closed");
  TestTill other(centre, pharmacy);
  CHECK(other.person(chen_wei)->accounts[0].balc == Money::yuan(990));
}

TEST_CASE("a hold does not make a wrong split right") {
  TestCentre centre;
  TestTill till(centre, clinic);
  // What the law gives to the fund, the till takes from the account: enough is set aside for it, but it is not the law.
  auto sale = till.sale(*till.person(wang_fang), {Money::yuan(20)});
  settlement::Totals& totals = sale.settlement.totals;
  const Money fund = totals.fund_pay_sumamt;
  REQUIRE(fund > Money{});
  totals.hifp_pay = totals.fund_pay_sumamt = Money{};
  totals.psn_part_amt = totals.medfee_sumamt;
  totals.acct_pay += fund;
  sale.settlement.accounts.at(0).paid += fund;
  sale.settlement.ytd = sale.claim.ytd;
  sale.counted.clear();
  REQUIRE(till.hold(sale).status == 200);
  till.append(sale);
  till.sync();
  CHECK(till.verdict_of(1).kind == record::VerdictKind::adjusted);
  CHECK(till.verdict_of(1).stands.fund == fund);
  CHECK(centre.in_balance());
}

}  // namespace gongji::centre
