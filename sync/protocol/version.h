// version.h — how a till and a centre of different ages find what they both speak.
//
// Every request says which versions the till speaks, every answer which one the centre took:
//
//   Gongji-Protocol: 1-3      in a request: from 1 to 3
//   Gongji-Protocol: 3        in an answer: the highest that both speak; messages may from now on be of that version
//
// Without the header it is version 1: that is what peers spoke before there was one.  A till therefore begins with
// messages of version 1, and uses what came later only after the centre took a later version.  Where there is no common
// one the answer is 426 with the Problem `protocol_too_old` or `protocol_too_new`, and the header tells what the centre
// speaks, in the form of a request.
//
// A version never takes anything away from the one before: it adds members that may be missing, kinds of feed items,
// and calls.  Version 2 adds SyncRequest::software, which opening of the journal asks (HoldRequest::opening,
// SyncRequest::run_from) and HoldRequest::released_holds, prescriptions of holds, RulesNotice, RootsNotice and
// GrantRecall in the feed, /v1/rules, /v1/renew and /v1/retire.  Version 3 adds runs of verdicts in the feed
// (record/feed_groups.h), and entries in the compact form (record::Form): a till writes them once its centre took
// version 3, for good, and from then on speaks no earlier version where it sends them; and SyncRequest::behind.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace gongji::protocol {

inline constexpr std::string_view version_header = "Gongji-Protocol";

inline constexpr std::uint32_t lowest_version = 1;  // that there ever was

struct Versions {
  std::uint32_t lowest = lowest_version, highest = lowest_version;
  bool contains(std::uint32_t version) const { return lowest <= version && version <= highest; }
  bool operator==(const Versions&) const = default;
};
inline constexpr Versions spoken{1, 3};  // by this program
inline constexpr std::uint32_t prescriptions_since = 2;
inline constexpr std::uint32_t openings_since = 2;
inline constexpr std::uint32_t compact_entries_since = 3;
inline constexpr std::uint32_t feed_groups_since = 3;
inline constexpr std::uint32_t syncs_behind_since = 3;

std::string to_string(const Versions& versions);  // "1-3"
// "1-3" or "3"; each from 1 to 9999, the lower one first.
std::optional<Versions> parse_versions(std::string_view text);
// The highest that both speak.
std::optional<std::uint32_t> common_version(const Versions& one, const Versions& other);

}  // namespace gongji::protocol
