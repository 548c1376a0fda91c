#include "terminal/checkout/last_day.h"

namespace gongji::terminal {

namespace {

std::optional<record::LastDay> by_law(const settlement::Claim& claim, const settlement::Policy& policy) {
  const auto& rule = policy.late[static_cast<std::size_t>(claim.visit.region)];
  if (rule.effect != settlement::Effect::as_usual || rule.deadline_month == 0) return std::nullopt;
  const auto day = Day::from_civil(claim.begntime.day.year() + 1, rule.deadline_month, rule.deadline_day);
  if (!day) return std::nullopt;
  return record::LastDay{*day, rule.row == settlement::no_row ? policy.name : policy.rows[rule.row].article};
}

}  // namespace

std::optional<record::LastDay> last_day_of(const settlement::Claim& claim, bool person_known,
                                           const packs::PackSet& packs, const record::Terms& terms) {
  if (person_known) {
    const packs::Choice choice = packs.choose(claim);
    if (const auto* chosen = std::get_if<packs::Chosen>(&choice)) {
      if (auto day = by_law(claim, *chosen->policy)) return day;
    }
  }
  if (terms.paper_days == 0) return std::nullopt;
  return record::LastDay{claim.begntime.day.plus_days(static_cast<std::int32_t>(terms.paper_days)), "terms"};
}

}  // namespace gongji::terminal
