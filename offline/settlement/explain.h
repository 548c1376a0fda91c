// explain.h — one plain sentence for a step of the trace.
#pragma once

#include <string>

#include "offline/base/result.h"
#include "offline/settlement/settlement.h"

namespace gongji::settlement {

// "依据第十四条（2023-02-01起施行），起付标准700.00元，本次90.00元中先由个人负担90.00元。"
// Names the article, the day from which it holds (where known) and the amounts.
std::string explain(const Step& step, Language language);

}  // namespace gongji::settlement
