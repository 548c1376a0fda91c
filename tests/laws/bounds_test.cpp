// What the fund may lawfully pay when the counters are not fresh, under every pack: no continuation leaves the bounds.
#include "offline/settlement/bounds.h"

#include <algorithm>
#include <set>

#include "offline/settlement/settle.h"
#include "tests/laws/any_case.h"
#include "tests/settlement/claims.h"

using namespace gongji;
using namespace gongji::settlement;
using namespace gongji::testing;

namespace {

// The counters after up to three visits of that person that day.
std::vector<Counter> after_visits(const AnyPack& pack, const Claim& claim, std::vector<Counter> ytd) {
  const auto visits = *rc::gen::inRange(0, 4);
  for (int i = 0; i < visits; ++i) {
    Claim other = pack.any_claim();
    other.begntime.day = claim.begntime.day;
    other.person = claim.person;
    other.ytd = ytd;
    const Outcome outcome = settle(other, pack.on(other.begntime.day), TraceWish::none);
    if (const auto* settled = std::get_if<Settlement>(&outcome)) ytd = settled->ytd;
  }
  return ytd;
}

bool is_a_rate(const std::string& row) {
  for (const char* word : {"ratio", "part", "minus"}) {
    if (row.find(word) != std::string::npos) return true;
  }
  return false;
}

// The same rules with amounts of a few fen, so that every continuation can be tried.
Policy in_fen(const Policy& policy) {
  Policy small = policy;
  for (Row& row : small.rows) {
    if (!row.number.has_value() || is_a_rate(row.id) || row.id.starts_with("waiting")) continue;
    const std::int64_t number = *row.number;
    if (row.id.find("deductible") != std::string::npos) {
      row.number = 1 + number / 20'000;
    } else if (row.id.ends_with("upto")) {
      row.number = 3 + number / 250'000;
    } else {
      row.number = 3 + std::min<std::int64_t>(number, 800'000) / 100'000;
    }
  }
  return small;
}

// A visit of one class-A line.
Claim visit(const Policy& policy, Day day, const std::string& benefit, std::uint8_t level, std::int64_t fen) {
  Claim claim = plain_claim();
  claim.begntime.day = day;
  claim.site.dedc_hosp_lv = level;
  claim.visit.benefit = benefit;
  claim.visit.place = static_cast<Place>(level - 1);
  claim.lines = {line("1", Money::fen(fen))};
  claim.person.insuplc_admdvs = policy.scheme.starts_with("yuxi") ? "530402" : claim.person.insuplc_admdvs;
  return claim;
}

using State = std::vector<std::pair<std::string, std::int64_t>>;
std::vector<Counter> counters_of(const State& state) {
  std::vector<Counter> counters;
  for (const auto& [name, fen] : state) counters.push_back({name, Money::fen(fen)});
  return counters;
}

std::optional<Settlement> settled_at(Claim claim, const State& state, const Policy& policy) {
  claim.ytd = counters_of(state);
  Outcome outcome = settle(claim, policy, TraceWish::none);
  if (auto* settled = std::get_if<Settlement>(&outcome)) return std::move(*settled);
  return std::nullopt;
}

constexpr std::int64_t dearest = 13;
constexpr std::uint8_t levels[] = {1, 2, 3};

std::set<std::string> benefit_names(const Policy& policy) {
  std::set<std::string> names;
  for (const Benefit& benefit : policy.benefits) names.insert(benefit.id);
  return names;
}

// Every state of the counters that up to `visits` visits can lead to.
std::set<State> continuations(const Policy& policy, Day day, int visits) {
  std::set<State> all{State{}};
  std::set<State> last = all;
  for (int round = 0; round < visits; ++round) {
    std::set<State> next;
    for (const State& state : last) {
      for (const std::string& benefit : benefit_names(policy)) {
        for (const std::uint8_t level : levels) {
          for (std::int64_t fen = 1; fen <= dearest; fen += 2) {
            const auto after = settled_at(visit(policy, day, benefit, level, fen), state, policy);
            if (!after.has_value()) continue;
            State reached;
            for (const Counter& each : after->ytd) reached.emplace_back(each.name, each.value.in_fen());
            if (!all.contains(reached)) next.insert(reached);
          }
        }
      }
    }
    all.insert(next.begin(), next.end());
    last = std::move(next);
  }
  return all;
}

}  // namespace

TEST_CASE("in every pack no continuation of up to three visits leaves the bounds") {
  for_every_pack([](const AnyPack& pack) {
    Claim claim = pack.any_claim();
    const Policy& policy = pack.on(claim.begntime.day);
    claim.ytd = after_visits(pack, claim, {});
    const auto answer = share_bounds(claim, policy);
    if (std::holds_alternative<Refusal>(answer)) return;
    const auto& bounds = std::get<ShareBounds>(answer);
    claim.ytd = after_visits(pack, claim, claim.ytd);
    const Outcome outcome = settle(claim, policy, TraceWish::none);
    if (std::holds_alternative<Refusal>(outcome)) {
      RC_ASSERT(bounds.open.has_value());
      return;
    }
    const Money share = std::get<Settlement>(outcome).totals.fund_pay_sumamt;
    RC_ASSERT(bounds.lowest <= share);
    RC_ASSERT(share <= bounds.highest);
  });
}

TEST_CASE("in every pack, in amounts of a few fen, no continuation of two visits that exists leaves the bounds") {
  for (const AnyPack& pack : any_packs()) {
    const Day day = pack.info->first_day.plus_days(100);
    const Policy policy = in_fen(pack.on(day));
    const std::set<State> states = continuations(policy, day, 2);
    int judged = 0, attained = 0;
    for (const std::string& benefit : benefit_names(policy)) {
      for (const std::uint8_t level : levels) {
        for (const std::int64_t fen : {2, 5, 9, 13}) {
          const Claim claim = visit(policy, day, benefit, level, fen);
          const auto answer = share_bounds(claim, policy);
          if (std::holds_alternative<Refusal>(answer)) continue;
          const auto& bounds = std::get<ShareBounds>(answer);
          Money least = amount_max, most;
          for (const State& state : states) {
            const auto settled = settled_at(claim, state, policy);
            if (!settled.has_value()) {
              CHECK(bounds.open.has_value());
              continue;
            }
            least = min(least, settled->totals.fund_pay_sumamt);
            most = max(most, settled->totals.fund_pay_sumamt);
          }
          INFO(pack.name() << " benefit " << benefit << " level " << int{level} << " fen " << fen);
          CHECK(bounds.lowest <= least);
          CHECK(most <= bounds.highest);
          ++judged;
          if (bounds.lowest == least && bounds.highest == most) ++attained;
        }
      }
    }
    INFO(pack.name() << ": " << judged << " judged, " << attained << " attained, " << states.size() << " states");
    // a text without any figure (Zaozhuang) is refused before there are bounds
    CHECK((judged > 0) == (policy.scheme != "zaozhuang-resident" || pack.filled));
    CHECK((attained > 0) == (judged > 0));
  }
}
