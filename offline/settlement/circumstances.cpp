// circumstances.cpp — where, when and for whom: what the fund can do in a sale before its lines are looked at.
#include <algorithm>

#include "offline/settlement/work.h"

namespace gongji::settlement {

namespace {

bool contains(const std::vector<std::string>& list, std::string_view text) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

class Judge {
 public:
  Judge(const Claim& claim, const Policy& policy) : claim_(claim), policy_(policy) {}

  Circumstances result() {
    // a region's first part is set apart even where the site has no fund share, unless first parts are left out
    now_.region_first_part = policy_.regions[static_cast<std::size_t>(claim_.visit.region)].first_part;
    place();
    if (now_.fund_possible && policy_.place_row != no_row) place_of_care();
    // also where the site has no fund share: they say whether first parts are set apart
    region();
    if (claim_.visit.settled == Settled::late) late();
    if (now_.fund_possible) {
      category();
      benefit();
    }
    return now_;
  }

 private:
  void no_share(RowRef row, bool first_parts) {
    if (now_.fund_possible) now_.why_not = row;
    now_.fund_possible = false;
    now_.first_parts = now_.first_parts && first_parts;
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
                        (claim_.site.dual_channel || !rule.dual_channel_only) &&
                        (rule.med_types.empty() || contains(rule.med_types, claim_.visit.med_type));
    if (!counts) return no_share(policy_.pharmacy_row, false);
    if (rule.mode == PrescriptionRule::Mode::own_slot) {
      now_.slot = slot_pharmacy;
      return;
    }
    if (!claim_.visit.rx_hosp_lv.has_value()) return no_share(policy_.pharmacy_row, false);
    level(*claim_.visit.rx_hosp_lv, "visit.rx_hosp_lv");
  }

  void place_of_care() {
    if (claim_.visit.place.has_value()) {
      now_.slot = static_cast<std::uint8_t>(*claim_.visit.place);
    } else {
      refuse_if_due(RefusalCode::benefit_not_in_pack, policy_.place_row, "visit.place");
    }
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

  bool fits(const Benefit& benefit) const {
    return benefit.diseases.empty() ||
           std::any_of(benefit.diseases.begin(), benefit.diseases.end(),
                       [this](const std::string& disease) { return contains(claim_.visit.diseases, disease); });
  }
  const Benefit* benefit_that_fits() const {
    if (claim_.visit.benefit.has_value()) {
      for (const Benefit& each : policy_.benefits) {
        if (each.id == *claim_.visit.benefit && fits(each)) return &each;
      }
      return nullptr;
    }
    for (const auto& [med_type, index] : policy_.med_types) {
      if (med_type == claim_.visit.med_type && fits(policy_.benefits[index])) return &policy_.benefits[index];
    }
    return nullptr;
  }
  void benefit() {
    now_.benefit = benefit_that_fits();
    if (now_.benefit == nullptr) {
      return refuse_if_due(RefusalCode::benefit_not_in_pack, policy_.benefit_row,
                           claim_.visit.benefit.has_value() ? "visit.benefit" : "visit.med_type");
    }
    if (now_.benefit->stages.empty()) return no_share(policy_.benefit_row, true);  // accounts only
    if (now_.benefit->approval != no_row && !claim_.visit.approved) return no_share(now_.benefit->approval, false);
    if ((now_.benefit->barred_slots >> now_.slot & 1u) != 0) return no_share(now_.benefit->barred_row, true);
  }

  const Claim& claim_;
  const Policy& policy_;
  Circumstances now_;
};

// The same day so many months later; the month's last day where it has no such day; the last day that there is where
// the calendar ends before.
Day after_months(Day from, int months) {
  const int month = from.month() - 1 + months;
  const auto end = Day::from_civil(2999, 12, 31);
  if (from.year() + month / 12 > end->year()) return *end;
  for (int day = from.day_of_month();; --day) {
    if (const auto found = Day::from_civil(from.year() + month / 12, month % 12 + 1, day)) return *found;
  }
}

}  // namespace

std::optional<Beginning> benefits_begin(const Person& person, const Policy& policy) {
  if (!policy.waiting.has_value() || !person.paid_on.has_value()) return std::nullopt;
  const WaitingRule& rule = *policy.waiting;
  if (person.enrol_kind == EnrolKind::newborn) return std::nullopt;
  const bool came_later = person.enrol_kind == EnrolKind::late || person.enrol_kind == EnrolKind::gap;
  const bool at_once = !came_later && *person.paid_on <= *rule.last_day_for_first;
  const RowRef row = at_once ? rule.first : rule.others;
  return Beginning{after_months(*person.paid_on, static_cast<int>(*policy.row(row).number)), row};
}

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
