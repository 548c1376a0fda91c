#include "offline/settlement/fund_counters.h"

#include <set>

namespace gongji::settlement {

std::vector<std::string> fund_counters(const Policy& policy) {
  std::set<CounterRef> found;
  for (const Benefit& benefit : policy.benefits) {
    for (const Stage& stage : benefit.stages) {
      const auto* cap = std::get_if<CapStage>(&stage);
      if (cap == nullptr) continue;
      found.insert(cap->counter);
      if (cap->beyond) found.insert(cap->beyond->counter);
    }
  }
  std::vector<std::string> names;
  for (std::size_t i = 0; i < policy.counters.size(); ++i) {
    if (found.contains(static_cast<CounterRef>(i))) names.push_back(policy.counters[i]);
  }
  return names;
}

}  // namespace gongji::settlement
