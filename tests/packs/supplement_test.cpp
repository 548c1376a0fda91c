// What a region's supplement opens: the benefits whose figures are not in the text, computed by hand.
#include <catch2/catch.hpp>

#include "offline/packs/packs.h"
#include "offline/settlement/claim_json.h"
#include "offline/settlement/settle.h"
#include "tests/packs/pack_text.h"
#include "tests/settlement/claims.h"

using namespace gongji;
using namespace gongji::packs;
using namespace gongji::settlement;
using namespace gongji::testing;
using nlohmann::json;

namespace {

constexpr const char* drug_a = "XB01ACA056A012020279489";
constexpr const char* drug_b = "XC08CAB037A001020180517";

json row(const char* id, const char* unit, int value, const char* first_day = "2023-01-01") {
  return {{"id", id},
          {"unit", unit},
          {"value", value},
          {"article", "第一条"},
          {"source", "region"},
          {"first_day", first_day},
          {"last_day", nullptr},
          {"checked", "2026-11-21"},
          {"confidence", "sourced"},
          {"note", ""}};
}

json yuxi_supplement(const char* first_day = "2023-01-01") {
  json out = {{"format", "gongji.supplement.v1"}, {"scheme", "yuxi-employee"}};
  out["sources"] = {{{"id", "region"},
                     {"title", "invented for this test"},
                     {"issuer", nullptr},
                     {"document_number", nullptr},
                     {"published", nullptr},
                     {"note", ""}}};
  out["rows"] = json::array();
  const int ratios[] = {900'000, 850'000, 800'000}, deductibles[] = {20'000, 40'000, 60'000};
  for (int level = 1; level <= 3; ++level) {
    const std::string number = std::to_string(level);
    for (const char* who : {"on_job", "retired"}) {
      out["rows"].push_back(
          row(("inpatient.ratio.level_" + number + "." + who).c_str(), "ppm", ratios[level - 1], first_day));
    }
    out["rows"].push_back(
        row(("inpatient.deductible.level_" + number).c_str(), "fen", deductibles[level - 1], first_day));
  }
  out["rows"].push_back(row("inpatient.cap", "fen", 10'000'000, first_day));
  return out;
}

PackSet with(const json& supplement) {
  PackSetBuilder builder;
  REQUIRE(builder.add_built_in().has_value());
  REQUIRE(builder.add_supplement(supplement.dump(), "region").has_value());
  auto built = builder.build();
  if (built.has_error()) FAIL(to_string(built.error(), Language::en));
  return std::move(*built);
}

Claim yuxi_claim(std::uint8_t level, Money amount, const char* med_type) {
  Claim claim = plain_claim();
  claim.begntime = at("2023-05-01 10:00:00");
  claim.person.insuplc_admdvs = "530400";
  claim.site.admdvs = "530400";
  claim.site.dedc_hosp_lv = level;
  claim.visit.med_type = med_type;
  claim.lines = {line("1", amount)};
  return claim;
}

Outcome settled(const PackSet& packs, const Claim& claim) {
  const auto chosen = std::get<Chosen>(packs.choose(claim));
  return settle(claim, *chosen.policy, TraceWish::none);
}
Money counter(const Settlement& settlement, const std::string& name) {
  for (const Counter& each : settlement.ytd) {
    if (each.name == name) return each.value;
  }
  return Money::fen(-1);
}

}  // namespace

