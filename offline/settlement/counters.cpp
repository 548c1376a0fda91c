#include <algorithm>

#include "offline/settlement/policy.h"

namespace gongji::settlement {

std::optional<Day> counts_since(const Policy& policy, std::string_view counter, Day day) {
  const auto found = std::find(policy.counters.begin(), policy.counters.end(), counter);
  CounterSpan span = CounterSpan::none;
  if (found != policy.counters.end()) {
    span = policy.counter_spans[static_cast<std::size_t>(found - policy.counters.begin())];
  } else if (policy.code_counter.has_value() && counter.starts_with(policy.code_counter->prefix) &&
             counter.ends_with(policy.code_counter->suffix)) {
    span = CounterSpan::calendar;
  }
  switch (span) {
    case CounterSpan::calendar:
      return Day::from_civil(day.year(), 1, 1);
    case CounterSpan::july:
      return Day::from_civil(day.month() < 7 ? day.year() - 1 : day.year(), 7, 1);
    case CounterSpan::day:
      return day;
    case CounterSpan::none:
      return std::nullopt;
  }
  return std::nullopt;
}

}  // namespace gongji::settlement
