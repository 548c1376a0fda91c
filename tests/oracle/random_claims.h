// random_claims.h — claims by the hundred thousand: plain random numbers from a seed, so that a claim costs
// microseconds and a failure comes back with its seed.
#pragma once

#include <cstdint>
#include <random>

#include "offline/settlement/claim.h"
#include "tests/oracle/oracle.h"

namespace gongji::testing {

using Random = std::mt19937_64;

// A claim of a member of that version's scheme, with everything varied that any rule looks at.
settlement::Claim random_claim(const KnownVersion& version, Random& random);

}  // namespace gongji::testing