TEST_CASE("with a supplement Yuxi's outpatient cost beyond 6000 is paid at the inpatient ratio and counts there") {
  const PackSet packs = with(yuxi_supplement());
  Claim claim = yuxi_claim(3, Money::yuan(1090), "11");
  claim.ytd = {{"op.fund", Money::yuan(5900)}};
  // 1000 at 50 %: 100 of 500 are left, which used 200 of cost; 800 at 80 %
  auto answer = std::get<Settlement>(settled(packs, claim));
  CHECK(answer.totals.hifp_pay == Money::yuan(740));
  CHECK(answer.totals.hifob_pay == Money());
  CHECK(answer.totals.pool_prop_selfpay == Rate::ppm(740'000));
  CHECK(counter(answer, "op.fund") == Money::yuan(6000));
  CHECK(counter(answer, "inpatient.fund") == Money::yuan(640));

  claim.ytd.push_back({"inpatient.fund", Money::yuan(99'900)});
  answer = std::get<Settlement>(settled(packs, claim));
  CHECK(answer.totals.hifp_pay == Money::yuan(200));
  CHECK(counter(answer, "inpatient.fund") == Money::yuan(100'000));
}

TEST_CASE("with a supplement the other benefits of Yuxi settle") {
  const PackSet packs = with(yuxi_supplement());
  const auto paid = [&](const Claim& claim) { return std::get<Settlement>(settled(packs, claim)).totals; };
  SECTION("special: 800, then the inpatient ratio; renal failure 90 % at once") {
    Claim claim = yuxi_claim(2, Money::yuan(1800), "11");
    claim.visit.benefit = "special";
    CHECK(paid(claim).hifp_pay == Money::yuan(850));
    claim.visit.diseases = {"other", "renal_failure"};
    CHECK(paid(claim).hifp_pay == Money::yuan(1620));
    CHECK(paid(claim).act_pay_dedc == Money());
    claim.site.dedc_hosp_lv = 9;
    CHECK(paid(claim).hifp_pay == Money());
  }
  SECTION("emergency: the inpatient deductible each time, below the first level as the first") {
    const Claim claim = yuxi_claim(9, Money::yuan(1200), "1301");
    CHECK(paid(claim).act_pay_dedc == Money::yuan(200));
    CHECK(paid(claim).hifp_pay == Money::yuan(900));
  }
  SECTION("day surgery: half of it") {
    const Claim claim = yuxi_claim(3, Money::yuan(1300), "28");
    CHECK(paid(claim).act_pay_dedc == Money::yuan(300));
    CHECK(paid(claim).hifp_pay == Money::yuan(800));
  }
  SECTION("negotiated: each drug has its own 800, in the order of the lines; other lines have no share") {
    Claim claim = yuxi_claim(1, Money::yuan(500), "18");
    claim.lines.push_back(line("2", Money::yuan(600)));
    claim.lines.push_back(line("3", Money::yuan(1000)));
    claim.lines[2].med_list_codg = drug_b;
    claim.lines.push_back(line("4", Money::yuan(70), LineClass::a, LineKind::service));
    const std::string a = std::string("negotiated.") + drug_a + ".deductible";
    const std::string b = std::string("negotiated.") + drug_b + ".deductible";
    claim.ytd = {{a, Money::yuan(100)}};
    const auto answer = std::get<Settlement>(settled(packs, claim));
    // 700 of 1100 and 800 of 1000 go to the deductibles
    CHECK(answer.totals.act_pay_dedc == Money::yuan(1500));
    CHECK(answer.totals.hifp_pay == Money::yuan(540));
    CHECK(counter(answer, a) == Money::yuan(800));
    CHECK(counter(answer, b) == Money::yuan(800));
    CHECK(counter(answer, "inpatient.fund") == Money::yuan(540));
    CHECK(answer.lines[0].fund == Money());
    CHECK(answer.lines[1].fund == Money::yuan(360));
    CHECK(answer.lines[2].fund == Money::yuan(180));
    CHECK(answer.lines[3].fund == Money());
  }
}

TEST_CASE("a supplement that begins later leaves the parameter open before its first day") {
  const PackSet packs = with(yuxi_supplement("2023-06-01"));
  Claim claim = yuxi_claim(3, Money::yuan(1300), "28");
  const auto before = settled(packs, claim);
  REQUIRE(std::holds_alternative<Refusal>(before));
  CHECK(std::get<Refusal>(before).code == RefusalCode::parameter_unset);
  claim.begntime = at("2023-06-01 00:00:00");
  CHECK(std::get<Settlement>(settled(packs, claim)).totals.hifp_pay == Money::yuan(800));
}

TEST_CASE("reported versions are chosen by day only when activated; the ends of a scheme are refusals") {
  const PackSet sourced = built_in_packs(false), reported = built_in_packs(true);
  const auto chosen = [](const PackSet& packs, const char* place, const char* when) {
    Claim claim = plain_claim();
    claim.person.insuplc_admdvs = place;
    claim.begntime = at(when);
    const Choice choice = packs.choose(claim);
    if (const auto* none = std::get_if<NotChosen>(&choice)) return std::string(name_of(none->refusal.code));
    CHECK_FALSE(std::get<Chosen>(choice).what_if);
    return std::get<Chosen>(choice).policy->name;
  };
  CHECK(chosen(sourced, "420102", "2023-09-01 10:00:00") == "wuhan-employee@2023-02-01");
  CHECK(chosen(reported, "420199", "2023-09-01 10:00:00") == "wuhan-employee@2023-04-10");
  CHECK(chosen(reported, "420100", "2023-04-09 23:59:59") == "wuhan-employee@2023-02-01");
  CHECK(chosen(reported, "420100", "2022-12-01 10:00:00") == "pack_not_yet_in_force");
  CHECK(chosen(sourced, "530402", "2025-01-01 10:00:00") == "yuxi-employee@2023-01-01");
  CHECK(chosen(reported, "530402", "2025-01-01 10:00:00") == "yuxi-employee@2024-11-01");
  CHECK(chosen(sourced, "310101", "2023-06-30 23:59:59") == "pack_not_yet_in_force");
  CHECK(chosen(sourced, "310101", "2024-06-30 23:59:59") == "shanghai-employee@2023-07-01");
  CHECK(chosen(sourced, "310101", "2024-07-01 00:00:00") == "shanghai-employee@2024-07-01");
  CHECK(chosen(sourced, "310101", "2026-12-31 23:59:59") == "shanghai-employee@2026-07-01");
  CHECK(chosen(sourced, "310101", "2027-01-01 00:00:00") == "pack_expired");
  CHECK(chosen(sourced, "110000", "2024-07-01 00:00:00") == "no_pack_for_scheme");
}

TEST_CASE("a new version goes on with the same counters, and returns those that it does not touch") {
  const PackSet packs = built_in_packs(true);
  Claim claim = plain_claim();
  claim.begntime = at("2023-04-09 10:00:00");
  claim.site.dedc_hosp_lv = 1;
  auto answer = std::get<Settlement>(settled(packs, claim));
  CHECK(answer.totals.hifp_pay == Money::yuan(240));
  claim.ytd = answer.ytd;
  claim.begntime = at("2023-04-10 10:00:00");
  answer = std::get<Settlement>(settled(packs, claim));
  CHECK(answer.totals.hifp_pay == Money::yuan(850));
  CHECK(answer.ytd == std::vector<Counter>{{"op.deductible", Money::yuan(700)}, {"op.fund", Money::yuan(1090)}});
}

TEST_CASE("a resident's claim must say whose scheme a family account belongs to") {
  const PackSet packs = built_in_packs();
  Claim claim = plain_claim();
  claim.person.insuplc_admdvs = "140000";
  claim.person.insutype = "390";
  claim.accounts = {own_account(Money::yuan(1)), family_account("99999900000000000002", Money::yuan(1))};
  const auto chosen = std::get<Chosen>(packs.choose(claim));
  const auto fault = counters_fault(claim, *chosen.policy);
  REQUIRE(fault.has_value());
  CHECK(fault->fault == ClaimFault::missing);
  CHECK(fault->path == "accounts[1].scheme");
  claim.accounts[1].scheme = "wuhan-employee";
  CHECK_FALSE(counters_fault(claim, *chosen.policy).has_value());
}

TEST_CASE("a counter begins anew with its year, its medical year or its day") {
  const PackSet packs = built_in_packs();
  const auto since = [&packs](const char* pack, const char* counter, const char* when) {
    const auto found = counts_since(*packs.find(pack, day(when)), counter, day(when));
    return found.has_value() ? to_string(*found) : "never";
  };
  CHECK(since("wuhan-employee@2023-02-01", "op.fund", "2023-12-31") == "2023-01-01");
  CHECK(since("shanghai-employee@2023-07-01", "fund", "2024-06-30") == "2023-07-01");
  CHECK(since("shanghai-employee@2024-07-01", "op.deductible", "2024-07-01") == "2024-07-01");
  CHECK(since("yuxi-employee@2023-01-01", "op.day_deductible", "2023-05-01") == "2023-05-01");
  CHECK(since("yuxi-employee@2023-01-01", "negotiated.X.deductible", "2023-05-01") == "2023-01-01");
  CHECK(since("yuxi-employee@2023-01-01", "op.unknown", "2023-05-01") == "never");
}
