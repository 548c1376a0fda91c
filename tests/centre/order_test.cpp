// Emergency orders at the centre: told to the terminals of their places, and what they stand behind.
#include <catch2/catch.hpp>

#include "offline/settlement/bounds.h"
#include "offline/settlement/settle.h"
#include "sync/centre/orders.h"
#include "sync/centre/troubles.h"
#include "tests/centre/fixture.h"

namespace gongji::centre {
namespace {

constexpr const char* plan_text = R"({"areas": ["4201"], "med_types": ["41"], "reference": "应急〔2026〕1号",
  "start": "2026-11-20 08:00:00", "end": "2026-11-25 08:00:00",
  "reserve": [{"presence": "card_read_here", "per_sale_max": "900.00", "per_person_day_max": "900.00",
               "total_max": "9000.00", "count_max": 50, "hours_max": 240}]})";

record::EmergencyOrder plan(const TestCentre& centre) {
  auto order = read_order_plan(plan_text);
  REQUIRE(order.has_value());
  order->start = centre.clock.wall().plus(-std::chrono::hours(1));
  order->end = centre.clock.wall().plus(std::chrono::hours(24));
  return *order;
}

record::EmergencyOrder issue(TestCentre& centre, const record::EmergencyOrder& order) {
  const auto item = centre.service->issue_order(order, false, centre.clock.wall());
  REQUIRE(item.has_value());
  return *record::decode_order(item->bytes);
}

// A pharmacy's till that sells 200.00 by an account that others have emptied meanwhile.
struct Stale {
  TestCentre centre;
  TestTill till{centre, pharmacy};
  record::Snapshot snapshot = *till.person(zhao_min);

  Stale() {
    TestTill other(centre, pharmacy);
    other.append(other.sale(*other.person(zhao_min), {Money::yuan(900)}));
    other.sync();
    REQUIRE(centre.balance(risk_reserve_account) == Money{});
  }
  record::Sale sale(const std::string& order_id) {
    auto sale = till.sale(snapshot, {Money::yuan(200)});
    REQUIRE(sale.backing == record::Backing::reserve);
    sale.backing_id = order_id;
    return sale;
  }
  // Who bears what does not stand of it.
  std::pair<Money, Money> bearers(const record::Sale& sale) {
    const Money site = centre.balance(site_account(pharmacy));
    till.append(sale);
    till.sync();
    CHECK(till.verdict_of(till.log.size()).kind == record::VerdictKind::adjusted);
    CHECK(centre.in_balance());
    const record::PayerShares told = record::payer_shares(sale.settlement);
    const Money owed = told.fund + told.account + told.family;
    return {-centre.balance(risk_reserve_account), owed - (centre.balance(site_account(pharmacy)) - site)};
  }
};

}  // namespace

TEST_CASE("an officer's file is an order, and what is wrong in it is named") {
  const auto order = read_order_plan(plan_text);
  REQUIRE(order.has_value());
  CHECK(order->areas == std::vector<std::string>{"4201"});
  CHECK(order->med_types == std::vector<std::string>{"41"});
  CHECK(to_string(civil_time_at(order->end)) == "2026-11-25 08:00:00");
  REQUIRE(order->reserve.size() == 1);
  CHECK(order->reserve[0].per_sale_max == Money::yuan(900));
  const auto path_of = [](const std::string& from, const std::string& to) {
    std::string text = plan_text;
    text.replace(text.find(from), from.size(), to);
    const auto read = read_order_plan(text);
    REQUIRE(read.has_error());
    CHECK(read.error().text == &troubles::order_invalid);
    return read.error().path;
  };
  CHECK(path_of("[\"4201\"]", "[]") == "areas");
  CHECK(path_of("\"4201\"", "\"42x1\"") == "areas");
  CHECK(path_of("2026-11-25 08:00:00", "2026-11-20 08:00:00") == "end");
  CHECK(path_of("2026-11-25 08:00:00", "tomorrow") == "end");
  CHECK(path_of("card_read_here", "card") == "reserve[0].presence");
  CHECK(path_of("\"reference\"", "\"because\"") == "reference");
}

TEST_CASE("an order is told once to each terminal of its places, to later ones too, and a later word replaces it") {
  TestCentre centre;
  TestTill first(centre, pharmacy);
  auto made = plan(centre);
  made.areas = {"9999"};
  issue(centre, made);  // elsewhere
  const auto order = issue(centre, plan(centre));
  TestTill second(centre, clinic);
  for (TestTill* till : {&first, &second}) {
    till->sync();
    REQUIRE(till->orders.size() == 1);
    CHECK(record::verify(till->enrolled.authority_public_key, record::order_tag, till->orders[0]));
    CHECK(*record::decode_order(till->orders[0].bytes) == order);
    till->sync();
    CHECK(till->orders.size() == 1);
  }
  REQUIRE(centre.service->withdraw_order(order.id, centre.clock.wall()).has_value());
  first.sync();
  REQUIRE(first.orders.size() == 2);
  const auto later = *record::decode_order(first.orders[1].bytes);
  CHECK(later.id == order.id);
  CHECK(later.withdrawn);
  CHECK(later.issued > order.issued);  // by a clock that stood still
  const auto newest = centre.service->newest_orders();
  REQUIRE(newest.has_value());
  CHECK(newest->back() == later);

  const auto unknown = centre.service->withdraw_order(Id{}, centre.clock.wall());
  REQUIRE(unknown.has_error());
  CHECK(unknown.error().text == &troubles::order_unknown);
}

