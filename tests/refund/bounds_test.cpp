#include "offline/settlement/bounds.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <set>
#include <utility>

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
const Policy& wuhan() {
  return *packs_in_test().find("wuhan-employee@2023-02-01", day("2023-03-15"));
}

// Wuhan's rules with limits of a few fen, so that every continuation can be tried.
Policy small_wuhan(std::int64_t deductible, std::int64_t cap) {
  Policy policy = wuhan();
  int changed = 0;
  for (Row& row : policy.rows) {
    if (row.id.starts_with("deductible.")) row.number = deductible, ++changed;
    if (row.id.starts_with("cap.")) row.number = cap, ++changed;
  }
  REQUIRE(changed == 4);
  return policy;
}

// A visit of one class-A line at that level.
Claim visit(std::uint8_t level, std::int64_t fen) {
  Claim claim = plain_claim();
  claim.site.dedc_hosp_lv = level;
  claim.lines = {line("1", Money::fen(fen))};
  return claim;
}

using State = std::pair<std::int64_t, std::int64_t>;  // op.deductible, op.fund
std::vector<Counter> counters(State state) {
  return {{"op.deductible", Money::fen(state.first)}, {"op.fund", Money::fen(state.second)}};
}
Settlement settled_at(Claim claim, State state, const Policy& policy) {
  claim.ytd = counters(state);
  Outcome outcome = settle(claim, policy, TraceWish::none);
  REQUIRE(std::holds_alternative<Settlement>(outcome));
  return std::get<Settlement>(std::move(outcome));
}

// Every state of the counters that up to `visits` visits elsewhere can lead to.
std::set<State> continuations(State from, int visits, std::int64_t dearest, const Policy& policy) {
  std::set<State> all{from};
  std::set<State> last{from};
  for (int round = 0; round < visits; ++round) {
    std::set<State> next;
    for (const State& state : last) {
      for (const std::uint8_t level : {std::uint8_t{1}, std::uint8_t{2}, std::uint8_t{3}}) {
        for (std::int64_t fen = 1; fen <= dearest; ++fen) {
          const Settlement after = settled_at(visit(level, fen), state, policy);
          next.insert({after.ytd[0].value.in_fen(), after.ytd[1].value.in_fen()});
        }
      }
    }
    last.clear();
    std::set_difference(next.begin(), next.end(), all.begin(), all.end(), std::inserter(last, last.end()));
    all.insert(last.begin(), last.end());
  }
  return all;
}

ShareBounds bounds_of(const Claim& claim, const Policy& policy) {
  auto answer = share_bounds(claim, policy);
  REQUIRE(std::holds_alternative<ShareBounds>(answer));
  return std::get<ShareBounds>(std::move(answer));
}

}  // namespace

TEST_CASE("on a fen grid the bounds are the least and the most over every continuation of up to three visits") {
  const Policy policy = small_wuhan(6, 9);
  for (const State& known : {State{0, 0}, State{3, 0}, State{6, 0}, State{6, 4}, State{6, 8}, State{6, 9}}) {
    const std::set<State> reachable = continuations(known, 3, 26, policy);
    CHECK(reachable.size() > (known == State{6, 9} ? 0u : 1u));
    for (const std::uint8_t level : {std::uint8_t{1}, std::uint8_t{2}, std::uint8_t{3}, std::uint8_t{9}}) {
      for (std::int64_t fen = 1; fen <= 26; ++fen) {
        Claim claim = visit(level, fen);
        claim.ytd = counters(known);
        Money least = amount_max;
        Money most;
        for (const State& state : reachable) {
          const Money share = settled_at(claim, state, policy).totals.fund_pay_sumamt;
          least = min(least, share);
          most = max(most, share);
        }
        const ShareBounds bounds = bounds_of(claim, policy);
        INFO("known " << known.first << "/" << known.second << " level " << int{level} << " fen " << fen);
        CHECK(bounds.lowest == least);
        CHECK(bounds.highest == most);
        CHECK(bounds.last_known == settled_at(claim, known, policy).totals.fund_pay_sumamt);
        CHECK_FALSE(bounds.open.has_value());
      }
    }
  }
}

