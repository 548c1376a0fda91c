#include "offline/settlement/refund.h"

#include <catch2/catch.hpp>

#include "offline/packs/packs.h"
#include "offline/settlement/settle.h"
#include "tests/settlement/claims.h"

using namespace gongji;
using namespace gongji::settlement;
using namespace gongji::testing;

namespace {

const packs::PackSet& packs_in_test() {
  static const packs::PackSet packs = packs::built_in_packs();
  return packs;
}
const Policy& wuhan(const Claim& claim) {
  const Policy* policy = packs_in_test().find("wuhan-employee@2023-02-01", claim.begntime.day);
  REQUIRE(policy != nullptr);
  return *policy;
}
Settlement settled(const Claim& claim) {
  const Outcome outcome = settle(claim, wuhan(claim), TraceWish::none);
  REQUIRE(std::holds_alternative<Settlement>(outcome));
  return std::get<Settlement>(outcome);
}
Refund refunded(const Claim& sold, const std::vector<KeptLine>& kept) {
  RefundOutcome outcome = refund(sold, settled(sold), wuhan(sold), kept);
  REQUIRE(std::holds_alternative<Refund>(outcome));
  return std::get<Refund>(std::move(outcome));
}
RefundError fault_of(const Claim& sold, const std::vector<KeptLine>& kept) {
  const RefundOutcome outcome = refund(sold, settled(sold), wuhan(sold), kept);
  REQUIRE(std::holds_alternative<RefundError>(outcome));
  return std::get<RefundError>(outcome);
}

constexpr Quantity pieces(std::int64_t count) {
  return {count * 10'000};
}

// Four boxes at 100.00 and one at 1000.00 at a third-level hospital, paid from the own account, then the spouse's.
Claim two_lines() {
  Claim claim = plain_claim();
  claim.lines = {line("1", Money::yuan(400)), line("2", Money::yuan(1000))};
  claim.lines[0].pric = {100'000'000};
  claim.lines[0].cnt = pieces(4);
  claim.ytd = {{"op.deductible", Money::yuan(100)}};
  claim.acct_used_flag = AccountUse::family;
  claim.accounts = {own_account(Money::yuan(50)), family_account("99999900000000000002", Money::yuan(5000))};
  return claim;
}

}  // namespace

TEST_CASE("a cancellation gives back what every payer paid and what every counter gained") {
  // in-scope 1400, 600 of the deductible still missing, 50 % of 800
  const Claim sold = two_lines();
  const Refund back = cancel(sold, settled(sold));
  CHECK(back.total == Money::yuan(1400));
  CHECK(back.fund == Money::yuan(400));
  CHECK(back.hifp == Money::yuan(400));
  CHECK(back.hifob == Money());
  CHECK(back.account == Money::yuan(1000));
  CHECK(back.family == Money::yuan(950));
  CHECK(back.cash == Money());
  CHECK(back.accounts == std::vector<AccountReturn>{{"self", AccountKind::prior, Money::yuan(50)},
                                                    {"99999900000000000002", AccountKind::prior, Money::yuan(950)}});
  CHECK(back.counters ==
        std::vector<CounterReturn>{{"op.deductible", Money::yuan(600)}, {"op.fund", Money::yuan(400)}});
  CHECK_FALSE(back.kept.has_value());
  CHECK_FALSE(back.settled_again.has_value());
}

TEST_CASE("a partial refund is the difference to the kept lines settled from the counters before the sale") {
  // three of four boxes come back: 1100 in-scope, 600 deductible, 50 % of 500
  const Refund back = refunded(two_lines(), {{"1", pieces(1)}, {"2", pieces(1)}});
  CHECK(back.total == Money::yuan(300));
  CHECK(back.fund == Money::yuan(150));
  CHECK(back.account == Money::yuan(150));
  CHECK(back.family == Money::yuan(150));
  CHECK(back.cash == Money());
  CHECK(back.accounts == std::vector<AccountReturn>{{"99999900000000000002", AccountKind::prior, Money::yuan(150)}});
  CHECK(back.counters == std::vector<CounterReturn>{{"op.deductible", Money()}, {"op.fund", Money::yuan(150)}});
  REQUIRE(back.kept.has_value());
  CHECK(back.kept->lines[0].det_item_fee_sumamt == Money::yuan(100));
  CHECK(back.kept->ytd == two_lines().ytd);
  REQUIRE(back.settled_again.has_value());
  CHECK(back.settled_again->totals.fund_pay_sumamt == Money::yuan(250));
}

TEST_CASE("taking a line back can cost a payer money, and the difference says so") {
  // Line 1 used up the deductible, and no account may pay it.  Sold: the fund paid 50, 6.25 of it for line 2.
  Claim sold = plain_claim();
  sold.lines = {line("1", Money::yuan(700)), line("2", Money::yuan(100))};
  sold.lines[0].kind = LineKind::service;
  sold.acct_used_flag = AccountUse::own;
  sold.accounts = {own_account(Money::yuan(5000))};
  Policy policy = wuhan(sold);
  policy.accounts.institution_goods &= static_cast<std::uint8_t>(~(1u << static_cast<unsigned>(LineKind::service)));
  const auto settlement = std::get<Settlement>(settle(sold, policy, TraceWish::none));
  CHECK(settlement.totals.acct_pay == Money::fen(9375));

  // Kept: line 2 alone is below the deductible, so the account pays all of it.
  const auto back = std::get<Refund>(refund(sold, settlement, policy, std::vector<KeptLine>{{"2", pieces(1)}}));
  CHECK(back.total == Money::yuan(700));
  CHECK(back.fund == Money::yuan(50));
  CHECK(back.account == Money::fen(-625));
  CHECK(back.cash == Money::fen(65625));
  CHECK(back.accounts == std::vector<AccountReturn>{{"self", AccountKind::prior, Money::fen(-625)}});
  CHECK(back.counters == std::vector<CounterReturn>{{"op.deductible", Money::yuan(600)}, {"op.fund", Money::yuan(50)}});
}

TEST_CASE("a line kept whole keeps its amount; a part of it is price times quantity, rounded half up") {
  Claim sold = plain_claim();
  sold.lines = {line("1", Money::fen(100)), line("2", Money::fen(34))};
  sold.lines[0].pric = {333'333};  // 0.333333 x 3 = 0.999999: sold for 1.00, exactly 1.00
  sold.lines[0].cnt = pieces(3);
  const Refund one = refunded(sold, {{"1", pieces(1)}, {"2", pieces(1)}});
  CHECK(one.kept->lines[0].det_item_fee_sumamt == Money::fen(33));
  const Refund half = refunded(sold, {{"1", {15'000}}, {"2", pieces(1)}});  // 0.4999995
  CHECK(half.kept->lines[0].det_item_fee_sumamt == Money::fen(50));

  sold.lines[0].det_item_fee_sumamt = Money::fen(101);  // a fen above, as claims allow
  const Refund whole = refunded(sold, {{"1", pieces(3)}});
  CHECK(whole.kept->lines[0].det_item_fee_sumamt == Money::fen(101));
  CHECK(whole.total == Money::fen(34));
}

TEST_CASE("a part of a line never costs more than the whole did") {
  Claim sold = plain_claim();
  sold.lines = {line("1", Money::fen(99)), line("2", Money::fen(5))};
  sold.lines[0].pric = {1'000'000};  // 1.00, sold for 0.99
  sold.lines[0].cnt = pieces(1);
  const Refund back = refunded(sold, {{"1", {9'999}}});  // 0.9999 rounds to 1.00
  CHECK(back.kept->lines[0].det_item_fee_sumamt == Money::fen(99));
  CHECK(back.total == Money::fen(5));
}

TEST_CASE("what cannot be refunded is told, the first fault by precedence") {
  const Claim sold = two_lines();
  CHECK(fault_of(sold, {{"3", pieces(1)}}) == RefundError{RefundFault::unknown_line, "3"});
  CHECK(fault_of(sold, {{"1", pieces(5)}}) == RefundError{RefundFault::quantity_above_original, "1"});
  CHECK(fault_of(sold, {{"1", {40'001}}}) == RefundError{RefundFault::quantity_above_original, "1"});
  CHECK(fault_of(sold, {{"1", {-1}}}) == RefundError{RefundFault::quantity_negative, "1"});
  CHECK(fault_of(sold, {{"1", pieces(1)}, {"1", pieces(1)}}) == RefundError{RefundFault::line_not_unique, "1"});
  CHECK(fault_of(sold, {{"1", pieces(4)}, {"2", pieces(1)}}) == RefundError{RefundFault::nothing_refunded, ""});
  CHECK(fault_of(sold, {{"1", pieces(5)}, {"9", pieces(1)}}) == RefundError{RefundFault::unknown_line, "9"});

  Claim twins = sold;
  twins.lines[1].feedetl_sn = "1";
  CHECK(fault_of(twins, {{"1", pieces(1)}}) == RefundError{RefundFault::line_not_unique, "1"});
  CHECK(name_of(RefundFault::quantity_above_original) == "quantity_above_original");
}

TEST_CASE("a refund on an undesignated site's sale gives back cash and leaves the counters") {
  Claim sold = two_lines();
  sold.site.designated = false;
  sold.acct_used_flag = AccountUse::none;
  const Refund back = refunded(sold, {{"2", pieces(1)}});
  CHECK(back.cash == Money::yuan(400));
  CHECK(back.counters == std::vector<CounterReturn>{{"op.deductible", Money()}, {"op.fund", Money()}});
}
