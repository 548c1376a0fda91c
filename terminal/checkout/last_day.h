// last_day.h — until when a sale that was paid in cash can be settled again at the bureau.
//
// The law of the person's scheme says it for late papers; where it gives no last day, the terms may; where neither
// does, nobody knows here, and the paper says to ask.  Pure; any thread.
#pragma once

#include <optional>

#include "offline/packs/packs.h"
#include "offline/record/entry.h"
#include "offline/record/snapshot.h"

namespace gongji::terminal {

// `person_known`: the claim names its person, so that a law can be chosen.
std::optional<record::LastDay> last_day_of(const settlement::Claim& claim, bool person_known,
                                           const packs::PackSet& packs, const record::Terms& terms);

}  // namespace gongji::terminal
