// circumstances.cpp — where, when and for whom: what the fund can do in a sale before its lines are looked at.
#include <algorithm>

#include "offline/settlement/work.h"

namespace gongji::settlement {

namespace {

class Judge {
 public:
  Judge(const Claim& claim, const Policy& policy) : claim_(claim), policy_(policy) {}

  Circumstances result() {
    // a region's first part is set apart even where the site has no fund share, unless first parts are left out
    now_.region_first_part = policy_.regions[static_cast<std::size_t>(claim_.visit.region)].first_part;
    place();
    if (now_.fund_possible) region();
    if (now_.fund_possible && claim_.visit.settled == Settled::late) late();
    if (now_.fund_possible) {
      category();
      benefit();
    }
    return now_;
  }

 private:
  void no_share(RowRef row, bool first_parts) {
    now_.fund_possible = false;
    now_.why_not = row;
    now_.first_parts = first_parts;
  }
  // The first of the highest precedence stays.
  void refuse_if_due(RefusalCode code, RowRef row, const char* path) {
    if (now_.pending.has_value() && *now_.pending <= code) return;
    now_.pending = code;
    now_.pending_row = row;
    now_.pending_path = path;
  }
  void apply(Effect effect, RowRef row, bool first_parts, const char* path) {
    switch (effect) {
      case Effect::as_usual:
        return;
      case Effect::no_fund_share:
        return no_share(row, first_parts);
      case Effect::not_in_pack:
        return refuse_if_due(RefusalCode::benefit_not_in_pack, row, path);
      case Effect::unset:
        return refuse_if_due(RefusalCode::parameter_unset, row, path);
    }
  }
  void level(std::uint8_t code, const char* path) {
    const LevelRule& rule = policy_.levels[code < policy_.levels.size() ? code : policy_.levels.size() - 1];
    now_.slot = rule.slot;
    apply(rule.effect, rule.row, rule.first_parts, path);
  }

  void place() {
    if (!claim_.site.designated) return no_share(policy_.undesignated_row, false);
    if (!claim_.site.is_pharmacy()) return level(claim_.site.dedc_hosp_lv, "site.dedc_hosp_lv");
    const PrescriptionRule& rule = policy_.prescription;
    const bool counts = claim_.visit.rx_circ_flag && rule.mode != PrescriptionRule::Mode::does_not_count &&
                        (claim_.site.dual_channel || !rule.dual_channel_only);
    if (!counts) return no_share(policy_.pharmacy_row, false);
    if (rule.mode == PrescriptionRule::Mode::own_slot) {
      now_.slot = slot_pharmacy;
      return;
    }
    if (!claim_.visit.rx_hosp_lv.has_value()) return no_share(policy_.pharmacy_row, false);
    level(*claim_.visit.rx_hosp_lv, "visit.rx_hosp_lv");
  }

  void region() {
    const RegionRule& rule = policy_.regions[static_cast<std::size_t>(claim_.visit.region)];
    apply(rule.effect, rule.row, rule.first_parts, "visit.region");
  }

  void late() {
    const LateRule& rule = policy_.late[static_cast<std::size_t>(claim_.visit.region)];
    apply(rule.effect, rule.row, false, "visit.settled");
    if (rule.effect != Effect::as_usual || rule.deadline_month == 0) return;
    const auto deadline = Day::from_civil(claim_.begntime.day.year() + 1, rule.deadline_month, rule.deadline_day);
    if (deadline.has_value() && claim_.visit.presented_on.value_or(claim_.begntime.day) > *deadline) {
      no_share(rule.row, false);
    }
  }

  void category() {
    const bool retired = is_retired(claim_.person, claim_.begntime.day, policy_);
    const bool on_job = !retired && (claim_.person.retired_on.has_value() || claim_.person.psn_type.starts_with("11"));
    for (std::size_t i = 0; i < policy_.categories.size(); ++i) {
      const CategoryRule& rule = policy_.categories[i];
      const bool who = rule.who == CategoryRule::Who::anybody || (rule.who == CategoryRule::Who::retired && retired) ||
                       (rule.who == CategoryRule::Who::on_job && on_job);
      const bool when =
          !rule.retired_on_or_before.has_value() ||
          (claim_.person.retired_on.has_value() && *claim_.person.retired_on <= *rule.retired_on_or_before);
      if (who && when) {
        now_.category = static_cast<std::uint8_t>(i);
        return;
      }
    }
    refuse_if_due(RefusalCode::benefit_not_in_pack, policy_.benefit_row, "person.psn_type");
  }

  void benefit() {
    if (claim_.visit.benefit.has_value()) {
      const auto found = std::find_if(policy_.benefits.begin(), policy_.benefits.end(),
                                      [&](const Benefit& each) { return each.id == *claim_.visit.benefit; });
      if (found != policy_.benefits.end()) {
        now_.benefit = &*found;
        return;
      }
      return refuse_if_due(RefusalCode::benefit_not_in_pack, policy_.benefit_row, "visit.benefit");
    }
    for (const auto& [med_type, index] : policy_.med_types) {
      if (med_type == claim_.visit.med_type) {
        now_.benefit = &policy_.benefits[index];
        return;
      }
    }
    refuse_if_due(RefusalCode::benefit_not_in_pack, policy_.benefit_row, "visit.med_type");
  }

  const Claim& claim_;
  const Policy& policy_;
  Circumstances now_;
};

}  // namespace

bool is_retired(const Person& person, Day day, const Policy& policy) {
  if (person.retired_on.has_value()) {
    return day >= (policy.retired_from == RetiredFrom::same_day ? *person.retired_on
                                                                : person.retired_on->first_of_next_month());
  }
  return person.psn_type.starts_with("12") || person.psn_type.starts_with("1112");
}

Circumstances judge(const Claim& claim, const Policy& policy) {
  return Judge(claim, policy).result();
}

}  // namespace gongji::settlement
