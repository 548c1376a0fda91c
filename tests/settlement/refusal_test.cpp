#include "offline/settlement/settlement.h"

#include <catch2/catch.hpp>

#include "offline/packs/packs.h"
#include "offline/settlement/settle.h"
#include "tests/settlement/claims.h"

using namespace gongji;
using namespace gongji::settlement;
using namespace gongji::testing;

namespace {

Outcome outcome_of(const Claim& claim) {
  static const packs::PackSet packs = packs::built_in_packs();
  const packs::Choice choice = packs.choose(claim);
  if (const auto* none = std::get_if<packs::NotChosen>(&choice)) return none->refusal;
  return settle(claim, *std::get<packs::Chosen>(choice).policy, TraceWish::none);
}

using Fault = void (*)(Claim&);
struct Cause {
  RefusalCode code;
  const char* path;
  Fault apply;
};

// In order of precedence: a claim with several faults is refused for the first of them.
const Cause causes[] = {
    {RefusalCode::no_pack_for_scheme, "person.insuplc_admdvs", [](Claim& c) { c.person.insuplc_admdvs = "990101"; }},
    {RefusalCode::pack_not_yet_in_force, "begntime", [](Claim& c) { c.begntime = at("2023-01-31 23:59:59"); }},
    {RefusalCode::site_not_designated, "site.designated",
     [](Claim& c) {
       c.site.designated = false;
       c.acct_used_flag = AccountUse::own;
     }},
    {RefusalCode::waiting_period, "person.entitled_from", [](Claim& c) { c.person.entitled_from = day("2099-01-01"); }},
    {RefusalCode::benefit_not_in_pack, "visit.med_type", [](Claim& c) { c.visit.med_type = "14"; }},
};

Settlement settled(const Claim& claim) {
  const Outcome outcome = outcome_of(claim);
  if (const auto* refusal = std::get_if<Refusal>(&outcome)) FAIL("refused: " << refusal->message_en);
  return std::get<Settlement>(outcome);
}

RefusalCode refused(const Claim& claim) {
  const Outcome outcome = outcome_of(claim);
  REQUIRE(std::holds_alternative<Refusal>(outcome));
  return std::get<Refusal>(outcome).code;
}

}  // namespace

TEST_CASE("of two reasons to refuse, the earlier in the list is the answer") {
  for (std::size_t first = 0; first < std::size(causes); ++first) {
    for (std::size_t second = first; second < std::size(causes); ++second) {
      Claim claim = plain_claim();
      causes[second].apply(claim);
      causes[first].apply(claim);
      const Outcome outcome = outcome_of(claim);
      INFO(name_of(causes[first].code) << " before " << name_of(causes[second].code));
      REQUIRE(std::holds_alternative<Refusal>(outcome));
      const auto& refusal = std::get<Refusal>(outcome);
      CHECK(refusal.code == causes[first].code);
      CHECK(refusal.path == causes[first].path);
      CHECK(!refusal.message_zh.empty());
      CHECK(!refusal.message_en.empty());
    }
  }
}

TEST_CASE("refusal codes keep their numbers and names: they are stored") {
  CHECK(static_cast<int>(RefusalCode::no_pack_for_scheme) == 1);
  CHECK(static_cast<int>(RefusalCode::parameter_unset) == 8);
  CHECK(name_of(RefusalCode::no_pack_for_scheme) == "no_pack_for_scheme");
  CHECK(name_of(RefusalCode::pack_not_yet_in_force) == "pack_not_yet_in_force");
  CHECK(name_of(RefusalCode::pack_expired) == "pack_expired");
  CHECK(name_of(RefusalCode::site_not_designated) == "site_not_designated");
  CHECK(name_of(RefusalCode::excluded_cause) == "excluded_cause");
  CHECK(name_of(RefusalCode::waiting_period) == "waiting_period");
  CHECK(name_of(RefusalCode::benefit_not_in_pack) == "benefit_not_in_pack");
  CHECK(name_of(RefusalCode::parameter_unset) == "parameter_unset");
}

