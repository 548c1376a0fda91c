// recompute.h — settles a recorded sale again, from its claim, its counters-before and its own rules.
//
// A chain that was computed anew from a changed entry on holds in itself; what the law gives for the claim does not
// change with it.
//
// Pure; any thread.  Cost: about 40 microseconds a sale of five lines, most of it reading the claim as strictly as the
// till's door does (a stranger's entry may hold anything).
#pragma once

#include "offline/audit/law.h"

namespace gongji::audit {

// Nothing to do for cancels and papers.  `sale` may be without its personal part.
// Errors in order: law_absent; settlement_differs (path "seq 17", detail what was expected and found: the first
// difference in the order claim, totals, accounts, lines, counters).
Result<void> recompute(const record::Decoded& entry, const LawLibrary& library);

}  // namespace gongji::audit
