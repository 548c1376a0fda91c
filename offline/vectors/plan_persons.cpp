// plan_persons.cpp — who and when: categories, entitlement, waiting, causes, and which pack is chosen.
#include "offline/vectors/plan.h"

namespace gongji::vectors {

using namespace settlement;

namespace {

void plan_retirement(Planner& planner, const Claim& plain) {
  if (planner.policy().categories.size() < 2) return;
  const Day day = planner.day();
  const std::pair<const char*, Day> days[] = {{"last-month", day.plus_days(-31)},
                                              {"the-day-before", day.plus_days(-1)},
                                              {"the-same-day", day},
                                              {"the-day-after", day.plus_days(1)}};
  for (const auto& [name, retired_on] : days) {
    Claim claim = plain;
    claim.person.retired_on = retired_on;
    planner.add(claim, std::string("person/retired-") + name, "办理退休的日子 " + to_string(retired_on),
                "retired on " + to_string(retired_on));
  }
  for (const CategoryRule& rule : planner.policy().categories) {
    if (!rule.retired_on_or_before.has_value()) continue;
    for (const int after : {0, 1}) {
      Claim claim = plain;
      claim.person.psn_type = "12";
      claim.person.brdy = Day::from_civil(1940, 5, 1);
      claim.person.retired_on = rule.retired_on_or_before->plus_days(after);
      planner.add(claim, "person/retired-on-" + to_string(*claim.person.retired_on), "退休日决定人员类别",
                  "the day of retirement decides the category");
    }
  }
  Claim veteran = plain;
  veteran.person.psn_type = "1112";
  planner.add(veteran, "person/psn-type-1112", "人员类别代码 1112", "psn_type 1112");
}

void plan_entitlement(Planner& planner, const Claim& plain) {
  const Day day = planner.day();
  for (const auto& [name, first, last] :
       {std::tuple{"begins-that-day", 0, 100}, std::tuple{"begins-the-day-after", 1, 100},
        std::tuple{"ends-that-day", -100, 0}, std::tuple{"ended-the-day-before", -100, -1}}) {
    Claim claim = plain;
    claim.person.entitled_from = day.plus_days(first);
    claim.person.entitled_to = day.plus_days(last);
    planner.add(claim, std::string("person/entitlement-") + name, "待遇享受期的边界", "an end of the entitlement");
  }
}

void plan_waiting(Planner& planner, const Claim& plain) {
  const Policy& policy = planner.policy();
  if (!policy.waiting.has_value()) return;
  const Day paid = policy.waiting->last_day_for_first->plus_days(-10);
  const auto add = [&](const char* name, std::optional<EnrolKind> kind, Day paid_on, const Row& months, bool waited,
                       const char* zh, const char* en) {
    Claim claim = plain;
    claim.person.paid_on = paid_on;
    claim.person.enrol_kind = kind;
    const int month = paid_on.month() - 1 + static_cast<int>(*months.number);
    const auto begin = Day::from_civil(paid_on.year() + month / 12, month % 12 + 1, paid_on.day_of_month());
    claim.begntime.day = waited ? *begin : begin->plus_days(-1);
    planner.add(claim, std::string("waiting/") + name + (waited ? "-over" : "-last-day"), zh, en);
  };
  for (const bool waited : {false, true}) {
    add("first", EnrolKind::first, paid, policy.row(policy.waiting->first), waited, "首批参保的等待期",
        "the waiting of those who enrolled at once");
    add("late", EnrolKind::late, paid, policy.row(policy.waiting->others), waited, "后期参保的等待期",
        "the waiting of those who came later");
    add("gap", EnrolKind::gap, paid, policy.row(policy.waiting->others), waited, "中断后续保的等待期",
        "the waiting after a gap");
    add("after-the-first-days", std::nullopt, paid.plus_days(15), policy.row(policy.waiting->others), waited,
        "首批截止后缴费的等待期", "paid behind the first days");
  }
  Claim newborn = plain;
  newborn.person.paid_on = planner.day();
  newborn.person.enrol_kind = EnrolKind::newborn;
  planner.add(newborn, "waiting/newborn", "新生儿没有等待期", "a newborn does not wait");
}

void plan_visits(Planner& planner, const Claim& plain) {
  static constexpr const char* causes[] = {"work_injury", "maternity", "traffic", "other_accident"};
  for (std::size_t i = 0; i < std::size(causes); ++i) {
    Claim claim = plain;
    claim.visit.cause = static_cast<Cause>(i + 1);
    planner.add(claim, std::string("cause/") + causes[i], std::string("就诊原因 ") + causes[i],
                std::string("cause: ") + causes[i]);
  }
  Claim claim = plain;
  claim.visit.approved = false;
  planner.add(claim, "visit/not-approved", "未经批准的就诊", "a visit that was not approved");
  claim = plain;
  claim.visit.med_type = "51";
  claim.visit.benefit.reset();
  planner.add(claim, "visit/med-type-not-in-pack", "规则包没有这类就诊的待遇", "no benefit for this kind of visit");
  claim.lines[0].chrgitm_lv = LineClass::c;
  planner.add(claim, "visit/med-type-not-in-pack-own-cost", "全自费时不问待遇",
              "where everything is own cost no benefit is asked for");
  claim = plain;
  claim.visit.benefit = "no_such_benefit";
  planner.add(claim, "visit/benefit-not-in-pack", "指定的待遇不在规则包里",
              "the visit names a benefit that is not there");
  if (planner.policy().place_row != no_row) {
    claim = plain;
    claim.visit.place.reset();
    planner.add(claim, "visit/place-missing", "没有就医地点", "the place of care is missing");
  }
}

// Only where this pack is the one that is chosen: others would answer.
void plan_choice(Planner& planner, const Claim& plain) {
  Claim claim = plain;
  claim.pack.reset();
  const auto choice = planner.packs().choose(claim);
  const auto* chosen = std::get_if<packs::Chosen>(&choice);
  if (chosen == nullptr || chosen->policy->name != planner.info().name) return;
  planner.add(claim, "choice/by-place-and-day", "按参保地和就诊日选中本规则包", "chosen by place of insurance and day");
  claim.person.insuplc_admdvs = "999999";
  planner.add(claim, "choice/no-pack-for-place", "没有该参保地的规则包", "no pack for this place");
  claim = plain;
  claim.pack.reset();
  claim.begntime = {planner.info().first_day.plus_days(-1), 24 * 3600 - 1};
  planner.add(claim, "choice/the-second-before-the-first-day", "首日前一秒", "the second before the first day");
  if (planner.info().last_day.has_value()) {
    claim.begntime = {*planner.info().last_day, 24 * 3600 - 1};
    planner.add(claim, "choice/last-second", "末日最后一秒", "the last second of the last day");
    claim.begntime = {planner.info().last_day->plus_days(1), 0};
    planner.add(claim, "choice/the-day-after-the-last", "末日次日", "the day after the last day");
  }
}

}  // namespace

void plan_persons(Planner& planner) {
  const Claim plain = planner.plain(planner.usual(), Money::yuan(2'000));
  plan_retirement(planner, plain);
  plan_entitlement(planner, plain);
  plan_waiting(planner, plain);
  plan_visits(planner, plain);
  plan_choice(planner, plain);
}

}  // namespace gongji::vectors
