#include "offline/record/owners.h"

#include <algorithm>

#include "offline/base/check.h"

namespace gongji::record {
namespace {

constexpr const char* self = "self";

std::string family_name(std::size_t index) {
  return "family-" + std::to_string(index + 1);
}

}  // namespace

std::vector<std::string> family_of(const settlement::Claim& claim, const settlement::Settlement* settled) {
  std::vector<std::string> family;
  const auto add = [&](const std::string& owner) {
    if (owner != self && std::find(family.begin(), family.end(), owner) == family.end()) family.push_back(owner);
  };
  for (const auto& account : claim.accounts) add(account.owner);
  if (settled != nullptr)
    for (const auto& payment : settled->accounts) add(payment.owner);
  return family;
}

std::string public_owner(const std::string& owner, const std::vector<std::string>& family) {
  if (owner == self) return owner;
  const auto found = std::find(family.begin(), family.end(), owner);
  GONGJI_CHECK(found != family.end());
  return family_name(static_cast<std::size_t>(found - family.begin()));
}

bool restore_owners(settlement::Claim& claim, settlement::Settlement* settled, const std::vector<std::string>& family) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < family.size(); ++i) names.push_back(family_name(i));
  const auto restore = [&](std::string& owner) {
    if (owner == self) return true;
    const auto found = std::find(names.begin(), names.end(), owner);
    if (found == names.end()) return false;
    owner = family[static_cast<std::size_t>(found - names.begin())];
    return true;
  };
  for (auto& account : claim.accounts)
    if (!restore(account.owner)) return false;
  if (settled != nullptr)
    for (auto& payment : settled->accounts)
      if (!restore(payment.owner)) return false;
  return true;
}

}  // namespace gongji::record
