// Taking a sale back, whole or in part, under every pack.
#include "offline/settlement/refund.h"

#include <algorithm>

#include "offline/settlement/settle.h"
#include "tests/laws/any_case.h"

using namespace gongji;
using namespace gongji::settlement;
using namespace gongji::testing;

namespace {

// Any sale that settles and whose lines have quantities.
struct Sale {
  Claim claim;
  const Policy& policy;
  Settlement settlement;
};
std::optional<Sale> any_sale(const AnyPack& pack) {
  Claim claim = pack.any_claim();
  const Policy& policy = pack.on(claim.begntime.day);
  Outcome outcome = settle(claim, policy, TraceWish::none);
  auto* settlement = std::get_if<Settlement>(&outcome);
  if (settlement == nullptr) return std::nullopt;
  return Sale{std::move(claim), policy, std::move(*settlement)};
}

Money sum_of(const std::vector<AccountReturn>& returns) {
  Money sum;
  for (const AccountReturn& each : returns) sum += each.back;
  return sum;
}

}  // namespace

TEST_CASE(
    "in every pack refunding everything equals cancelling, and a cancellation restores counters and accounts exactly") {
  for_every_pack([](const AnyPack& pack) {
    const auto sale = any_sale(pack);
    if (!sale.has_value()) return;
    const auto& [claim, policy, settlement] = *sale;
    const Refund cancelled = cancel(claim, settlement);
    const RefundOutcome nothing_kept = refund(claim, settlement, policy, {});
    RC_ASSERT(std::get<Refund>(nothing_kept) == cancelled);

    std::vector<KeptLine> zeros;
    for (const Line& line : claim.lines) {
      if (line.cnt > Quantity{}) zeros.push_back({line.feedetl_sn, {}});
    }
    RC_ASSERT(std::get<Refund>(refund(claim, settlement, policy, zeros)) == cancelled);

    RC_ASSERT(cancelled.total == settlement.totals.medfee_sumamt);
    RC_ASSERT(cancelled.cash == settlement.totals.psn_cash_pay);
    for (const CounterReturn& each : cancelled.counters) {
      Money before, after;
      for (const Counter& counter : claim.ytd) {
        if (counter.name == each.name) before = counter.value;
      }
      for (const Counter& counter : settlement.ytd) {
        if (counter.name == each.name) after = counter.value;
      }
      RC_ASSERT(after - each.back == before);
    }
    std::vector<AccountReturn> paid;
    for (const AccountPayment& payment : settlement.accounts) {
      const auto same = std::find_if(paid.begin(), paid.end(), [&](const AccountReturn& each) {
        return each.owner == payment.owner && each.kind == payment.kind;
      });
      if (same == paid.end()) {
        paid.push_back({payment.owner, payment.kind, payment.paid});
      } else {
        same->back += payment.paid;
      }
    }
    RC_ASSERT(cancelled.accounts == paid);
  });
}

