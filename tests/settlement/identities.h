// identities.h — what holds in every settlement of every scheme; rapidcheck assertions.
#pragma once

#include "offline/settlement/claim.h"
#include "offline/settlement/settlement.h"

namespace gongji::testing {

void require_identities(const settlement::Claim& claim, const settlement::Settlement& settlement);

}  // namespace gongji::testing
