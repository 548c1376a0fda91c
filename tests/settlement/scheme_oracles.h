// scheme_oracles.h — two more schemes a second time, written from the articles and without the engine's parts.
//
// Given what was in scope (lines are lines in every scheme; oracle.h does them by hand), they answer what the fund
// pays.
#pragma once

#include <cstdint>
#include <optional>

#include "offline/settlement/claim.h"

namespace gongji::testing {

struct FundByHand {
  std::int64_t deductible = 0, fund = 0, additional = 0;
};

// Shanghai, medical year from 2023-07-01: `rest` is the in-scope cost that no account paid first.  nullopt: the text
// has no ratio for the level.
std::optional<FundByHand> shanghai_by_hand(const settlement::Claim& claim, int level, std::int64_t rest);

// Suyu, inpatient: `class_b` of the `in_scope` cost are class-B drugs.  Fen by fen.
FundByHand suyu_by_hand(const settlement::Claim& claim, std::int64_t in_scope, std::int64_t class_b);

}  // namespace gongji::testing
