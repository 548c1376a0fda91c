#include "terminal/checkout/asked_holds.h"

#include <utility>

namespace gongji::terminal {

AskedHolds::Asked::Asked(AskedHolds& owner, protocol::HoldRequest request) : owner_(owner), sale_id_(request.sale_id) {
  const std::scoped_lock lock(owner_.lock_);
  owner_.asked_.push_back(std::move(request));
}

AskedHolds::Asked::~Asked() {
  owner_.end(sale_id_);
}

void AskedHolds::end(const Id& sale_id) {
  const std::scoped_lock lock(lock_);
  asked_.remove_if([&](const protocol::HoldRequest& asked) { return asked.sale_id == sale_id; });
}

void AskedHolds::take_off(const std::string& psn_no, std::vector<settlement::Account>& accounts) const {
  const std::scoped_lock lock(lock_);
  for (const auto& asked : asked_) {
    for (const auto& share : asked.accounts) {
      const std::string& owner = share.owner == "self" ? asked.psn_no : share.owner;
      for (auto& account : accounts) {
        const std::string& whose = account.is_own() ? psn_no : account.owner;
        if (whose == owner && account.kind == share.kind) account.balc = max(Money(), account.balc - share.amount);
      }
    }
  }
}

}  // namespace gongji::terminal
