// grant_use.h — what one sale takes of a grant.  Till and centre count it the same way.  Pure; any thread.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "offline/record/grant.h"
#include "offline/settlement/counted.h"
#include "offline/settlement/settlement.h"

namespace gongji::record {

// Of each limit of the grant, in its order.
struct GrantUse {
  std::vector<Money> accounts, fund;
  bool operator==(const GrantUse&) const = default;
};

// What a sale promises, as the grant counts it.
struct Promised {
  Money fund;
  std::span<const settlement::AccountPayment> accounts;  // owner "self" or a psn_no
  std::span<const settlement::Counted> rises;            // of all counters, each in its window
};

// nullopt where the grant does not speak of all of it: an account that it does not name, or a share of the fund that
// counts toward none of its limits.  `hash_of` gives the look-up hash of a person by psn_no.
std::optional<GrantUse> use_of(const Grant& grant, const Promised& promised,
                               const std::function<std::string(const std::string& psn_no)>& hash_of);

// Whether the grant names every limit of the fund that the sale counts toward: a share is promised only where it does.
// `fund_counters`: those of the policy that count what the fund pays (settlement/fund_counters.h).
bool names_limits(const Grant& grant, std::span<const settlement::Counted> rises,
                  std::span<const std::string> fund_counters);

// Whether every limit still covers it.
bool covers(const Grant& left, const GrantUse& use);

}  // namespace gongji::record
