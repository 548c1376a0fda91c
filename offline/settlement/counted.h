// counted.h — what counters stand at or gain, each in the window in which it counts.
//
// A counter counts for a year from January, for a year from July, for a day, or without end (CounterSpan).  Whoever
// keeps counters keeps them by the first day of that window: on the first day of the next one nothing that was kept
// fits any more, so a new window starts clean without anybody clearing anything, and what is given back goes to the
// window that it was taken from.
//
// Pure; any thread.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "offline/settlement/policy.h"

namespace gongji::settlement {

// `since` of a counter that counts without end.
inline constexpr Day without_end = Day::from_number(0);

struct Counted {
  // The counters of two schemes never mix.  "": kept by calendar year, before windows were (or by somebody who did not
  // know the scheme); `since` is then 1 January, and it counts in that year for whatever scheme the person is in.
  std::string scheme;
  std::string name;  // "op.fund"
  Day since;         // first day of the window
  Money value;       // fen; negative only where a difference is meant
  bool operator==(const Counted&) const = default;
  bool same_counter(const Counted& other) const {
    return name == other.name && since == other.since && scheme == other.scheme;
  }
};

// The first day of the window of this counter that `day` lies in; without_end also for a counter that the policy does
// not have.
Day window_of(const Policy& policy, std::string_view counter, Day day);

// Whether the row counts in a settlement by this policy on `day`.
bool counts_on(const Policy& policy, const Counted& row, Day day);

// Claim::ytd on `day`: what counts, added up by name, never below 0; names in the order of their first row.
std::vector<Counter> counters_on(const Policy& policy, std::span<const Counted> known, Day day);

// What a settlement added: Settlement::ytd minus Claim::ytd where it rose, each in its window.
std::vector<Counted> counted_between(const Policy& policy, std::span<const Counter> before,
                                     std::span<const Counter> after, Day day);

// Adds `more` to the row of the same counter and window, or as a new row.
void add_counted(std::vector<Counted>& rows, const Counted& more);

// The value of the counter of that name; 0 where it is missing.
Money value_of(std::span<const Counter> counters, std::string_view name);

}  // namespace gongji::settlement
