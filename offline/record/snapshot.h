// snapshot.h — what the centre knew of a person at one moment, signed; and what it lets a terminal promise without it.
//
// Both are canonical JSON bytes with a detached SM2 signature (raw r||s) over tag | bytes.  Bytes are kept as received.
// encode() requires what its decode_…() checks (GONGJI_CHECK): UTF-8, ranges, one slice a presence, a printable name of
// the terminal.  decode_…() gives the troubles of entry.h's decode().  All are pure; any thread.
//
// A snapshot holds personal data in plain: it is sealed at rest by whoever stores it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "offline/base/bytes.h"
#include "offline/base/clock.h"
#include "offline/base/money.h"
#include "offline/base/result.h"
#include "offline/record/entry.h"
#include "offline/seal/key_store.h"
#include "offline/settlement/claim.h"

namespace gongji::record {

inline constexpr std::uint32_t retention_months_max = 1'200;

inline constexpr std::string_view snapshot_tag = "gongji.snapshot.v1";
inline constexpr std::string_view terms_tag = "gongji.terms.v1";
inline constexpr std::string_view feed_tag = "gongji.feed.v1";

// Bytes that somebody signed.
struct Signed {
  std::string bytes;
  Bytes signature;  // 64 bytes
  bool operator==(const Signed&) const = default;
};

// Signs `bytes` under one of the tags above.  Cost: one SM2 signature, about 0.35 ms.
Signed sign(const seal::KeyStore& keys, std::string_view tag, std::string bytes);
// True when `statement` carries the signature of the holder of `public_key` (65 bytes) under exactly this tag.
bool verify(ByteView public_key, std::string_view tag, const Signed& statement);

struct Snapshot {
  settlement::Person person;
  std::string psn_name, psn_cert_type, certno, gend, naty;
  // What each counter stands at, window by window; one that is missing stands at 0.
  std::vector<settlement::Counted> counters;
  std::vector<settlement::Account> accounts;  // own, then family in binding order; net of what others hold
  WallTime as_of;
  // The snapshot already contains this terminal's entries up to here.
  std::uint32_t applied_epoch = 1;
  std::uint64_t applied_seq = 0;
  // And the verdicts of this terminal's feed up to here.  Absent in what was signed before verdicts came twice: then
  // it contains every verdict on the entries up to applied_seq.
  std::optional<std::uint64_t> applied_feed;
  // Only in what was signed before counters had windows: the calendar year of all of them.  Each row of `counters` is
  // then without scheme and since 1 January of it.
  std::optional<std::int32_t> benefit_year;
  bool operator==(const Snapshot&) const = default;
};
std::string encode(const Snapshot& snapshot);
Result<Snapshot> decode_snapshot(std::string_view bytes);

// One slice of the reserve, for one presence.
struct ReserveSlice {
  Presence presence = Presence::declared;
  Money per_sale_max, per_person_day_max, total_max;  // of fund and account shares together
  std::uint32_t count_max = 0;                        // provisional sales without a verdict
  std::uint32_t hours_max = 0;                        // since the last contact with the centre
  bool operator==(const ReserveSlice&) const = default;
};

// What the fund may promise off line without a grant, where the counters are only as last known.
enum class FundBasis : std::uint8_t {
  last_known = 1,  // the share that they give
  lowest = 2,      // the least that the law can give whatever has happened since (settlement/bounds.h)
};

struct Terms {
  std::string terminal;
  std::uint32_t epoch = 1;
  std::string fixmedins_code, fixmedins_name;
  std::uint8_t fixmedins_type = 1;
  std::string admdvs;
  std::uint8_t dedc_hosp_lv = 9;
  bool designated = true, dual_channel = false;
  std::vector<ReserveSlice> reserve;  // at most one a presence; a missing one is no reserve
  // Personal parts of a month are forgotten when so many whole months have passed since its end; absent: kept.
  std::optional<std::uint32_t> retention_months;
  // Which presences may spend a standing grant off line, each once; absent: those where the credential itself was read
  // here (grant_presences_of).
  std::optional<std::vector<Presence>> grant_presences;
  FundBasis fund_basis = FundBasis::last_known;
  // The same person again within so many minutes adds up against per_sale_max; 0: no such rule.
  std::uint32_t split_window_minutes = 0;
  // Until when a paper can be re-settled, in days after the visit, where the law of the person's scheme gives no last
  // day; 0: nobody said, ask the bureau.
  std::uint32_t paper_days = 0;
  // A sale on a card that was read here and that promises more than this without the line needs the card's PIN; absent:
  // none does.
  std::optional<Money> card_pin_above;
  WallTime issued, expires;          // beyond `expires` nothing is promised off line
  std::uint32_t drain_window_s = 0;  // random start after a reconnect
  // An idle till asks for its feed so often; 0: nobody said, every 2 s.
  std::uint32_t poll_idle_s = 0;
  bool operator==(const Terms&) const = default;
};
// Terms::grant_presences, or what holds where the terms say nothing: card_authenticated, card_read_here,
// voucher_signed. What was only typed in may be anybody's.
std::vector<Presence> grant_presences_of(const Terms& terms);

std::string encode(const Terms& terms);
Result<Terms> decode_terms(std::string_view bytes);

}  // namespace gongji::record
