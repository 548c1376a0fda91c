// fairness.h — what a fair division is: stated, not computed.
#pragma once

#include <cstdint>
#include <vector>

namespace gongji::testing {

// Whether `shares` divide their sum in the proportion of `weights` by largest remainder with ties to the earlier.
bool is_fair(const std::vector<std::int64_t>& shares, const std::vector<std::int64_t>& weights);

}  // namespace gongji::testing
