#include "offline/settlement/refund.h"

#include <algorithm>
#include <utility>

#include "offline/base/check.h"
#include "offline/settlement/settle.h"

namespace gongji::settlement {

namespace {

// For each line of the sale its kept quantity; absent where it comes back whole.
using KeptQuantities = std::vector<std::optional<Quantity>>;

std::variant<KeptQuantities, RefundError> match(const Claim& sold, std::span<const KeptLine> kept) {
  KeptQuantities quantities(sold.lines.size());
  std::vector<const KeptLine*> named(sold.lines.size(), nullptr);
  std::optional<RefundError> worst;
  const auto note = [&worst](RefundFault fault, const std::string& number) {
    if (!worst.has_value() || fault < worst->fault) worst = RefundError{fault, number};
  };
  for (const KeptLine& each : kept) {
    const auto is_it = [&each](const Line& line) { return line.feedetl_sn == each.feedetl_sn; };
    const auto found = std::find_if(sold.lines.begin(), sold.lines.end(), is_it);
    if (found == sold.lines.end()) {
      note(RefundFault::unknown_line, each.feedetl_sn);
      continue;
    }
    const auto index = static_cast<std::size_t>(found - sold.lines.begin());
    if (named[index] != nullptr || std::any_of(found + 1, sold.lines.end(), is_it)) {
      note(RefundFault::line_not_unique, each.feedetl_sn);
    }
    if (each.cnt < Quantity{}) note(RefundFault::quantity_negative, each.feedetl_sn);
    if (each.cnt > found->cnt) note(RefundFault::quantity_above_original, each.feedetl_sn);
    named[index] = &each;
    if (each.cnt == found->cnt || each.cnt > Quantity{}) quantities[index] = each.cnt;
  }
  if (worst.has_value()) return *worst;
  bool all_whole = true;
  for (std::size_t i = 0; i < quantities.size(); ++i) all_whole = all_whole && quantities[i] == sold.lines[i].cnt;
  if (all_whole) return RefundError{RefundFault::nothing_refunded, ""};
  return quantities;
}

// The sale with only what is kept; no lines where that is nothing.
Claim kept_claim(const Claim& sold, const KeptQuantities& quantities) {
  Claim claim = sold;
  claim.lines.clear();
  for (std::size_t i = 0; i < quantities.size(); ++i) {
    if (!quantities[i].has_value()) continue;
    const Line& original = sold.lines[i];
    Line& line = claim.lines.emplace_back(original);
    if (quantities[i] == original.cnt) continue;
    line.cnt = *quantities[i];
    // A sold amount may be a fen below price x quantity; a part of the line never costs more than the whole did.
    line.det_item_fee_sumamt =
        min(line_amount(line.pric, line.cnt).value_or(original.det_item_fee_sumamt), original.det_item_fee_sumamt);
  }
  return claim;
}

Money counter_in(const std::vector<Counter>& counters, const std::string& name) {
  const auto found =
      std::find_if(counters.begin(), counters.end(), [&name](const Counter& each) { return each.name == name; });
  return found == counters.end() ? Money() : found->value;
}

void add(std::vector<AccountReturn>& returns, const AccountPayment& payment, Money back) {
  const auto found = std::find_if(returns.begin(), returns.end(), [&payment](const AccountReturn& each) {
    return each.owner == payment.owner && each.kind == payment.kind;
  });
  if (found == returns.end()) {
    returns.push_back({payment.owner, payment.kind, back});
  } else {
    found->back += back;
  }
}

// What the sale took minus what it takes now; `again` is empty where nothing is kept.
Refund difference(const Claim& sold, const Settlement& settled, const Settlement* again) {
  const Totals was = settled.totals;
  const Totals now = again == nullptr ? Totals{} : again->totals;
  Refund result;
  result.total = was.medfee_sumamt - now.medfee_sumamt;
  result.hifp = was.hifp_pay - now.hifp_pay;
  result.hifob = was.hifob_pay - now.hifob_pay;
  result.fund = was.fund_pay_sumamt - now.fund_pay_sumamt;
  result.account = was.acct_pay - now.acct_pay;
  result.family = was.acct_mulaid_pay - now.acct_mulaid_pay;
  result.cash = was.psn_cash_pay - now.psn_cash_pay;
  GONGJI_CHECK(result.total == result.fund + result.account + result.cash);

  for (const AccountPayment& payment : settled.accounts) add(result.accounts, payment, payment.paid);
  if (again != nullptr) {
    for (const AccountPayment& payment : again->accounts) add(result.accounts, payment, -payment.paid);
  }
  std::erase_if(result.accounts, [](const AccountReturn& each) { return each.back == Money(); });

  for (const Counter& counter : settled.ytd) {
    const Money stands = counter_in(again == nullptr ? sold.ytd : again->ytd, counter.name);
    result.counters.push_back({counter.name, counter.value - stands});
  }
  return result;
}

}  // namespace

std::string_view name_of(RefundFault fault) {
  switch (fault) {
    case RefundFault::unknown_line:
      return "unknown_line";
    case RefundFault::line_not_unique:
      return "line_not_unique";
    case RefundFault::quantity_negative:
      return "quantity_negative";
    case RefundFault::quantity_above_original:
      return "quantity_above_original";
    case RefundFault::nothing_refunded:
      return "nothing_refunded";
  }
  GONGJI_CHECK_WHY(false, "a fault without a name");
  return {};
}

Refund cancel(const Claim& sold, const Settlement& settled) {
  return difference(sold, settled, nullptr);
}

RefundOutcome refund(const Claim& sold, const Settlement& settled, const Policy& policy,
                     std::span<const KeptLine> kept) {
  auto matched = match(sold, kept);
  if (auto* error = std::get_if<RefundError>(&matched); error != nullptr) return std::move(*error);
  Claim claim = kept_claim(sold, std::get<KeptQuantities>(matched));
  if (claim.lines.empty()) return cancel(sold, settled);

  Outcome outcome = settle(claim, policy, settled.trace.empty() ? TraceWish::none : TraceWish::steps);
  if (auto* refusal = std::get_if<Refusal>(&outcome); refusal != nullptr) return std::move(*refusal);
  auto& again = std::get<Settlement>(outcome);
  Refund result = difference(sold, settled, &again);
  result.kept = std::move(claim);
  result.settled_again = std::move(again);
  return result;
}

}  // namespace gongji::settlement
