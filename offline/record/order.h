// order.h — an emergency order: the authority's word that for a time, in an area, more may be promised without a line.
//
// Signed with the authority's key under order_tag (snapshot.h has sign and verify), so it can come over the feed or on
// a stick.  It widens the reserve slices of a terminal's terms and never narrows them; it ends by itself.  The same id
// again, issued later, replaces it; that is also how it is withdrawn.
//
// Canonical JSON bytes.  encode() requires what decode_order() checks (GONGJI_CHECK); decode_order() gives the troubles
// of entry.h's decode().  Pure; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "offline/base/clock.h"
#include "offline/base/ids.h"
#include "offline/base/result.h"
#include "offline/record/snapshot.h"

namespace gongji::record {

inline constexpr std::string_view order_tag = "gongji.order.v1";
inline constexpr std::size_t order_names_max = 1'000;  // areas, sites, kinds of visits: of each

struct EmergencyOrder {
  Id id;
  bool withdrawn = false;
  // Where: sites whose admdvs begins with one of these digits (1 to 6), and sites by code.  One of both at least.
  std::vector<std::string> areas, sites;
  std::vector<std::string> med_types;  // kinds of visits (fsi med_type); empty: all
  std::vector<ReserveSlice> reserve;   // at most one a presence; the larger of both, member by member, holds
  WallTime issued, start, end;         // in force from `start` on and before `end`
  std::string reference;               // the document that it carries out, as an auditor looks it up
  bool operator==(const EmergencyOrder&) const = default;
};
std::string encode(const EmergencyOrder& order);
Result<EmergencyOrder> decode_order(std::string_view bytes);

// Whether the order speaks of this site.
bool names(const EmergencyOrder& order, std::string_view fixmedins_code, std::string_view admdvs);

// Whether it speaks of a visit of this kind at this moment; a withdrawn one of none.  Its end is outside.
bool in_force(const EmergencyOrder& order, std::string_view med_type, WallTime at);

// The terms' slice for a presence (or none) as the order widens it; absent where neither speaks of the presence.
std::optional<ReserveSlice> widened(const std::optional<ReserveSlice>& slice, const EmergencyOrder& order,
                                    Presence presence);

// Of each id the word that was issued last; in the order of their issue.
std::vector<EmergencyOrder> newest_of(std::vector<EmergencyOrder> orders);

// Signed bytes as one file: canonical JSON {"bytes", "signature"}, as terms and orders stand in the feed.
std::string encode(const Signed& statement);
Result<Signed> decode_signed(std::string_view bytes);

}  // namespace gongji::record
