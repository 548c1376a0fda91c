#include "offline/replay/version.h"

#include <algorithm>

#include "offline/base/check.h"
#include "offline/replay/troubles.h"

namespace gongji::replay {

Result<Version> Version::of(const packs::PackSet& packs, std::string_view name) {
  const auto& known = packs.packs();
  const bool found = name == in_force || std::any_of(known.begin(), known.end(),
                                                     [name](const packs::PackInfo& each) { return each.name == name; });
  if (!found) return trouble(troubles::unknown_version, std::string(name));
  return Version(packs, name);
}

packs::Choice Version::choose(const settlement::Claim& claim) const {
  GONGJI_CHECK(!claim.pack.has_value());
  if (name_ == in_force) return packs_->choose(claim);
  const settlement::Policy* policy = packs_->find(name_, claim.begntime.day);
  GONGJI_CHECK_WHY(policy != nullptr, name_);
  return packs::Chosen{policy, true};
}

}  // namespace gongji::replay
