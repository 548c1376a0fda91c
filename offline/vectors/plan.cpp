#include "offline/vectors/plan.h"

#include <algorithm>

#include "offline/base/check.h"
#include "offline/settlement/claim_json.h"
#include "offline/settlement/settle.h"

namespace gongji::vectors {

using namespace settlement;

namespace {

constexpr const char* drug_code = "XB01ACA056A012020279489";
constexpr const char* place_names[] = {"district", "city", "outside"};
constexpr const char* place_words_zh[] = {"区内", "市内", "市外"};

std::string padded(std::string prefix) {
  prefix.resize(6, '0');
  return prefix;
}

}  // namespace

Line drug_line(std::string number, Money amount, LineClass line_class) {
  Line line;
  line.feedetl_sn = std::move(number);
  line.med_list_codg = drug_code;
  line.name = "demo";
  line.chrgitm_lv = line_class;
  line.pric = {amount.in_fen() * 10'000};
  line.cnt = {10'000};
  line.det_item_fee_sumamt = amount;
  return line;
}

void set_counter(Claim& claim, const std::string& name, Money value) {
  for (Counter& each : claim.ytd) {
    if (each.name == name) {
      each.value = value;
      return;
    }
  }
  claim.ytd.push_back({name, value});
}

Planner::Planner(const packs::PackSet& packs, const packs::PackInfo& info, const Policy& policy, Day day)
    : packs_(packs), info_(info), policy_(policy), day_(day) {}

std::vector<Setting> Planner::settings() const {
  std::vector<std::pair<std::uint8_t, std::uint8_t>> sites;  // slot, level
  if (policy_.place_row != no_row) {
    for (std::uint8_t place = 0; place < 3; ++place) sites.emplace_back(place, std::uint8_t{2});
  } else {
    for (const std::uint8_t level : site_levels) {
      const LevelRule& rule = policy_.levels[level];
      const auto same = [&rule](const auto& each) { return each.first == rule.slot; };
      if (rule.effect != Effect::as_usual || std::any_of(sites.begin(), sites.end(), same)) continue;
      sites.emplace_back(rule.slot, level);
    }
  }
  std::vector<Setting> all;
  for (std::size_t benefit = 0; benefit < policy_.benefits.size(); ++benefit) {
    for (const auto& [slot, level] : sites) {
      for (std::size_t category = 0; category < policy_.categories.size(); ++category) {
        all.push_back({benefit, level, slot, static_cast<std::uint8_t>(category)});
      }
    }
  }
  GONGJI_CHECK(!all.empty());
  return all;
}

std::string Planner::name_of(const Setting& setting) const {
  const Benefit& benefit = policy_.benefits[setting.benefit];
  std::string name = benefit.id;
  if (!benefit.diseases.empty()) name += "." + benefit.diseases.front();
  name += policy_.place_row != no_row ? std::string("/") + place_names[setting.slot]
                                      : "/level_" + std::to_string(setting.level);
  return name + "/" + policy_.categories[setting.category].id;
}

std::string Planner::words_zh(const Setting& setting) const {
  const std::string where = policy_.place_row != no_row ? std::string(place_words_zh[setting.slot]) + "就医"
                                                        : "机构等级 " + std::to_string(setting.level);
  return "待遇 " + policy_.benefits[setting.benefit].id + "，" + where + "，人员类别 " +
         policy_.categories[setting.category].id;
}

std::string Planner::words_en(const Setting& setting) const {
  const std::string where = policy_.place_row != no_row ? std::string("care in the ") + place_names[setting.slot]
                                                        : "level " + std::to_string(setting.level);
  return "benefit " + policy_.benefits[setting.benefit].id + ", " + where + ", category " +
         policy_.categories[setting.category].id;
}

// A person of this category: found by its own rule, and by none before it.
void Planner::dress(Person& person, std::uint8_t category) const {
  const CategoryRule& rule = policy_.categories[category];
  switch (rule.who) {
    case CategoryRule::Who::on_job:
      person.psn_type = "11";
      break;
    case CategoryRule::Who::retired:
      person.psn_type = "12";
      person.brdy = Day::from_civil(1940, 5, 1);
      person.retired_on = rule.retired_on_or_before;
      break;
    case CategoryRule::Who::anybody:
      person.psn_type = "15";
  }
}

Claim Planner::plain(const Setting& setting, Money amount) const {
  const Benefit& benefit = policy_.benefits[setting.benefit];
  Claim claim;
  claim.pack = info_.name;
  claim.begntime = {day_, 10 * 3600};
  claim.site.fixmedins_code = "H99999900001";
  claim.site.admdvs = padded(info_.admdvs_prefixes.front());
  claim.site.dedc_hosp_lv = setting.level;
  claim.person.psn_no = "99999900000000000001";
  claim.person.insutype = info_.insutype;
  claim.person.brdy = Day::from_civil(1980, 5, 1);
  claim.person.insuplc_admdvs = claim.site.admdvs;
  dress(claim.person, setting.category);
  claim.visit.med_type = "11";
  if (policy_.place_row != no_row) claim.visit.place = static_cast<Place>(setting.slot);
  // The first kind of visit that leads to this benefit; where none does, the visit names it.
  const auto found = std::find_if(policy_.med_types.begin(), policy_.med_types.end(),
                                  [&](const auto& each) { return each.second == setting.benefit; });
  if (found != policy_.med_types.end()) {
    claim.visit.med_type = found->first;
  } else {
    claim.visit.benefit = benefit.id;
  }
  if (!benefit.diseases.empty()) claim.visit.diseases = {benefit.diseases.front()};
  claim.lines = {drug_line("1", amount)};
  return claim;
}

std::optional<Planner::Paid> Planner::paid(const Claim& claim) const {
  const Outcome outcome = settle(claim, policy_, TraceWish::steps);
  const auto* settled = std::get_if<Settlement>(&outcome);
  if (settled == nullptr) return std::nullopt;
  const bool capped = std::any_of(settled->trace.begin(), settled->trace.end(),
                                  [](const Step& step) { return step.step == "cap" && step.after < step.before; });
  return Paid{settled->totals.fund_pay_sumamt, capped};
}

Setting Planner::usual() const {
  const std::vector<Setting> all = settings();
  for (const Setting& each : all) {
    const auto share = paid(plain(each, Money::yuan(2'000)));
    if (share.has_value() && share->fund > Money()) return each;
  }
  return all.front();
}

void Planner::add(Claim claim, std::string name, std::string why_zh, std::string why_en) {
  claim.id.clear();
  if (!known_.insert(claim_to_json(claim)).second) return;
  claim.id = std::move(name);
  cases_.push_back({std::move(claim), std::move(why_zh), std::move(why_en)});
}

std::vector<Case> plan(const packs::PackSet& packs, const packs::PackInfo& info) {
  std::vector<Case> all;
  std::set<std::string> laid_out;
  const std::vector<Day> days = packs.changes(info.name);
  for (std::size_t i = 0; i < days.size(); ++i) {
    Planner planner(packs, info, *packs.find(info.name, days[i]), days[i]);
    plan_benefits(planner, laid_out);
    if (i == 0) {
      plan_lines(planner);
      plan_sites(planner);
      plan_persons(planner);
      plan_accounts(planner);
    }
    for (Case& each : planner.take()) {
      if (i > 0) each.claim.id += "/from-" + to_string(days[i]);
      all.push_back(std::move(each));
    }
  }
  return all;
}

}  // namespace gongji::vectors
