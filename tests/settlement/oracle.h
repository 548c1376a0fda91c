// oracle.h — Wuhan 2023-02-01 a second time: slow, plain, written from the articles and without the engine's parts.
//
// It knows the numbers itself, uses fractions instead of rounded rates, gives fen one by one, and answers totals only;
// how a column is spread over lines is judged by `is_fair`, not computed.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "offline/settlement/claim.h"
#include "offline/settlement/settlement.h"

namespace gongji::testing {

struct OracleAnswer {
  std::optional<settlement::RefusalCode> refused;
  std::int64_t medfee = 0, own_cost = 0, over_limit = 0, first_part = 0, in_scope = 0, deductible = 0, fund = 0;
  std::int64_t account = 0, family = 0, cash = 0;
  std::int64_t counter_deductible = 0, counter_fund = 0;
  std::vector<std::int64_t> line_in_scope;
  std::vector<bool> account_may_pay;
};

OracleAnswer wuhan_by_hand(const settlement::Claim& claim);

// Whether `shares` divide their sum in the proportion of `weights` by largest remainder with ties to the earlier:
// stated, not computed.
bool is_fair(const std::vector<std::int64_t>& shares, const std::vector<std::int64_t>& weights);

}  // namespace gongji::testing