TEST_CASE("an order that has ended is not told any more, and a new epoch is told anew") {
  TestCentre centre;
  const auto order = issue(centre, plan(centre));
  TestTill till(centre, pharmacy);
  till.sync();
  CHECK(till.orders.size() == 1);
  TestTill again(centre, pharmacy, till.enrolled.terminal);
  again.sync();
  CHECK(again.orders.size() == 1);
  centre.clock.advance(order.end - centre.clock.wall());
  TestTill late(centre, pharmacy);
  late.sync();
  CHECK(late.orders.empty());
}

TEST_CASE("within its order the authority bears what does not stand of a sale") {
  Stale s;
  const auto order = issue(s.centre, plan(s.centre));
  CHECK(s.bearers(s.sale(to_string(order.id))) == std::pair(Money::fen(12050), Money{}));
}

TEST_CASE("an order that was withdrawn meanwhile still stands behind what a till sold on it") {
  Stale s;
  const auto order = issue(s.centre, plan(s.centre));
  REQUIRE(s.centre.service->withdraw_order(order.id, s.centre.clock.wall()).has_value());
  CHECK(s.bearers(s.sale(to_string(order.id))) == std::pair(Money::fen(12050), Money{}));
}

TEST_CASE(
    "outside its order the site bears what does not stand: another order, place, kind, time, or beyond its limit") {
  Stale s;
  auto made = plan(s.centre);
  std::string id = to_string(Id{});
  SECTION("an order that nobody issued") {}
  SECTION("not a number of an order") {
    id = "order";
  }
  SECTION("another place") {
    made.areas = {"4202"};
    id = to_string(issue(s.centre, made).id);
  }
  SECTION("another kind of visit") {
    made.med_types = {"11"};
    id = to_string(issue(s.centre, made).id);
  }
  SECTION("before its start") {
    made.start = s.centre.clock.wall().plus(std::chrono::hours(1));
    id = to_string(issue(s.centre, made).id);
  }
  SECTION("after its end") {
    made.end = s.centre.clock.wall();
    id = to_string(issue(s.centre, made).id);
  }
  SECTION("another presence") {
    made.reserve[0].presence = record::Presence::voucher_signed;
    id = to_string(issue(s.centre, made).id);
    auto sale = s.sale(id);
    sale.presence = record::Presence::token_online;
    CHECK(s.bearers(sale) == std::pair(Money{}, Money::fen(12050)));
    return;
  }
  CHECK(s.bearers(s.sale(id)) == std::pair(Money{}, Money::fen(12050)));
}

TEST_CASE("a sale at the fund's least share is made up by the centre, in the patient's favour") {
  for (const auto accounts : {settlement::AccountUse::none, settlement::AccountUse::own}) {
    TestCentre centre;
    TestTill till(centre, clinic);
    auto told = till.sale(*till.person(wang_fang), {Money::yuan(200), accounts});
    const Money fund = told.settlement.totals.fund_pay_sumamt;
    REQUIRE(fund > Money{});
    const auto laws = packs::built_in_packs();
    const auto& policy = *std::get<packs::Chosen>(laws.choose(told.claim)).policy;
    const auto bounds = std::get<settlement::ShareBounds>(settlement::share_bounds(told.claim, policy));
    REQUIRE(bounds.lowest < fund);
    REQUIRE_FALSE(bounds.at_lowest.empty());
    told.lowest = record::LowestShare{told.claim.ytd, bounds.last_known};
    told.claim.ytd = bounds.at_lowest;
    told.settlement =
        std::get<settlement::Settlement>(settlement::settle(told.claim, policy, settlement::TraceWish::none));
    told.counted = settlement::counted_between(policy, told.claim.ytd, told.settlement.ytd, told.claim.begntime.day);
    const auto shares = record::payer_shares(told.settlement);
    REQUIRE(shares.fund == bounds.lowest);
    told.backing = shares.fund + shares.account == Money{} ? record::Backing::nothing : record::Backing::reserve;
    till.append(told);
    till.sync();
    const auto& verdict = till.verdict_of(1);
    CHECK(verdict.kind == record::VerdictKind::adjusted);
    CHECK(verdict.reason == "fund_made_up");
    CHECK_FALSE(verdict.article.empty());
    CHECK(verdict.stands.fund == fund);
    CHECK(verdict.difference.fund == fund - bounds.lowest);
    CHECK(verdict.difference.account <= Money{});
    CHECK(verdict.difference.cash <= Money{});
    // What was paid in cash and is not the patient's to pay is owed to them; nobody's reserve bears anything.
    CHECK(centre.balance(due_to_patients_account) == -verdict.difference.cash);
    CHECK(centre.balance(risk_reserve_account) == Money{});
    CHECK(centre.counter(wang_fang, "op.fund") == fund);
    CHECK(centre.in_balance());
  }
}

TEST_CASE("terms.json says the basis of the fund's promise, the window of split sales and a paper's days") {
  const TermsPlan plain = default_terms_plan();
  const auto read = read_terms_plan(to_json_text(plain));
  REQUIRE(read.has_value());
  CHECK(read->fund_basis == record::FundBasis::last_known);
  CHECK(read->split_window_minutes == 0);
  CHECK(read->paper_days == 0);
  TermsPlan strict = plain;
  strict.fund_basis = record::FundBasis::lowest;
  strict.split_window_minutes = 60;
  strict.paper_days = 90;
  const auto again = read_terms_plan(to_json_text(strict));
  REQUIRE(again.has_value());
  CHECK(again->fund_basis == record::FundBasis::lowest);
  CHECK(again->split_window_minutes == 60);
  CHECK(again->paper_days == 90);
  std::string wrong = to_json_text(strict);
  wrong.replace(wrong.find("lowest"), 6, "middle");
  REQUIRE(read_terms_plan(wrong).has_error());
  CHECK(read_terms_plan(wrong).error().path == "fund_basis");
}

}  // namespace gongji::centre
