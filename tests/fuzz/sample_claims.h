// sample_claims.h — a few claims that touch every kind of line, account, counter and visit, for packs of any shape.
#pragma once

#include <vector>

#include "offline/settlement/claim.h"

namespace gongji::testing {

const std::vector<settlement::Claim>& sample_claims();

}  // namespace gongji::testing