TEST_CASE(
    "in every pack the payers' differences sum to the difference of the totals, and the kept lines stand as if sold "
    "alone") {
  for_every_pack([](const AnyPack& pack) {
    const auto sale = any_sale(pack);
    if (!sale.has_value()) return;
    const auto& [claim, policy, settlement] = *sale;
    std::vector<KeptLine> kept;
    Claim alone = claim;
    alone.lines.clear();
    for (const Line& line : claim.lines) {
      const auto part = *rc::gen::inRange<std::int64_t>(0, line.cnt.ten_thousandths + 1);
      const Quantity quantity = *rc::gen::elementOf(std::vector<Quantity>{{0}, line.cnt, {part}});
      kept.push_back({line.feedetl_sn, quantity});
      if (quantity != line.cnt && quantity == Quantity{}) continue;
      alone.lines.push_back(line);
      alone.lines.back().cnt = quantity;
      if (quantity == line.cnt) continue;
      // half up by hand, from the exact fraction: 10^8 of (millionths x ten-thousandths) are a fen
      const std::int64_t fen = (line.pric.millionths * quantity.ten_thousandths + 50'000'000) / 100'000'000;
      alone.lines.back().det_item_fee_sumamt = min(Money::fen(fen), line.det_item_fee_sumamt);
    }
    const RefundOutcome outcome = refund(claim, settlement, policy, kept);
    if (const auto* error = std::get_if<RefundError>(&outcome); error != nullptr) {
      RC_ASSERT(error->fault == RefundFault::nothing_refunded);
      RC_ASSERT(alone == claim);
      return;
    }
    if (std::holds_alternative<Refusal>(outcome)) {
      RC_ASSERT(std::holds_alternative<Refusal>(settle(alone, policy, TraceWish::none)));
      return;
    }
    const auto& back = std::get<Refund>(outcome);
    RC_ASSERT(back.total >= Money());
    RC_ASSERT(back.total == back.fund + back.account + back.cash);
    RC_ASSERT(back.fund == back.hifp + back.hifob);
    RC_ASSERT(sum_of(back.accounts) == back.account);
    if (!back.kept.has_value()) {
      RC_ASSERT(alone.lines.empty());
      return;
    }
    RC_ASSERT(*back.kept == alone);
    const Outcome direct = settle(alone, policy, TraceWish::none);
    RC_ASSERT(std::get<Settlement>(direct) == *back.settled_again);
    RC_ASSERT(back.fund == settlement.totals.fund_pay_sumamt - back.settled_again->totals.fund_pay_sumamt);
    RC_ASSERT(back.total == settlement.totals.medfee_sumamt - back.settled_again->totals.medfee_sumamt);
    // each payer gets the difference between what it paid and what it pays now
    for (const Account& each : claim.accounts) {
      const auto paid = [&each](const std::vector<AccountPayment>& payments) {
        Money sum;
        for (const AccountPayment& payment : payments) {
          if (payment.owner == each.owner && payment.kind == each.kind) sum += payment.paid;
        }
        return sum;
      };
      Money given_back;
      for (const AccountReturn& one : back.accounts) {
        if (one.owner == each.owner && one.kind == each.kind) given_back += one.back;
      }
      RC_ASSERT(given_back == paid(settlement.accounts) - paid(back.settled_again->accounts));
    }
    // and each counter stands where the kept lines alone would have led it
    for (const CounterReturn& each : back.counters) {
      RC_ASSERT(used(settlement.ytd, each.name) - each.back == used(back.settled_again->ytd, each.name));
    }
  });
}

TEST_CASE(
    "in every pack goods that come back in steps leave what they would leave at once, and each payer has the sum of "
    "the "
    "steps") {
  for_every_pack([](const AnyPack& pack) {
    const auto sale = any_sale(pack);
    if (!sale.has_value()) return;
    const auto& [claim, policy, settlement] = *sale;
    std::vector<KeptLine> first_kept, then_kept;
    for (const Line& line : claim.lines) {
      const auto first = *rc::gen::inRange<std::int64_t>(0, line.cnt.ten_thousandths + 1);
      const Quantity kept = *rc::gen::elementOf(std::vector<Quantity>{{0}, line.cnt, {first}});
      const auto then = *rc::gen::inRange<std::int64_t>(0, kept.ten_thousandths + 1);
      const Quantity rest = *rc::gen::elementOf(std::vector<Quantity>{{0}, kept, {then}});
      first_kept.push_back({line.feedetl_sn, kept});
      if (kept > Quantity{}) then_kept.push_back({line.feedetl_sn, rest});
    }
    const RefundOutcome one = refund(claim, settlement, policy, first_kept);
    const auto* step = std::get_if<Refund>(&one);
    if (step == nullptr || !step->kept.has_value()) return;
    const RefundOutcome two = refund(*step->kept, *step->settled_again, policy, then_kept);
    const auto* last = std::get_if<Refund>(&two);
    if (last == nullptr) return;  // nothing more came back, or the law gives no answer
    const auto at_once = std::get<Refund>(refund(claim, settlement, policy, then_kept));
    RC_ASSERT(at_once.kept == last->kept);
    RC_ASSERT(at_once.settled_again == last->settled_again);
    RC_ASSERT(at_once.total == step->total + last->total);
    RC_ASSERT(at_once.fund == step->fund + last->fund);
    RC_ASSERT(at_once.account == step->account + last->account);
    RC_ASSERT(at_once.family == step->family + last->family);
    RC_ASSERT(at_once.cash == step->cash + last->cash);
  });
}
