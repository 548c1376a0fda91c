#include "offline/settlement/bounds.h"

#include <algorithm>
#include <cstdint>
#include <set>
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

class Search {
 public:
  Search(const Claim& claim, const Policy& policy) : claim_(claim), policy_(policy) {}

  std::variant<ShareBounds, Refusal> result() {
    if (auto refusal = settle_into(claim_, policy_, TraceWish::none, settled_, memory_); refusal.has_value())
      return *refusal;
    known_ = known_counters(claim_, settled_);
    const Money in_scope = settled_.totals.inscp_scp_amt;
    const Money share = settled_.totals.fund_pay_sumamt;
    bounds_ = {share, share, share, known_, known_, std::nullopt};
    if (in_scope == Money()) return std::move(bounds_);
    top_ = beyond_every_limit(policy_);
    if (known_.size() > bounded_counters_max) {
      give_up(in_scope);
    } else if (!corners() || !edges()) {
      give_up(in_scope);
      bounds_.open = std::move(refusal_);
    }
    GONGJI_CHECK(bounds_.lowest <= bounds_.last_known && bounds_.last_known <= bounds_.highest);
    return std::move(bounds_);
  }

 private:
  using Corner = std::uint32_t;  // bit i: counter i at its top
  // A value of one counter and the share there.
  struct Point {
    std::int64_t at, share;
  };

  // The share with these counters, compared with the bounds; false where the law gives no answer.
  bool evaluate(std::int64_t& share) {
    refusal_ = settle_into(claim_, policy_, TraceWish::none, settled_, memory_);
    if (refusal_.has_value()) return false;
    const Money found = settled_.totals.fund_pay_sumamt;
    share = found.in_fen();
    if (found < bounds_.lowest) {
      bounds_.lowest = found;
      bounds_.at_lowest = claim_.ytd;
    }
    if (found > bounds_.highest) {
      bounds_.highest = found;
      bounds_.at_highest = claim_.ytd;
    }
    return true;
  }

  void go_to(Corner corner) {
    claim_.ytd = known_;
    for (std::size_t i = 0; i < known_.size(); ++i) {
      if ((corner >> i & 1u) != 0) claim_.ytd[i].value = max(known_[i].value, top_);
    }
  }

  // A counter that a rule reads is also added to, at one of the corners at least: others need no edges.
  bool corners() {
    shares_.resize(std::size_t{1} << known_.size());
    for (Corner corner = 0; corner < shares_.size(); ++corner) {
      go_to(corner);
      if (!evaluate(shares_[corner])) return false;
      GONGJI_CHECK(settled_.ytd.size() == known_.size());
      for (std::size_t i = 0; i < known_.size(); ++i) {
        if (settled_.ytd[i].value != claim_.ytd[i].value) relevant_ |= 1u << i;
      }
    }
    return true;
  }

  // Between two corners the share may turn once, where a limit hands over to another that is nearly used up.
  bool edges() {
    for (Corner corner = 0; corner < shares_.size(); ++corner) {
      if ((corner & ~relevant_) != 0) continue;
      for (std::size_t i = 0; i < known_.size(); ++i) {
        const Corner bit = 1u << i;
        if ((relevant_ & bit) != 0 && (corner & bit) == 0 && !edge(corner, i)) return false;
      }
    }
    return true;
  }

  bool edge(Corner corner, std::size_t counter) {
    go_to(corner);
    Money& value = claim_.ytd[counter].value;
    Point last{value.in_fen(), shares_[corner]};
    for (const std::int64_t at : turns(value.in_fen())) {
      value = Money::fen(at);
      Point next{at, 0};
      if (!evaluate(next.share) || !between(last, next, value)) return false;
      last = next;
    }
    return true;
  }

  // Where a share can begin to change: at a limit, or a share before it.  Behind the first value, with the top.
  std::vector<std::int64_t> turns(std::int64_t from) const {
    std::set<std::int64_t> shares(shares_.begin(), shares_.end());
    shares.insert(0);
    std::set<std::int64_t> values;
    if (top_.in_fen() > from) values.insert(top_.in_fen());
    for (const Row& row : policy_.rows) {
      if (!row.number.has_value()) continue;
      for (const std::int64_t share : shares) {
        if (*row.number - share > from && *row.number < top_.in_fen()) values.insert(*row.number - share);
      }
    }
    return {values.begin(), values.end()};
  }

  // Halves the stretch until the share is a straight line in each part, to a fen.
  bool between(Point low, Point high, Money& value) {
    const std::int64_t width = high.at - low.at;
    if (width <= 1) return true;
    const std::int64_t quarter = std::max<std::int64_t>(1, width / 4);
    Point points[3];
    bool straight = true;
    for (std::int64_t i = 0; i < 3; ++i) {
      Point& point = points[i];
      point.at = std::min(low.at + (i + 1) * quarter, high.at - 1);
      value = Money::fen(point.at);
      if (!evaluate(point.share)) return false;
      const std::int64_t line = low.share + rise(high.share - low.share, point.at - low.at, width);
      straight = straight && point.share >= line - 1 && point.share <= line + 1;
    }
    if (straight) return true;
    if (width <= 4) return true;  // all of it was evaluated
    return between(low, points[1], value) && between(points[1], high, value);
  }
  static std::int64_t rise(std::int64_t height, std::int64_t part, std::int64_t width) {
    __extension__ using Wide = __int128;
    return static_cast<std::int64_t>(static_cast<Wide>(height) * part / width);
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
  SettlementMemory memory_;
  std::vector<Counter> known_;
  Money top_;
  std::vector<std::int64_t> shares_;  // by corner
  Corner relevant_ = 0;
  std::optional<Refusal> refusal_;
  ShareBounds bounds_;
};

}  // namespace

std::variant<ShareBounds, Refusal> share_bounds(const Claim& claim, const Policy& policy) {
  return Search(claim, policy).result();
}

}  // namespace gongji::settlement
