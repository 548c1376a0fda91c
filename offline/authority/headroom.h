// headroom.h — how much this till may still promise without the line, and until when: a countdown to each limit.
//
// Pure: no clock, no file.  Thread safety: any thread.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "offline/authority/authorise.h"

namespace gongji::authority {

// What is left of one slice of the reserve.
struct Headroom {
  record::Presence presence = record::Presence::declared;
  Money per_sale_max, per_person_day_max;
  Money total_left;                        // >= 0
  std::uint32_t count_left = 0;            // sales
  std::chrono::milliseconds time_left{0};  // until contact is too old or the terms end, whichever comes first; >= 0
};

// An emergency order that names this site and has not ended.
struct OrderHeadroom {
  Id id;
  std::string reference;
  std::vector<std::string> med_types;      // empty: every kind of visit
  std::chrono::milliseconds starts_in{0};  // 0: in force
  std::chrono::milliseconds ends_in{0};    // > 0
  std::vector<Headroom> reserve;           // what is left under it, by presence; empty before its start
};

// One for each slice of the terms, in their order; empty without terms.  Without contact, with a clock that is not
// trusted or a journal in doubt, nothing is left.  What stands here is what authorise() grants: no more, no less.
std::vector<Headroom> headroom(const Standing& standing, const std::vector<journal::ReserveUse>& used, WallTime now);

// In the order of their issue.  Withdrawn ones are not there; with a clock that is not trusted or a
// journal in doubt, none.
std::vector<OrderHeadroom> headroom_by_order(const Standing& standing, const std::vector<journal::ReserveUse>& used,
                                             WallTime now);

}  // namespace gongji::authority
