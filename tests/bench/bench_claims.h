// bench_claims.h — the claims that benches settle.
#pragma once

#include "offline/settlement/claim.h"

namespace gongji::bench {

// An on-job person at a third-level hospital in Wuhan who is near the deductible and pays from both accounts.  Of every
// five lines two are class A, one class B, one class B above its upper price, one own cost.
settlement::Claim wuhan_claim(int lines);

}  // namespace gongji::bench
