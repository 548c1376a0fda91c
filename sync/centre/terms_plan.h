// terms_plan.h — what the authority lets every terminal promise off line: DIR/terms.json, read at each start.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "offline/base/result.h"
#include "offline/record/snapshot.h"

namespace gongji::centre {

struct TermsPlan {
  std::vector<record::ReserveSlice> reserve;
  std::uint32_t valid_days = 365;  // of signed terms, and of a terminal's certificate
  std::uint32_t drain_window_s = 0;
  std::uint32_t hold_minutes = 15;  // within which a till must commit on a hold
  std::uint32_t late_days = 30;     // a hold of a silent terminal stays reserved so long
  bool activate_reported_packs = false;
};

TermsPlan default_terms_plan();
std::string to_json_text(const TermsPlan& plan);
// Errors: terms_invalid with the path.
Result<TermsPlan> read_terms_plan(std::string_view text);

}  // namespace gongji::centre
