#include "offline/authority/headroom.h"

#include <algorithm>

namespace gongji::authority {

std::vector<Headroom> headroom(const Standing& standing, const std::vector<journal::ReserveUse>& used, WallTime now) {
  std::vector<Headroom> out;
  if (!standing.terms) return out;
  for (const auto& slice : standing.terms->reserve) {
    Headroom left;
    left.presence = slice.presence;
    left.per_sale_max = slice.per_sale_max;
    left.per_person_day_max = slice.per_person_day_max;
    if (standing.clock_trusted && standing.last_contact) {
      const WallTime end =
          std::min(standing.terms->expires, standing.last_contact->plus(std::chrono::hours(slice.hours_max)));
      left.time_left = std::max(std::chrono::milliseconds(0), end - now);
      if (now <= end) {
        journal::ReserveUse use;
        for (const auto& one : used) {
          if (one.presence == slice.presence) use = one;
        }
        left.total_left = std::max(Money(), slice.total_max - use.total);
        left.count_left = slice.count_max - std::min(slice.count_max, use.count);
      }
    }
    out.push_back(left);
  }
  return out;
}

}  // namespace gongji::authority
