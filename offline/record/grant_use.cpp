#include "offline/record/grant_use.h"

#include <algorithm>

#include "offline/base/check.h"

namespace gongji::record {

std::optional<GrantUse> use_of(const Grant& grant, const Promised& promised,
                               const std::function<std::string(const std::string& psn_no)>& hash_of) {
  GrantUse use{std::vector<Money>(grant.accounts.size()), std::vector<Money>(grant.fund.size())};
  for (const auto& payment : promised.accounts) {
    if (payment.paid == Money()) continue;
    const std::string owner = payment.owner == "self" ? payment.owner : hash_of(payment.owner);
    const auto limit = std::find_if(grant.accounts.begin(), grant.accounts.end(), [&](const AccountLimit& account) {
      return account.owner == owner && account.kind == payment.kind;
    });
    if (limit == grant.accounts.end()) return std::nullopt;
    use.accounts[static_cast<std::size_t>(limit - grant.accounts.begin())] += payment.paid;
  }
  Money counted;
  for (const auto& rise : promised.rises) {
    const auto limit = std::find_if(grant.fund.begin(), grant.fund.end(), [&](const FundLimit& fund) {
      return fund.scheme == rise.scheme && fund.counter == rise.name && fund.since == rise.since;
    });
    if (limit == grant.fund.end()) continue;  // a deductible, say: it costs the fund nothing
    use.fund[static_cast<std::size_t>(limit - grant.fund.begin())] += rise.value;
    counted += rise.value;
  }
  if (counted < promised.fund) return std::nullopt;
  return use;
}

bool names_limits(const Grant& grant, std::span<const settlement::Counted> rises,
                  std::span<const std::string> fund_counters) {
  return std::all_of(rises.begin(), rises.end(), [&](const settlement::Counted& rise) {
    const bool limits = std::find(fund_counters.begin(), fund_counters.end(), rise.name) != fund_counters.end();
    return !limits || std::any_of(grant.fund.begin(), grant.fund.end(), [&](const FundLimit& fund) {
      return fund.scheme == rise.scheme && fund.counter == rise.name && fund.since == rise.since;
    });
  });
}

bool covers(const Grant& left, const GrantUse& use) {
  GONGJI_CHECK(use.accounts.size() == left.accounts.size() && use.fund.size() == left.fund.size());
  for (std::size_t i = 0; i < use.accounts.size(); ++i) {
    if (use.accounts[i] > left.accounts[i].limit) return false;
  }
  for (std::size_t i = 0; i < use.fund.size(); ++i) {
    if (use.fund[i] > left.fund[i].limit) return false;
  }
  return true;
}

}  // namespace gongji::record
