// filled.h — policies whose open figures are filled in, so that no rule is out of reach of a test.
#pragma once

#include "offline/settlement/policy.h"

namespace gongji::testing {

// A copy in which every row that the texts leave open has this number: `ppm` for ratios, `fen` for amounts, twenty
// times as much for limits.
inline settlement::Policy filled(const settlement::Policy& policy, std::int64_t fen = 41'000,
                                 std::int64_t ppm = 712'300) {
  settlement::Policy full = policy;
  for (settlement::Row& row : full.rows) {
    if (row.number.has_value() || !row.printed.empty()) continue;
    const bool ratio = row.id.find("ratio") != std::string::npos;
    const bool limit = row.id.find("cap") != std::string::npos || row.id.find("ceiling") != std::string::npos;
    row.number = ratio ? ppm : limit ? 20 * fen : fen;
    row.printed = "filled";
  }
  return full;
}

}  // namespace gongji::testing
