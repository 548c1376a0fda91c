#include "offline/settlement/bounds.h"

#include <algorithm>
#include <utility>

#include "offline/base/check.h"
#include "offline/settlement/settle.h"

namespace gongji::settlement {

namespace {

// An amount at which every limit of the policy is used up: a limit is a row's number or composed of some of them, so
// none is above the sum of all.
Money beyond_every_limit(const Policy& policy) {
  Money sum;
  for (const Row& row : policy.rows) sum = min(sum + Money::fen(row.number.value_or(0)), amount_max);
  return sum;
}

// The counters that a settlement returns, at what is known of them before the claim.
std::vector<Counter> known_counters(const Claim& claim, const Settlement& settled) {
  std::vector<Counter> counters = settled.ytd;
  for (Counter& counter : counters) {
    const auto known = std::find_if(claim.ytd.begin(), claim.ytd.end(),
                                    [&counter](const Counter& each) { return each.name == counter.name; });
    counter.value = known == claim.ytd.end() ? Money() : known->value;
  }
  return counters;
}

class Corners {
 public:
  Corners(const Claim& claim, const Policy& policy) : claim_(claim), policy_(policy) {}

  std::variant<ShareBounds, Refusal> result() {
    if (auto refusal = settle_into(claim_, policy_, TraceWish::none, settled_); refusal.has_value()) return *refusal;
    const std::vector<Counter> known = known_counters(claim_, settled_);
    const Money in_scope = settled_.totals.inscp_scp_amt;
    const Money share = settled_.totals.fund_pay_sumamt;
    bounds_ = {share, share, share, known, known, std::nullopt};
    if (in_scope == Money()) return std::move(bounds_);
    if (known.size() > bounded_counters_max) {
      give_up(in_scope);
      return std::move(bounds_);
    }
    const Money top = beyond_every_limit(policy_);
    for (std::uint32_t corner = 1; corner < (1u << known.size()); ++corner) {
      claim_.ytd = known;
      for (std::size_t i = 0; i < known.size(); ++i) {
        if ((corner >> i & 1u) != 0) claim_.ytd[i].value = max(known[i].value, top);
      }
      if (auto refusal = settle_into(claim_, policy_, TraceWish::none, settled_); refusal.has_value()) {
        give_up(in_scope);
        bounds_.open = std::move(refusal);
        return std::move(bounds_);
      }
      compare();
    }
    GONGJI_CHECK(bounds_.lowest <= bounds_.last_known && bounds_.last_known <= bounds_.highest);
    return std::move(bounds_);
  }

 private:
  void compare() {
    const Money share = settled_.totals.fund_pay_sumamt;
    if (share < bounds_.lowest) {
      bounds_.lowest = share;
      bounds_.at_lowest = claim_.ytd;
    }
    if (share > bounds_.highest) {
      bounds_.highest = share;
      bounds_.at_highest = claim_.ytd;
    }
  }
  void give_up(Money in_scope) {
    bounds_.lowest = Money();
    bounds_.highest = in_scope;
    bounds_.at_lowest.clear();
    bounds_.at_highest.clear();
  }

  Claim claim_;
  const Policy& policy_;
  Settlement settled_;
  ShareBounds bounds_;
};

}  // namespace

std::variant<ShareBounds, Refusal> share_bounds(const Claim& claim, const Policy& policy) {
  return Corners(claim, policy).result();
}

}  // namespace gongji::settlement
