// settle.h — decides who pays what for one claim.  The only place in the product where money is decided.
//
// Same claim, same policy: same bytes, on the till, at the centre, in a test, in ten years.  Nothing here reads a
// clock, a file, a locale, a random source or a global; nothing uses floating point.
//
// Thread safety: any thread; arguments are borrowed for the length of the call, results own all they refer to.
// Cost: about 0.3 microseconds for five lines without a trace (tests/bench/adjudicate_bench.cpp).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "offline/settlement/claim.h"
#include "offline/settlement/policy.h"
#include "offline/settlement/settlement.h"
#include "offline/settlement/spare.h"

namespace gongji::settlement {

enum class TraceWish : std::uint8_t { none, steps };

// Requires a claim as claim_json.h accepts it: 1..lines_max lines, amounts within their limits and line amounts that
// match price x quantity.  `policy` is the one that holds on the claim's day (packs::PackSet::choose).
//
// Refusals, in order of precedence: site_not_designated, excluded_cause, waiting_period, benefit_not_in_pack,
// parameter_unset.  The last two arise only where a fund share would be due.
Outcome settle(const Claim& claim, const Policy& policy, TraceWish wish);

// What one settlement leaves to the next.  Not thread-safe: one a thread.
struct SettlementMemory {
  Spare<LineShares> lines;
  Spare<AccountPayment> payments;
  Spare<Counter> counters;
  Spare<Step> steps;
};

// The same for bulk work: `out` is used again, and nothing is allocated once both have held as much
// (tests/allocations).  On a refusal `out` is left unspecified.
std::optional<Refusal> settle_into(const Claim& claim, const Policy& policy, TraceWish wish, Settlement& out,
                                   SettlementMemory& memory);

// What one step of the trace did to an amount, without its texts: for sums over many claims.
struct Movement {
  std::string_view step;     // as in Step, static text
  const Row* row = nullptr;  // of the policy, or of another scheme's account rules; lives as long as they do
  Money before, after;
};

// The same with the movements of all steps, in the order of the trace, in place of the steps themselves; no text is
// made.  `out.trace` is empty.  On a refusal `movements` is left unspecified too.
std::optional<Refusal> settle_into(const Claim& claim, const Policy& policy, std::vector<Movement>& movements,
                                   Settlement& out, SettlementMemory& memory);

// Whether the rules for retired persons hold for this person on this day under this policy.
bool is_retired(const Person& person, Day day, const Policy& policy);

}  // namespace gongji::settlement
