// Properties of every pack in the tree, with the parameters that the texts do not give filled in.
#include <rapidcheck/catch.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "offline/packs/packs.h"
#include "offline/settlement/explain.h"
#include "offline/settlement/settle.h"
#include "tests/packs/pack_text.h"
#include "tests/settlement/claims.h"
#include "tests/settlement/identities.h"
#include "tests/settlement/scheme_oracles.h"

using namespace gongji;
using namespace gongji::settlement;
using namespace gongji::testing;

namespace {

// Values for what the texts leave open: low enough that deductibles and limits are met.
packs::PackSet filled_packs() {
  packs::PackSetBuilder builder;
  for (const std::string& path : pack_paths()) {
    auto pack = nlohmann::json::parse(file_text(path));
    for (auto& row : pack["rows"]) {
      if (!row["value"].is_null()) continue;
      const std::string id = row["id"];
      row["value"] = row["unit"] == "ppm" ? 712'300 : id.find("cap") == std::string::npos ? 41'000 : 900'000;
    }
    REQUIRE(builder.add_pack(pack.dump(), sources_beside(path), path).has_value());
  }
  auto built = builder.build();
  REQUIRE(built.has_value());
  return std::move(*built);
}
const packs::PackSet& all_filled() {
  static const packs::PackSet packs = filled_packs();
  return packs;
}

Money counter(const std::vector<Counter>& counters, const std::string& name) {
  for (const Counter& each : counters) {
    if (each.name == name) return each.value;
  }
  return {};
}

struct Case {
  const Policy* policy = nullptr;
  Claim claim;
};
Case any_case() {
  const auto& infos = all_filled().packs();
  const auto index = static_cast<std::size_t>(*rc::gen::inRange<int>(0, static_cast<int>(infos.size())));
  const Day day = infos[index].first_day.plus_days(*rc::gen::inRange(0, 180));
  Case out{all_filled().find(infos[index].name, day), {}};
  out.claim = *any_claim_of(*out.policy);
  out.claim.begntime.day = day;
  if (out.claim.person.retired_on.has_value()) {
    out.claim.person.retired_on = day.plus_days(*rc::gen::inRange(-30, 30) - *rc::gen::element(0, 9000));
  }
  out.claim.person.entitled_from.reset();
  return out;
}

}  // namespace

TEST_CASE("every settlement of every pack adds up, and its counters say what was paid") {
  rc::prop("any claim of any pack", [] {
    const auto [policy, claim] = any_case();
    const Outcome outcome = settle(claim, *policy, TraceWish::none);
    RC_LOG() << policy->name;
    if (const auto* refusal = std::get_if<Refusal>(&outcome)) {
      RC_ASSERT(!refusal->article.empty());
      RC_ASSERT(!refusal->path.empty());
      RC_TAG("refused");
      return;
    }
    const auto& settled = std::get<Settlement>(outcome);
    require_identities(claim, settled);
    RC_TAG(settled.totals.fund_pay_sumamt > Money() ? "fund share" : "no fund share");

    Money fund, deductible, codes;
    std::size_t declared = 0;
    for (const Counter& each : settled.ytd) {
      const Money grown = each.value - counter(claim.ytd, each.name);
      RC_ASSERT(grown >= Money());
      if (each.name == "op.day_fund") {
        RC_ASSERT(grown == counter(settled.ytd, "op.fund") - counter(claim.ytd, "op.fund"));
      }
      if (each.name.ends_with("fund") && !each.name.ends_with("day_fund")) fund += grown;
      if (each.name.ends_with("deductible")) deductible += grown;
      if (each.name == "op.account") RC_ASSERT(grown == settled.totals.acct_pay - settled.totals.acct_mulaid_pay);
      declared += std::count(policy->counters.begin(), policy->counters.end(), each.name) != 0 ? 1 : 0;
    }
    RC_ASSERT(declared == policy->counters.size());
    for (const Counter& each : claim.ytd) {
      RC_ASSERT(std::any_of(settled.ytd.begin(), settled.ytd.end(),
                            [&each](const Counter& after) { return after.name == each.name; }));
    }
    // a deductible that is due in every settlement has no counter
    RC_ASSERT(deductible <= settled.totals.act_pay_dedc);
    // a benefit without a limit of its own has no counter; those of the texts that have one count all of hifp_pay
    RC_ASSERT(fund == settled.totals.hifp_pay || fund == Money());
    if (claim.visit.med_type == "11" && !claim.visit.benefit.has_value() && !policy->counters.empty()) {
      RC_ASSERT(fund == settled.totals.hifp_pay);
    }
  });
}

