// refusals.h — makes a refusal with its words.  Any thread; pure.
#pragma once

#include <string>

#include "offline/settlement/policy.h"
#include "offline/settlement/settlement.h"

namespace gongji::settlement {

// `row` is what the law says, nullptr where no row can be cited; `path` is the pack's row or the claim's member.
Refusal refuse(RefusalCode code, const Row* row, std::string path);

}  // namespace gongji::settlement
