#include "offline/settlement/settle.h"

#include <rapidcheck/catch.h>

#include <catch2/catch.hpp>

#include "offline/packs/packs.h"
#include "tests/settlement/claims.h"
#include "tests/settlement/identities.h"
#include "tests/settlement/oracle.h"

using namespace gongji;
using namespace gongji::settlement;
using namespace gongji::testing;

namespace {

const packs::PackSet& packs_in_test() {
  static const packs::PackSet packs = packs::built_in_packs();
  return packs;
}
const Policy& wuhan(Day day) {
  const Policy* policy = packs_in_test().find("wuhan-employee@2023-02-01", day);
  REQUIRE(policy != nullptr);
  return *policy;
}

// What the accounts pay, from the lines' columns: each account in turn, at most its balance and what is owed.
void require_accounts(const Claim& claim, const Settlement& settlement, const OracleAnswer& by_hand) {
  Money owed;
  std::vector<std::int64_t> weights, shares;
  for (std::size_t i = 0; i < claim.lines.size(); ++i) {
    const Money open = claim.lines[i].det_item_fee_sumamt - settlement.lines[i].fund;
    weights.push_back(by_hand.account_may_pay[i] ? open.in_fen() : 0);
    shares.push_back(settlement.lines[i].account.in_fen());
    owed += Money::fen(weights.back());
    RC_ASSERT(by_hand.account_may_pay[i] || shares.back() == 0);
  }
  // everything that may pay here reaches the same lines, so the column is one division
  RC_ASSERT(is_fair(shares, weights));

  std::vector<AccountPayment> expected;
  for (const bool own : {true, false}) {
    for (const Account& account : claim.accounts) {
      if (account.is_own() != own) continue;
      if (claim.acct_used_flag == AccountUse::none || (!own && claim.acct_used_flag != AccountUse::family)) continue;
      if (!own && (!account.listed || account.relation == Relation::other || account.scheme == "nowhere-employee")) {
        continue;
      }
      const Money paid = min(account.balc, owed);
      if (paid == Money()) continue;
      expected.push_back({account.owner, account.kind, paid});
      owed -= paid;
    }
  }
  RC_ASSERT(settlement.accounts == expected);
}

}  // namespace

TEST_CASE("every settlement adds up, agrees with the articles done by hand, and divides fairly") {
  rc::prop("any claim", [] {
    const Claim claim = *any_claim();
    const OracleAnswer by_hand = wuhan_by_hand(claim);
    const Outcome outcome = settle(claim, wuhan(claim.begntime.day), TraceWish::none);
    const auto* refusal = std::get_if<Refusal>(&outcome);
    RC_ASSERT((refusal != nullptr) == by_hand.refused.has_value());
    if (refusal != nullptr) {
      RC_ASSERT(refusal->code == *by_hand.refused);
      RC_ASSERT(!refusal->article.empty());
      RC_TAG("refused");
      return;
    }
    const auto& settlement = std::get<Settlement>(outcome);
    require_identities(claim, settlement);
    RC_ASSERT(settlement.totals.fulamt_ownpay_amt.in_fen() == by_hand.own_cost);
    RC_ASSERT(settlement.totals.overlmt_selfpay.in_fen() == by_hand.over_limit);
    RC_ASSERT(settlement.totals.preselfpay_amt.in_fen() == by_hand.first_part);
    RC_ASSERT(settlement.totals.inscp_scp_amt.in_fen() == by_hand.in_scope);
    RC_ASSERT(settlement.totals.act_pay_dedc.in_fen() == by_hand.deductible);
    RC_ASSERT(settlement.totals.hifp_pay.in_fen() == by_hand.fund);
    RC_ASSERT(settlement.ytd == (std::vector<Counter>{{"op.deductible", Money::fen(by_hand.counter_deductible)},
                                                      {"op.fund", Money::fen(by_hand.counter_fund)}}));
    std::vector<std::int64_t> shares;
    for (const LineShares& line : settlement.lines) shares.push_back(line.fund.in_fen());
    RC_ASSERT(is_fair(shares, by_hand.line_in_scope));
    require_accounts(claim, settlement, by_hand);
    RC_TAG(settlement.totals.hifp_pay > Money() ? "fund share" : "no fund share");
  });
}

TEST_CASE("a trace changes nothing, cites an article in every step, and its steps lead to the totals") {
  rc::prop("any claim", [] {
    const Claim claim = *any_claim();
    const Policy& policy = wuhan(claim.begntime.day);
    const Outcome without = settle(claim, policy, TraceWish::none);
    Outcome with = settle(claim, policy, TraceWish::steps);
    if (std::holds_alternative<Refusal>(without)) {
      RC_ASSERT(with == without);
      return;
    }
    auto& traced = std::get<Settlement>(with);
    const std::vector<Step> trace = std::move(traced.trace);
    traced.trace.clear();
    RC_ASSERT(with == without);

    Money own, over, first, deductible, accounts, family;
    Money fund;
    for (const Step& step : trace) {
      RC_ASSERT(!step.article.empty());
      RC_ASSERT(!step.source.empty());
      RC_ASSERT(!step.rule.empty());
      RC_ASSERT(!step.value.empty());
      RC_ASSERT(step.holds_from.has_value());
      const Money difference = step.before - step.after;
      if (step.step == "own_cost") own += difference;
      if (step.step == "over_limit") over += difference;
      if (step.step == "class_b_first_part" || step.step == "cross_region_first_part") first += difference;
      if (step.step == "deductible") deductible += difference;
      if (step.step == "fund_ratio" || step.step == "cap") fund = step.after;
      if (step.step == "own_account" || step.step == "family_account") accounts += difference;
      if (step.step == "family_account") family += difference;
    }
    const Totals& t = traced.totals;
    RC_ASSERT(own == t.fulamt_ownpay_amt);
    RC_ASSERT(over == t.overlmt_selfpay);
    RC_ASSERT(first == t.preselfpay_amt);
    RC_ASSERT(deductible == t.act_pay_dedc);
    RC_ASSERT(fund == t.fund_pay_sumamt);
    RC_ASSERT(accounts == t.acct_pay);
    RC_ASSERT(family == t.acct_mulaid_pay);
  });
}

TEST_CASE("memory used again leaves no trace of the claim before") {
  rc::prop("two claims", [] {
    const Claim first = *any_claim();
    const Claim second = *any_claim();
    Settlement used;
    SettlementMemory memory;
    (void)settle_into(first, wuhan(first.begntime.day), TraceWish::steps, used, memory);
    const auto refusal = settle_into(second, wuhan(second.begntime.day), TraceWish::steps, used, memory);
    const Outcome fresh = settle(second, wuhan(second.begntime.day), TraceWish::steps);
    if (refusal.has_value()) {
      RC_ASSERT(std::get<Refusal>(fresh) == *refusal);
    } else {
      RC_ASSERT(std::get<Settlement>(fresh) == used);
    }
  });
}
