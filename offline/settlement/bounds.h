// bounds.h — the least and the most that the fund may lawfully pay for a sale when the counters are not fresh.
//
// The till knows the counters as they stood at some time t.  Since then the person may have been elsewhere: any visits,
// at any level, with any goods, as long as the benefit year is the same.  Each of them can only add to the counters.
// share_bounds() answers for ALL such continuations at once.
//
// How.  A stage reads a counter only as "what is still missing of the limit", so with the other counters fixed the
// fund's share is level beyond the limits and goes one way between them: a used-up deductible raises the share, a
// used-up fund limit lowers it.  Such a function takes its extremes at the corners of the box [known, limit] x
// [known, limit] x ..., so settle() at every corner decides.  Only where a limit hands over to another ratio under
// another limit can the share turn once in between: each edge between two corners is therefore halved, from the limits
// on, until it is a straight line to the fen.
//
// That the counters depend on each other (a fund counter grows only behind its deductible) takes nothing away: the
// corner of the highest share, deductibles used up and fund limits untouched, is reached by a visit that costs exactly
// what is missing; the corner of the lowest share, everything used up, by a large one.  tests/refund/bounds_test.cpp
// compares the bounds with every continuation of up to three visits on a small policy.
//
// Where the scheme limits the fund's money in a year, the lowest share is 0 unless the limit leaves another payer:
// somebody may have used it up.  That is the law's answer, not a weakness of the method.
//
// Thread safety: pure; any thread.  Cost: 2^n settle() for n counters and some hundred for each edge: below a
// millisecond for Wuhan.
#pragma once

#include <optional>
#include <variant>
#include <vector>

#include "offline/settlement/claim.h"
#include "offline/settlement/policy.h"
#include "offline/settlement/settlement.h"

namespace gongji::settlement {

// More counters than this are not tried one against the other: the bounds are then 0 and the whole in-scope cost.
inline constexpr std::size_t bounded_counters_max = 12;

struct ShareBounds {
  Money lowest, last_known, highest;  // fund_pay_sumamt; lowest <= last_known <= highest
  // Counters at which settle() gives `lowest` and `highest`: each as known, or at or beyond its limit.  Empty where the
  // bound is not attained (see `open`).
  std::vector<Counter> at_lowest, at_highest;
  // Some continuation leads where the law gives no answer (a parameter unset): then `lowest` is 0 and `highest` the
  // in-scope cost, which no fund share exceeds.
  std::optional<Refusal> open;
  bool operator==(const ShareBounds&) const = default;
};

// Requires a claim as settle() does, with the last known counters in `ytd`; `policy` as for settle().
// Ensures: for every continuation after which settle() answers, lowest <= its fund share <= highest, and both are
//   attained where `open` is empty and there are at most bounded_counters_max counters.
// Assumes: counters only grow (a refund elsewhere since t is not looked at), the benefit year of t is the claim's, and
//   account balances are as in the claim.
// A Refusal: settle() refuses with the last known counters already.
std::variant<ShareBounds, Refusal> share_bounds(const Claim& claim, const Policy& policy);

}  // namespace gongji::settlement
