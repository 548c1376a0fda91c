// fund_counters.h — which counters of a policy count what the fund pays, and so limit it.  Pure; any thread.
#pragma once

#include <string>
#include <vector>

#include "offline/settlement/policy.h"

namespace gongji::settlement {

// Each once, in the order of Policy::counters.  A deductible's counter is none of them: it counts what the patient
// paid.
std::vector<std::string> fund_counters(const Policy& policy);

}  // namespace gongji::settlement