TEST_CASE("in every pack a trace changes nothing, and each step can be explained in both languages") {
  rc::prop("any claim of any pack", [] {
    const auto [policy, claim] = any_case();
    const Outcome without = settle(claim, *policy, TraceWish::none);
    Outcome with = settle(claim, *policy, TraceWish::steps);
    if (std::holds_alternative<Refusal>(without)) {
      RC_ASSERT(with == without);
      return;
    }
    auto& traced = std::get<Settlement>(with);
    Money deductible, accounts, additional;
    for (const Step& step : traced.trace) {
      for (const Language language : {Language::zh, Language::en}) {
        const std::string text = explain(step, language);
        RC_ASSERT(text.find(step.article) != std::string::npos);
        RC_ASSERT(text.find('{') == std::string::npos);
      }
      if (step.step == "deductible") deductible += step.before - step.after;
      if (step.step == "additional_fund") additional += step.after;
      if (step.step == "own_account" || step.step == "family_account" || step.step == "own_account_first") {
        accounts += step.before - step.after;
      }
    }
    RC_ASSERT(deductible == traced.totals.act_pay_dedc);
    RC_ASSERT(additional == traced.totals.hifob_pay);
    RC_ASSERT(accounts == traced.totals.acct_pay);
    traced.trace.clear();
    RC_ASSERT(with == without);
  });
}

TEST_CASE("Shanghai by hand: account first, deductible, ratio, ceiling and the additional fund") {
  const Policy& policy = *all_filled().find("shanghai-employee@2023-07-01", day("2023-07-01"));
  rc::prop("any claim", [&policy] {
    Claim claim = *any_claim_of(policy);
    claim.site.fixmedins_type = 1;
    claim.site.designated = true;
    claim.site.dedc_hosp_lv = *rc::gen::element<std::uint8_t>(1, 2, 3);
    claim.begntime.day = day("2023-07-01").plus_days(*rc::gen::inRange(0, 365));
    claim.person.psn_type = *rc::gen::element<std::string>("11", "12");
    claim.person.retired_on.reset();
    if (*rc::gen::arbitrary<bool>()) {
      claim.person.retired_on = day("2000-12-31").plus_days(*rc::gen::element(-400, -1, 0, 1, 400, 9000));
    }
    claim.person.entitled_from.reset();
    claim.visit = Visit{};
    claim.visit.med_type = *rc::gen::element<std::string>("11", "13");
    claim.ytd = {{"op.deductible", Money::fen(*rc::gen::inRange(0, 60'000))},
                 {"fund", Money::fen(61'000'000 - *rc::gen::inRange(-100, 200'000))}};
    const auto settled = std::get<Settlement>(settle(claim, policy, TraceWish::none));
    std::int64_t first = 0;
    if (claim.acct_used_flag != AccountUse::none) {
      std::int64_t payable = 0;
      for (std::size_t i = 0; i < claim.lines.size(); ++i) payable += settled.lines[i].inscp_scp_amt.in_fen();
      for (const Account& account : claim.accounts) {
        if (account.is_own() && account.kind == AccountKind::current) {
          first += std::min(account.balc.in_fen(), payable - first);
        }
      }
    }
    const auto by_hand =
        shanghai_by_hand(claim, claim.site.dedc_hosp_lv, settled.totals.inscp_scp_amt.in_fen() - first);
    RC_ASSERT(by_hand.has_value());
    RC_ASSERT(settled.totals.act_pay_dedc.in_fen() == by_hand->deductible);
    RC_ASSERT(settled.totals.hifp_pay.in_fen() == by_hand->fund);
    RC_ASSERT(settled.totals.hifob_pay.in_fen() == by_hand->additional);
    RC_TAG(by_hand->additional > 0 ? "additional" : by_hand->fund > 0 ? "fund" : "none");
  });
}

TEST_CASE("Suyu by hand: bands fen by fen, class-B drugs in the claim's proportion") {
  const Policy& policy = *all_filled().find("suyu-resident@2007-07-01", day("2007-12-01"));
  rc::prop("any inpatient claim", [&policy] {
    Claim claim = *any_claim_of(policy);
    claim.begntime.day = day("2007-12-01");
    claim.site.fixmedins_type = 1;
    claim.site.designated = true;
    claim.person.entitled_from.reset();
    claim.visit = Visit{};
    claim.visit.med_type = "21";
    for (const char* number : {"98", "99"}) {
      claim.lines.push_back(
          line(number, Money::fen(*rc::gen::inRange(0, 3'000'000)), *rc::gen::element(LineClass::a, LineClass::b)));
    }
    claim.visit.place = *rc::gen::element(Place::district, Place::city, Place::outside);
    claim.ytd = {{"inpatient.fund", Money::fen(*rc::gen::element(0, 3'900'000, 4'000'000))}};
    const auto settled = std::get<Settlement>(settle(claim, policy, TraceWish::none));
    std::int64_t class_b = 0;
    for (std::size_t i = 0; i < claim.lines.size(); ++i) {
      const Line& line = claim.lines[i];
      if (line.kind == LineKind::drug && line.chrgitm_lv == LineClass::b) {
        class_b += settled.lines[i].inscp_scp_amt.in_fen();
      }
    }
    const FundByHand by_hand = suyu_by_hand(claim, settled.totals.inscp_scp_amt.in_fen(), class_b);
    RC_ASSERT(settled.totals.act_pay_dedc.in_fen() == by_hand.deductible);
    RC_ASSERT(settled.totals.hifp_pay.in_fen() == by_hand.fund);
    RC_TAG(by_hand.fund > 0 ? (class_b > 0 ? "fund, class B" : "fund") : "none");
  });
}
