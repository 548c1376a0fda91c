// examples.h — the same few visits settled under two versions: what a change means for whom.
//
// Thread safety: pure; any thread.  Cost: a few microseconds a visit.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "offline/base/money.h"
#include "offline/review/words.h"
#include "offline/settlement/policy.h"
#include "offline/settlement/settlement.h"

namespace gongji::review {

// Who pays, or the refusal's name.
struct Outcome {
  std::optional<Money> fund, personal;  // both or none
  std::string refused;                  // "parameter_unset"; "" where settled
  bool operator==(const Outcome&) const = default;
};

struct Example {
  std::string visit;     // "plain", "large", "deductible_used", "class_b", "elsewhere"
  Words words;           // 300 元甲类药，起付标准已满
  Money total;           // of the visit
  std::string category;  // as in either pack
  std::string level;     // "1", "2", "3", or the place
  Words who;
  Outcome a, b;
};

// Drugs without upper price, no accounts; deductibles counted by the year are new or used up, as the visit says.
std::vector<Example> examples_of(const settlement::Policy& a, const settlement::Policy& b, Day day);

}  // namespace gongji::review
