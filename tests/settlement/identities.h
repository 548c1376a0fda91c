// identities.h — what holds in every settlement of every scheme.
#pragma once

#include <rapidcheck.h>

#include <string>

#include "offline/settlement/claim.h"
#include "offline/settlement/settlement.h"

namespace gongji::testing {

// The first identity that does not hold, in words; "" where all do.
std::string broken_identity(const settlement::Claim& claim, const settlement::Settlement& settlement);

// What the steps of a trace must be: each with rule, value, article, source and day, chained from the first to the
// last, and summing to the totals, so that every fen belongs to a step.  "" where that is so.
std::string broken_trace(const settlement::Claim& claim, const settlement::Settlement& settlement);

// The same as assertions inside a property.
inline void require_identities(const settlement::Claim& claim, const settlement::Settlement& settlement) {
  const std::string broken = broken_identity(claim, settlement);
  if (!broken.empty()) RC_FAIL(broken);
}

}  // namespace gongji::testing
