#include "offline/audit/law.h"

namespace gongji::audit {

Result<void> LawLibrary::add(Law law) {
  auto set = packs::packs_of(law.texts, law.activate_reported);
  if (!set) return set.error();
  laws_.push_back(std::move(law));
  sets_.push_back(std::move(*set));
  return {};
}

std::optional<LawLibrary::Found> LawLibrary::find(const record::Sale& sale) const {
  for (std::size_t i = 0; i < sets_.size(); ++i) {
    const settlement::Policy* policy =
        sets_[i].find(sale.pack, sale.claim.begntime.day, sale.claim.person.insuplc_admdvs);
    if (policy != nullptr && policy->digest == sale.pack_digest) return Found{policy, i};
  }
  return std::nullopt;
}

}  // namespace gongji::audit