TEST_CASE("the counters told with a bound give that bound") {
  const Policy policy = small_wuhan(6, 9);
  Claim claim = visit(1, 12);
  claim.ytd = counters({2, 1});
  const ShareBounds bounds = bounds_of(claim, policy);
  CHECK(bounds.highest == Money::fen(8));  // half_up(12 x 80 %) is 10, and 8 are left
  for (const auto& [share, at] : {std::pair(bounds.lowest, bounds.at_lowest), {bounds.highest, bounds.at_highest}}) {
    claim.ytd = at;
    CHECK(std::get<Settlement>(settle(claim, policy, TraceWish::none)).totals.fund_pay_sumamt == share);
  }
}

TEST_CASE("a deductible that may have been used up raises the most, a limit that may be used up leaves nothing sure") {
  // third level, 1000.00, nothing known to be used: 50 % of 300 as known, 50 % of 1000 at most
  const ShareBounds bounds = bounds_of(plain_claim(), wuhan());
  CHECK(bounds.lowest == Money());
  CHECK(bounds.last_known == Money::yuan(150));
  CHECK(bounds.highest == Money::yuan(500));
}

TEST_CASE("without a fund limit the least is what is known, because counters only grow") {
  Policy policy = wuhan();
  for (Benefit& benefit : policy.benefits) {
    std::erase_if(benefit.stages, [](const Stage& stage) { return std::holds_alternative<CapStage>(stage); });
  }
  const ShareBounds bounds = bounds_of(plain_claim(), policy);
  CHECK(bounds.lowest == Money::yuan(150));
  CHECK(bounds.highest == Money::yuan(500));
}

TEST_CASE("where the share turns between the corners, the turn is found") {
  // One counter for the deductible and for the limit: as it grows the share first rises, then falls.
  for (const std::int64_t scale : {1, 7, 1000}) {
    Policy policy = small_wuhan(6 * scale, 11 * scale);
    for (Benefit& benefit : policy.benefits) {
      for (Stage& stage : benefit.stages) {
        if (auto* cap = std::get_if<CapStage>(&stage); cap != nullptr) cap->counter = 0;
      }
    }
    for (const std::uint8_t level : {std::uint8_t{1}, std::uint8_t{2}, std::uint8_t{3}}) {
      for (const std::int64_t fen : {3 * scale, 9 * scale, 14 * scale + 1, 40 * scale}) {
        const Claim claim = visit(level, fen);
        Money least = amount_max;
        Money most;
        for (std::int64_t used = 0; used <= 12 * scale; ++used) {
          const Money share = settled_at(claim, {used, 0}, policy).totals.fund_pay_sumamt;
          least = min(least, share);
          most = max(most, share);
        }
        const ShareBounds bounds = bounds_of(claim, policy);
        INFO("scale " << scale << " level " << int{level} << " fen " << fen);
        CHECK(bounds.lowest == least);
        CHECK(bounds.highest == most);
      }
    }
  }
}

TEST_CASE("where no fund share is possible the bounds are nothing") {
  Claim claim = plain_claim();
  claim.site.fixmedins_type = 2;
  const ShareBounds bounds = bounds_of(claim, wuhan());
  CHECK(bounds.lowest == Money());
  CHECK(bounds.highest == Money());
}

TEST_CASE("a refusal with the known counters is the answer; one that a continuation meets leaves the bounds open") {
  Claim claim = plain_claim();
  claim.visit.med_type = "14";
  CHECK(std::get<Refusal>(share_bounds(claim, wuhan())).code == RefusalCode::benefit_not_in_pack);

  // The limit's figure unknown: below the deductible the law answers 0, beyond it nothing.
  Policy policy = wuhan();
  for (Row& row : policy.rows) {
    if (row.id.starts_with("cap.")) row.number.reset();
  }
  claim = plain_claim();
  claim.lines = {line("1", Money::yuan(100))};
  const ShareBounds bounds = bounds_of(claim, policy);
  REQUIRE(bounds.open.has_value());
  CHECK(bounds.open->code == RefusalCode::parameter_unset);
  CHECK(bounds.lowest == Money());
  CHECK(bounds.last_known == Money());
  CHECK(bounds.highest == Money::yuan(100));
  CHECK(bounds.at_highest.empty());
}
