#include <algorithm>

#include "offline/settlement/counted.h"

namespace gongji::settlement {

namespace {

CounterSpan span_of(const Policy& policy, std::string_view counter) {
  const auto found = std::find(policy.counters.begin(), policy.counters.end(), counter);
  if (found != policy.counters.end()) {
    return policy.counter_spans[static_cast<std::size_t>(found - policy.counters.begin())];
  }
  if (policy.code_counter.has_value() && counter.starts_with(policy.code_counter->prefix) &&
      counter.ends_with(policy.code_counter->suffix)) {
    return CounterSpan::calendar;
  }
  return CounterSpan::none;
}

}  // namespace

std::optional<Day> counts_since(const Policy& policy, std::string_view counter, Day day) {
  switch (span_of(policy, counter)) {
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

Day window_of(const Policy& policy, std::string_view counter, Day day) {
  return counts_since(policy, counter, day).value_or(without_end);
}

bool counts_on(const Policy& policy, const Counted& row, Day day) {
  if (!row.scheme.empty()) return row.scheme == policy.scheme && row.since == window_of(policy, row.name, day);
  const CounterSpan span = span_of(policy, row.name);
  return span == CounterSpan::none || (span != CounterSpan::day && row.since.year() == day.year());
}

std::vector<Counter> counters_on(const Policy& policy, std::span<const Counted> known, Day day) {
  std::vector<Counter> out;
  for (const Counted& row : known) {
    if (!counts_on(policy, row, day)) continue;
    const auto same =
        std::find_if(out.begin(), out.end(), [&](const Counter& other) { return other.name == row.name; });
    if (same == out.end()) {
      out.push_back({row.name, row.value});
    } else {
      same->value += row.value;
    }
  }
  for (Counter& counter : out) counter.value = max(Money(), counter.value);
  return out;
}

Money value_of(std::span<const Counter> counters, std::string_view name) {
  const auto found = std::find_if(counters.begin(), counters.end(), [&](const auto& c) { return c.name == name; });
  return found == counters.end() ? Money() : found->value;
}

std::vector<Counted> counted_between(const Policy& policy, std::span<const Counter> before,
                                     std::span<const Counter> after, Day day) {
  std::vector<Counted> out;
  for (const Counter& counter : after) {
    const Money more = counter.value - value_of(before, counter.name);
    if (more > Money()) out.push_back({policy.scheme, counter.name, window_of(policy, counter.name, day), more});
  }
  return out;
}

void add_counted(std::vector<Counted>& rows, const Counted& more) {
  const auto same = std::find_if(rows.begin(), rows.end(), [&](const Counted& row) { return row.same_counter(more); });
  if (same == rows.end()) {
    rows.push_back(more);
  } else {
    same->value += more.value;
  }
}

}  // namespace gongji::settlement
