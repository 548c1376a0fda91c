// grant.h — a standing grant: what one terminal may promise of one person's money without asking.
//
// The centre sets the limits aside when it gives the grant, so whatever is sold on it is guaranteed.  It travels as an
// item of the signed feed; the same id again, with later expiry or higher limits, extends it.  When it may be spent and
// when it is free again: grant_rules.h.
//
// A grant names people by look-up hashes only, keyed per site: it holds no personal data.
//
// Canonical JSON bytes (VECTORS.md).  encode() requires what decode_grant() checks (GONGJI_CHECK); decode_grant() gives
// the troubles of entry.h's decode().  Pure; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "offline/base/clock.h"
#include "offline/base/day.h"
#include "offline/base/ids.h"
#include "offline/base/money.h"
#include "offline/base/result.h"
#include "offline/record/grant_rules.h"
#include "offline/settlement/claim.h"

namespace gongji::record {

inline constexpr std::size_t grant_accounts_max = 16;
inline constexpr std::size_t grant_counters_max = 16;

// Up to `limit` of one account.
struct AccountLimit {
  std::string owner;  // "self", or the look-up hash of the person who owns it (64 hex)
  settlement::AccountKind kind = settlement::AccountKind::prior;
  Money limit;
  bool operator==(const AccountLimit&) const = default;
};

// Sales on the grant raise this counter of what the fund has paid by at most `limit`, in the window that began on
// `since`.  A fund's share is granted only where every limit that it counts toward is named.
struct FundLimit {
  std::string scheme, counter;
  Day since;
  Money limit;
  bool operator==(const FundLimit&) const = default;
};

struct Grant {
  Id id;
  std::string terminal;
  JournalLife life;        // the one epoch and run of that terminal's journal that may spend it; both from 1
  std::string person_key;  // look-up hash of the patient, 64 hex
  std::vector<AccountLimit> accounts;  // own and family; each account once
  std::vector<FundLimit> fund;         // each counter and window once
  WallTime snapshot_as_of;             // what the centre knew when it chose the limits
  WallTime issued, expires;
  bool operator==(const Grant&) const = default;
};
// A grant that its till will never spend again; every use of it is in the entries up to `closed_after`.
struct ClosedGrant {
  Id id;
  std::uint64_t closed_after = 0;
  bool operator==(const ClosedGrant&) const = default;
};

std::string encode(const Grant& grant);
Result<Grant> decode_grant(std::string_view bytes);

}  // namespace gongji::record
