// Partial refunds at the centre: booked as both entries, judged as the sale was, guaranteed as the sale was.
#include <rapidcheck.h>

#include <catch2/catch.hpp>

#include "offline/settlement/refund.h"
#include "offline/settlement/settle.h"
#include "tests/centre/fixture.h"

namespace gongji::centre {
namespace {

using record::VerdictKind;
using settlement::KeptLine;

const packs::PackSet& law() {
  static const packs::PackSet packs = packs::built_in_packs();
  return packs;
}

const settlement::Policy& policy_for(const record::Sale& sale) {
  return *std::get<packs::Chosen>(law().choose(sale.claim)).policy;
}

void settle(record::Sale& sale) {
  const auto& policy = policy_for(sale);
  sale.settlement =
      std::get<settlement::Settlement>(settlement::settle(sale.claim, policy, settlement::TraceWish::none));
  sale.counted = settlement::counted_between(policy, sale.claim.ytd, sale.settlement.ytd, sale.claim.begntime.day);
  const auto shares = record::payer_shares(sale.settlement);
  const bool cash = shares.cash == sale.settlement.totals.medfee_sumamt;
  sale.backing = cash ? record::Backing::nothing : record::Backing::reserve;
}

// Goods of these prices, each once, as this till answers.
record::Sale sale_of(TestTill& till, const std::string& psn_no, const std::vector<Money>& prices,
                     std::optional<CivilTime> served = std::nullopt) {
  record::Sale sale = till.sale(*till.person(psn_no), {Money::yuan(1), settlement::AccountUse::family, served});
  const settlement::Line like = sale.claim.lines.front();
  sale.claim.lines.clear();
  for (const Money price : prices) {
    settlement::Line line = like;
    line.feedetl_sn = std::to_string(sale.claim.lines.size() + 1);
    line.pric = {price.in_fen() * 10'000};
    line.det_item_fee_sumamt = price;
    sale.claim.lines.push_back(line);
  }
  settle(sale);
  return sale;
}

// What is kept of it, as a till answers without asking anybody.
record::Sale kept_of(TestTill& till, const record::Entry& entry, const record::Sale& sold,
                     const std::vector<KeptLine>& lines) {
  const auto back =
      std::get<settlement::Refund>(settlement::refund(sold.claim, sold.settlement, policy_for(sold), lines));
  record::Sale kept = sold;
  kept.sale_id = make_id(till.centre.clock.wall(), till.centre.random);
  kept.key.msgid = to_string(kept.sale_id);
  kept.kept_from = record::KeptFrom{sold.sale_id, entry.head.seq};
  kept.claim = *back.kept;
  kept.settlement = *back.settled_again;
  kept.counted =
      settlement::counted_between(policy_for(sold), kept.claim.ytd, kept.settlement.ytd, kept.claim.begntime.day);
  return kept;
}

record::Entry refund(TestTill& till, const record::Entry& entry, const record::Sale& sold, const record::Sale& kept) {
  till.append(till.cancel_of(entry, sold));
  return till.append(kept);
}

const settlement::Quantity one{10'000};
const std::string wang_account = person_account(wang_fang, settlement::AccountKind::prior);
const std::string chen_account = person_account(chen_wei, settlement::AccountKind::prior);

}  // namespace

TEST_CASE("a partial refund is booked as both entries, and the ledger stands as if only the kept goods had been sold") {
  TestCentre centre, alone;
  TestTill till(centre, clinic), other(alone, clinic);
  const auto sold = sale_of(till, wang_fang, {Money::yuan(120), Money::yuan(80)});
  const auto entry = till.append(sold);
  const auto kept = kept_of(till, entry, sold, {{"2", one}});
  SECTION("before the sale was ever sent") {
    refund(till, entry, sold, kept);
  }
  SECTION("after the centre had judged it") {
    till.sync();
    refund(till, entry, sold, kept);
  }
  till.sync();
  for (const std::uint64_t seq : {1, 2, 3}) CHECK(till.verdict_of(seq).kind == VerdictKind::accepted);
  CHECK(till.verdict_of(3).stands == record::payer_shares(kept.settlement));

  auto directly = sale_of(other, wang_fang, {Money::yuan(80)});
  other.append(directly);
  other.sync();
  for (const auto& account : {wang_account, chen_account, fund_account("310"), site_account(clinic)}) {
    CHECK(centre.balance(account) == alone.balance(account));
  }
  CHECK(centre.counter(wang_fang, "op.fund") == alone.counter(wang_fang, "op.fund"));
  CHECK(centre.counter(wang_fang, "op.deductible") == alone.counter(wang_fang, "op.deductible"));
  CHECK(centre.balance(risk_reserve_account) == Money{});
  CHECK(centre.in_balance());
}

TEST_CASE("what is kept is judged with what stood before the sale, also behind later ones, and settles nothing anew") {
  TestCentre centre;
  TestTill till(centre, clinic), late(centre, pharmacy);
  const auto sold = sale_of(till, wang_fang, {Money::yuan(120), Money::yuan(300)});
  const auto entry = till.append(sold);
  till.sync();
  auto later = sale_of(till, wang_fang, {Money::yuan(200)});
  // Two desks within one second: the place in the log decides.
  SECTION("later by seconds") {}
  SECTION("in the same second") {
    later.claim.begntime = sold.claim.begntime;
    settle(later);
  }
  till.append(later);
  till.sync();
  REQUIRE(till.verdict_of(2).kind == VerdictKind::accepted);
  refund(till, entry, sold, kept_of(till, entry, sold, {{"2", one}}));
  till.sync();
  CHECK(till.verdict_of(4).kind == VerdictKind::accepted);
  CHECK(till.verdict_count_of(2) == 1);
  CHECK(centre.balance(risk_reserve_account) == Money{});
  CHECK(centre.in_balance());

  SECTION("an earlier one that arrives late settles both again, in their order") {
    auto early = late.sale(*late.person(wang_fang),
                           {Money::yuan(40), settlement::AccountUse::none,
                            civil_time_at(wall_time_of(sold.claim.begntime).plus(std::chrono::hours(-1)))});
    late.append(early);
    late.sync();
    till.sync();
    CHECK(centre.in_balance());
  }
}

TEST_CASE("what is kept of a sale stands as it was told, also where an earlier sale was cancelled in between") {
  TestCentre centre;
  TestTill till(centre, pharmacy);
  const auto early = sale_of(till, chen_wei, {Money::yuan(990)});
  const auto early_entry = till.append(early);
  till.sync();
  REQUIRE(centre.balance(chen_account) < Money::yuan(60));
  const auto sold = sale_of(till, chen_wei, {Money::yuan(100), Money::yuan(200)});
  REQUIRE(record::payer_shares(sold.settlement).cash > Money::yuan(200));
  const auto entry = till.append(sold);
  till.append(till.cancel_of(early_entry, early));
  const bool synced_before = GENERATE(true, false);
  if (synced_before) till.sync();
  const auto kept = kept_of(till, entry, sold, {{"2", one}});
  refund(till, entry, sold, kept);
  till.sync();
  const auto seq = till.log.size();
  CHECK(till.verdict_of(seq).kind == VerdictKind::accepted);
  CHECK(till.verdict_of(seq).stands == record::payer_shares(kept.settlement));
  CHECK(centre.balance(chen_account) == Money::yuan(1000) - record::payer_shares(kept.settlement).account);
  CHECK(centre.in_balance());
}

TEST_CASE("what was guaranteed is guaranteed in part too, whatever others were promised since") {
  TestCentre centre;
  TestTill till(centre, clinic), other(centre, pharmacy);
  auto sold = sale_of(till, chen_wei, {Money::yuan(900), Money::yuan(60)});
  REQUIRE(till.hold(sold).status == 200);
  REQUIRE(sold.backing == record::Backing::hold);
  const auto entry = till.append(sold);
  till.sync();
  // Everything that is left is set aside for another till.
  auto elsewhere = sale_of(other, chen_wei, {Money::yuan(2'000)});
  REQUIRE(other.hold(elsewhere).status == 200);
  const auto kept = kept_of(till, entry, sold, {{"1", one}});
  refund(till, entry, sold, kept);
  till.sync();
  CHECK(till.verdict_of(3).kind == VerdictKind::accepted);
  CHECK(centre.balance(site_account(clinic)) == record::payer_shares(kept.settlement).fund +
                                                    record::payer_shares(kept.settlement).account +
                                                    record::payer_shares(kept.settlement).family);
  other.append(elsewhere);
  other.sync();
  CHECK(other.verdict_of(1).kind == VerdictKind::accepted);
  CHECK(centre.balance(risk_reserve_account) == Money{});
  CHECK(centre.in_balance());
}

TEST_CASE("after New Year what comes back goes to the year that it was counted in") {
  TestCentre centre;
  const CivilTime eve = *parse_civil_time("2026-12-31 23:50:00");
  while (centre.clock.wall() < wall_time_of(eve)) centre.clock.advance(std::chrono::hours(1));
  TestTill till(centre, clinic);
  const auto sold = sale_of(till, wang_fang, {Money::yuan(120), Money::yuan(80)}, eve);
  const Money before = centre.counter(wang_fang, "op.fund", eve.day);
  const auto entry = till.append(sold);
  till.sync();
  centre.clock.advance(std::chrono::hours(48));
  const auto kept = kept_of(till, entry, sold, {{"2", one}});
  refund(till, entry, sold, kept);
  till.sync();
  CHECK(till.verdict_of(3).kind == VerdictKind::accepted);
  CHECK(centre.counter(wang_fang, "op.fund", eve.day) == before + record::payer_shares(kept.settlement).fund);
  CHECK(centre.counter(wang_fang, "op.fund", eve.day.plus_days(1)) == Money{});
  CHECK(centre.in_balance());
}

TEST_CASE("what is kept without its cancellation before it, or with more than was sold, is refused by name") {
  TestCentre centre;
  TestTill till(centre, clinic);
  const auto sold = sale_of(till, wang_fang, {Money::yuan(120), Money::yuan(80)});
  const auto entry = till.append(sold);
  auto kept = kept_of(till, entry, sold, {{"2", one}});
  SECTION("not cancelled") {
    till.append(kept);
  }
  SECTION("another entry between them") {
    till.append(till.cancel_of(entry, sold));
    till.append(sale_of(till, chen_wei, {Money::yuan(5)}));
    till.append(kept);
  }
  SECTION("twice for one cancellation") {
    refund(till, entry, sold, kept);
    kept.sale_id = make_id(centre.clock.wall(), centre.random);
    till.append(kept);
  }
  SECTION("for another person") {
    kept.claim.person.psn_no = chen_wei;
    refund(till, entry, sold, kept);
  }
  SECTION("more than was sold") {
    kept.claim.lines[0].det_item_fee_sumamt = kept.claim.lines[0].det_item_fee_sumamt + Money::yuan(1);
    settle(kept);
    refund(till, entry, sold, kept);
  }
  till.sync();
  const auto& verdict = till.verdict_of(till.log.size());
  CHECK(verdict.kind == VerdictKind::refused);
  CHECK(verdict.reason == "refund_unpaired");
  CHECK(centre.in_balance());
}

TEST_CASE("whatever comes back in whatever steps, the ledger ends as if the rest had been sold alone") {
  const auto holds = rc::check("steps of refunds", [] {
    TestCentre centre, alone;
    TestTill till(centre, clinic), other(alone, clinic);
    const std::string psn_no = *rc::gen::element(wang_fang, li_jianguo, zhao_min, chen_wei);
    std::vector<Money> prices;
    const auto count = *rc::gen::inRange<std::size_t>(2, 5);
    for (std::size_t i = 0; i < count; ++i) prices.push_back(Money::fen(*rc::gen::inRange(1, 120'000)));
    record::Sale sold = sale_of(till, psn_no, prices);
    const record::Sale first = sold;
    record::Entry entry = till.append(sold);
    if (*rc::gen::arbitrary<bool>()) till.sync();
    std::vector<std::string> left;
    for (std::size_t i = 0; i < count; ++i) left.push_back(std::to_string(i + 1));
    const auto steps = *rc::gen::inRange<std::size_t>(1, count + 1);
    for (std::size_t step = 0; step < steps && !left.empty(); ++step) {
      left.erase(left.begin() + static_cast<std::ptrdiff_t>(*rc::gen::inRange<std::size_t>(0, left.size())));
      if (left.empty()) {
        till.append(till.cancel_of(entry, sold));
        break;
      }
      std::vector<KeptLine> lines;
      for (const auto& number : left) lines.push_back({number, one});
      const auto kept = kept_of(till, entry, sold, lines);
      entry = refund(till, entry, sold, kept);
      sold = kept;
      if (*rc::gen::arbitrary<bool>()) till.sync();
    }
    till.sync();
    for (std::uint64_t seq = 1; seq <= till.log.size(); ++seq) {
      RC_ASSERT(till.verdict_of(seq).kind == VerdictKind::accepted);
    }
    if (!left.empty()) {
      record::Sale rest = first;
      std::erase_if(rest.claim.lines, [&](const auto& line) {
        return std::find(left.begin(), left.end(), line.feedetl_sn) == left.end();
      });
      settle(rest);
      other.append(rest);
      other.sync();
    }
    RC_ASSERT(centre.in_balance());
    for (const auto& one_of : {wang_fang, li_jianguo, zhao_min, chen_wei}) {
      const auto account = person_account(one_of, settlement::AccountKind::prior);
      RC_ASSERT(centre.balance(account) == alone.balance(account));
    }
    for (const auto& account : {fund_account("310"), site_account(clinic), std::string(risk_reserve_account)}) {
      RC_ASSERT(centre.balance(account) == alone.balance(account));
    }
    for (const char* name : {"op.fund", "op.deductible"}) {
      RC_ASSERT(centre.counter(psn_no, name) == alone.counter(psn_no, name));
    }
  });
  CHECK(holds);
}

}  // namespace gongji::centre
