// plan_sites.cpp — where: levels, pharmacies and prescriptions, regions, papers handed in late.
#include "offline/vectors/plan.h"

namespace gongji::vectors {

using namespace settlement;

namespace {

constexpr std::uint8_t prescriber_levels[] = {1, 2, 3};
constexpr const char* region_names[] = {"local", "filed", "referred", "temporary"};

void plan_levels(Planner& planner, const Claim& plain) {
  for (const std::uint8_t level : site_levels) {
    Claim claim = plain;
    claim.site.dedc_hosp_lv = level;
    planner.add(claim, "sites/level-" + std::to_string(level), "机构等级代码 " + std::to_string(level),
                "an institution of level code " + std::to_string(level));
  }
  Claim outside = plain;
  outside.site.designated = false;
  planner.add(outside, "sites/undesignated-cash", "非定点机构，不用个人账户：全部现金",
              "an undesignated site without accounts: all cash");
  outside.acct_used_flag = AccountUse::own;
  planner.add(outside, "sites/undesignated-account", "非定点机构，要用个人账户：拒绝",
              "an undesignated site, accounts asked for: refused");
}

void plan_pharmacies(Planner& planner, const Claim& plain) {
  Claim claim = plain;
  claim.site.fixmedins_type = 2;
  claim.site.fixmedins_code = "P99999900001";
  claim.site.dedc_hosp_lv = 9;
  planner.add(claim, "pharmacy/no-prescription", "药店，没有外配处方", "a pharmacy without a prescription");
  claim.lines[0].chrgitm_lv = LineClass::b;
  claim.lines[0].selfpay_prop = Rate::ppm(100'000);
  planner.add(claim, "pharmacy/no-prescription-class-b", "没有统筹支付时不计先行自付",
              "without a fund share no first part is set apart");
  claim.lines = plain.lines;
  claim.visit.rx_circ_flag = true;
  planner.add(claim, "pharmacy/prescriber-unknown", "外配处方，开方机构等级未知",
              "a prescription, the prescriber's level unknown");
  // A pharmacy may have ratios of its own.
  for (std::size_t category = 0; category < planner.policy().categories.size(); ++category) {
    Setting setting = planner.usual();
    setting.category = static_cast<std::uint8_t>(category);
    Claim each = claim;
    each.person = planner.plain(setting, Money::yuan(2'000)).person;
    each.visit.rx_hosp_lv = prescriber_levels[0];
    const std::string& id = planner.policy().categories[category].id;
    planner.add(each, "pharmacy/prescription-" + id, "外配处方，人员类别 " + id, "a prescription, category " + id);
  }
  for (const bool dual : {false, true}) {
    claim.site.dual_channel = dual;
    for (const std::uint8_t level : prescriber_levels) {
      claim.visit.rx_hosp_lv = level;
      const std::string number = std::to_string(level);
      planner.add(claim, std::string("pharmacy/prescription-level-") + number + (dual ? "-dual-channel" : ""),
                  std::string(dual ? "双通道药店" : "药店") + "，开方机构等级 " + number,
                  std::string(dual ? "a dual-channel pharmacy" : "a pharmacy") + ", prescriber of level " + number);
    }
  }
}

void plan_regions(Planner& planner, const Claim& plain) {
  const Policy& policy = planner.policy();
  for (std::size_t i = 0; i < std::size(region_names); ++i) {
    Claim claim = plain;
    claim.visit.region = static_cast<Region>(i);
    const std::string name = region_names[i];
    planner.add(claim, "region/" + name, "就医地类型 " + name, "care elsewhere: " + name);
    claim.lines.push_back(drug_line("2", Money::fen(100'003), LineClass::b));
    claim.lines[1].selfpay_prop = Rate::ppm(100'000);
    planner.add(claim, "region/" + name + "-class-b", "就医地类型 " + name + "，再加乙类药品",
                "care elsewhere (" + name + ") with a class-B drug");
    claim.lines.pop_back();
    claim.visit.settled = Settled::late;
    claim.visit.presented_on = planner.day().plus_days(30);
    planner.add(claim, "late/" + name, "零星报销，30 天后提交（" + name + "）",
                "handed in on paper 30 days later (" + name + ")");
    const LateRule& late = policy.late[i];
    if (late.deadline_month == 0) continue;
    const auto last = Day::from_civil(planner.day().year() + 1, late.deadline_month, late.deadline_day);
    claim.visit.presented_on = last;
    planner.add(claim, "late/" + name + "-last-day", "截止日当天提交", "handed in on the last day");
    claim.visit.presented_on = last->plus_days(1);
    planner.add(claim, "late/" + name + "-too-late", "超过截止日一天", "handed in one day too late");
  }
}

}  // namespace

void plan_sites(Planner& planner) {
  const Claim plain = planner.plain(planner.usual(), Money::yuan(2'000));
  plan_levels(planner, plain);
  plan_pharmacies(planner, plain);
  plan_regions(planner, plain);
}

}  // namespace gongji::vectors
