// replay.h — the engine: claims in the order of service through two versions of the rules.
//
// Counters.  A claim's own `ytd` is the opening of a counter for a person of whom no claim was seen yet in the span
// that the counter counts (a calendar year, a July year, a day); from then on the counters that this replay carried
// count, under each version its own.  They belong to the scheme, so all its versions share them. Accounts.  Balances
// are those of each claim, under both versions: what an account pays more today is not missing in it tomorrow.  A pack
// that a claim forces is ignored: the versions asked for decide.
//
// Cost: about 3 microseconds of processor time a claim of three lines, reading included; memory grows with persons, not
// with claims.
//
// Thread safety: one thread at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "offline/base/result.h"
#include "offline/packs/packs.h"
#include "offline/replay/report.h"
#include "offline/replay/version.h"
#include "offline/settlement/claim.h"
#include "offline/settlement/claim_json.h"
#include "offline/settlement/settlement.h"

namespace gongji::replay {

// One claim under one version; views live until the next claim.
struct Outcome {
  std::optional<settlement::RefusalCode> refused;
  Shares shares;
};
struct ClaimRow {
  std::string_view id;
  CivilTime begntime;
  std::string_view category, site, benefit;
  Money medfee;
  Outcome base, other;
};

class Replay {
 public:
  // The versions' packs must outlive it.
  Replay(const Version& base, const Version& other);
  ~Replay();
  Replay(const Replay&) = delete;
  Replay& operator=(const Replay&) = delete;

  // Requires a claim as claim_json.h accepts it.  `person` tells persons apart (kept only as a hash).  `claim.ytd` is
  // as it was afterwards, `claim.pack` is empty.  The row, or nullopt where neither version knows the claim's counters
  // (then `fault()` says what, and the claim counts nowhere).  Errors: not_in_order, too_much_money; the claim did not
  // count.
  Result<std::optional<ClaimRow>> add(settlement::Claim& claim, std::string_view person);
  const settlement::ClaimError& fault() const;

  // Call once, after the last claim.
  Report finish();

  // What is kept between claims, in bytes (without the report's few tables).
  std::size_t state_bytes() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace gongji::replay