TEST_CASE("a benefit is refused only where a fund share would be due") {
  Claim claim = plain_claim();
  claim.visit.med_type = "14";
  REQUIRE(refused(claim) == RefusalCode::benefit_not_in_pack);

  SECTION("a pharmacy without a prescription settles") {
    claim.site.fixmedins_type = 2;
    CHECK(settled(claim).totals.psn_cash_pay == Money::yuan(1000));
  }
  SECTION("an unranked site settles") {
    claim.site.dedc_hosp_lv = 9;
    CHECK(settled(claim).totals.hifp_pay == Money());
  }
  SECTION("own cost alone settles") {
    claim.lines[0].chrgitm_lv = LineClass::c;
    CHECK(settled(claim).totals.fulamt_ownpay_amt == Money::yuan(1000));
  }
}

TEST_CASE("what the pack has no rule for is refused with the member that asks for it") {
  Claim claim = plain_claim();
  const char* path = "";
  SECTION("papers handed in late") {
    claim.visit.settled = Settled::late;
    path = "visit.settled";
  }
  SECTION("a benefit by name that the pack does not have") {
    claim.visit.benefit = "special";
    path = "visit.benefit";
  }
  SECTION("a person of no known category") {
    claim.person.psn_type = "31";
    path = "person.psn_type";
  }
  const Outcome outcome = outcome_of(claim);
  REQUIRE(std::holds_alternative<Refusal>(outcome));
  CHECK(std::get<Refusal>(outcome).code == RefusalCode::benefit_not_in_pack);
  CHECK(std::get<Refusal>(outcome).path == path);
  CHECK(!std::get<Refusal>(outcome).article.empty());
}

TEST_CASE("the days of entitlement are both inclusive") {
  Claim claim = plain_claim();
  claim.person.entitled_from = claim.begntime.day;
  claim.person.entitled_to = claim.begntime.day;
  CHECK(settled(claim).totals.medfee_sumamt == Money::yuan(1000));
  claim.person.entitled_from = claim.begntime.day.plus_days(1);
  claim.person.entitled_to.reset();
  CHECK(refused(claim) == RefusalCode::waiting_period);
  claim.person.entitled_from.reset();
  claim.person.entitled_to = claim.begntime.day.plus_days(-1);
  CHECK(refused(claim) == RefusalCode::waiting_period);
}

TEST_CASE("an undesignated site settles at zero when no account is asked for") {
  Claim claim = plain_claim();
  claim.site.designated = false;
  claim.visit.region = Region::temporary;
  claim.lines[0].chrgitm_lv = LineClass::b;
  claim.ytd = {{"op.deductible", Money::yuan(100)}, {"op.fund", Money::yuan(7)}};
  const Settlement settlement = settled(claim);
  CHECK(settlement.totals.fund_pay_sumamt == Money());
  CHECK(settlement.totals.preselfpay_amt == Money());
  CHECK(settlement.totals.act_pay_dedc == Money());
  CHECK(settlement.totals.psn_cash_pay == Money::yuan(1000));
  CHECK(settlement.ytd == claim.ytd);
}

TEST_CASE("a benefit forced by its name settles whatever the kind of visit") {
  Claim claim = plain_claim();
  claim.visit.med_type = "14";
  claim.visit.benefit = "op";
  CHECK(settled(claim).totals.hifp_pay == Money::yuan(150));
}

TEST_CASE("a premium paid on the calendar's last days waits to its end, and no longer than a claim takes") {
  static const packs::PackSet packs = packs::built_in_packs();
  Claim claim = plain_claim();
  claim.person.paid_on = day("2999-12-31");
  const Outcome outcome = settle(claim, *packs.find("suyu-resident@2007-07-01", claim.begntime.day), TraceWish::none);
  CHECK(std::get<Refusal>(outcome).code == RefusalCode::waiting_period);
}
