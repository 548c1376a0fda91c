// stop.h — one line of the stop list: what may not be shown any more, and since when.
//
// The centre puts a line on the feed of every terminal that may meet the credential; the till asks its list before
// anything else.  A line names nobody: it holds a look-up hash under the key of the terminal's site, made from
// stop_domain() and
//   card      card_sn: the chip, so that a new card of the same number is another card
//   voucher   the hex digits of voucher_digest() (voucher.h)
//   person    psn_no; this is the person's look-up hash, as in entries and grants
// A later line of the same kind and hash takes the place of the earlier one; a lifted one takes it off the list.
//
// Canonical JSON, inside a feed batch (verdict.h), whose signature is its own.  Numbers are stored: never renumber.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "offline/base/check.h"
#include "offline/base/clock.h"

namespace gongji::record {

enum class StopKind : std::uint8_t { card = 1, voucher = 2, person = 3 };
enum class StopReason : std::uint8_t {
  lost = 1,       // reported lost or stolen
  revoked = 2,    // taken back by who issued it
  used = 3,       // a voucher that was used at another terminal
  suspended = 4,  // this person's insurance is suspended
};

struct Stop {
  StopKind kind = StopKind::card;
  std::string key;  // look-up hash, 64 hex
  StopReason reason = StopReason::lost;
  WallTime from;                  // in force from here on
  std::optional<WallTime> until;  // and before this; absent: until it is lifted
  bool lifted = false;
  bool operator==(const Stop&) const = default;
};

// The first argument of seal::lookup_key() for a line of this kind.
constexpr std::string_view stop_domain(StopKind kind) {
  switch (kind) {
    case StopKind::card:
      return "stop.card";
    case StopKind::voucher:
      return "stop.voucher";
    case StopKind::person:
      return "person";
  }
  check_failed("a stop has a kind", __FILE__, __LINE__, {});
}

constexpr bool in_force(const Stop& stop, WallTime now) {
  return !stop.lifted && stop.from <= now && (!stop.until || now < *stop.until);
}

}  // namespace gongji::record
