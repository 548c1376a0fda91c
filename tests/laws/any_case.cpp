#include "tests/laws/any_case.h"

#include <map>
#include <memory>
#include <utility>

#include "tests/settlement/claims.h"
#include "tests/settlement/filled.h"

namespace gongji::testing {

using namespace settlement;

const packs::PackSet& all_packs() {
  static const packs::PackSet packs = packs::built_in_packs(true);
  return packs;
}

const Policy& AnyPack::on(Day day) const {
  const Policy& open = *all_packs().find(info->name, day);
  if (!filled) return open;
  static std::map<const Policy*, std::unique_ptr<const Policy>> full;
  auto& found = full[&open];
  if (found == nullptr) found = std::make_unique<const Policy>(testing::filled(open));
  return *found;
}

std::vector<AnyPack> any_packs() {
  std::vector<AnyPack> all;
  for (const packs::PackInfo& info : all_packs().packs()) {
    all.push_back({&info, false});
    for (const Row& row : all_packs().find(info.name, info.first_day)->rows) {
      if (row.number.has_value() || !row.printed.empty()) continue;
      all.push_back({&info, true});
      break;
    }
  }
  return all;
}

Claim AnyPack::any_claim() const {
  const Day day = info->first_day.plus_days(*rc::gen::inRange(0, 180));
  Claim claim = *any_claim_of(on(day));
  claim.begntime.day = day;
  if (claim.person.retired_on.has_value()) {
    claim.person.retired_on = day.plus_days(*rc::gen::inRange(-30, 30) - *rc::gen::element(0, 9000));
  }
  if (*rc::gen::inRange(0, 4) != 0) claim.person.entitled_from.reset();
  return claim;
}

Money used(const std::vector<Counter>& counters, const std::string& name) {
  for (const Counter& each : counters) {
    if (each.name == name) return each.value;
  }
  return {};
}

}  // namespace gongji::testing
