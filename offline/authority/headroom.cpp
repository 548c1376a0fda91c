#include "offline/authority/headroom.h"

#include <algorithm>

namespace gongji::authority {

namespace {

// Under this slice, until the last moment at which something may be promised.  Requires terms.
Headroom left_of(const record::ReserveSlice& slice, const Standing& standing,
                 const std::vector<journal::ReserveUse>& used, WallTime latest, WallTime now) {
  Headroom left;
  left.presence = slice.presence;
  left.per_sale_max = slice.per_sale_max;
  left.per_person_day_max = slice.per_person_day_max;
  if (!standing.clock_trusted || standing.journal_in_doubt || !standing.last_contact) return left;
  const WallTime end = std::min(latest, standing.last_contact->plus(std::chrono::hours(slice.hours_max)));
  left.time_left = std::max(std::chrono::milliseconds(0), end - now);
  if (now > end) return left;
  journal::ReserveUse use;
  for (const auto& one : used) {
    if (one.presence == slice.presence) use = one;
  }
  left.total_left = std::max(Money(), slice.total_max - use.total);
  left.count_left = slice.count_max - std::min(slice.count_max, use.count);
  return left;
}

}  // namespace

std::vector<Headroom> headroom(const Standing& standing, const std::vector<journal::ReserveUse>& used, WallTime now) {
  std::vector<Headroom> out;
  if (!standing.terms) return out;
  for (const auto& slice : standing.terms->reserve) {
    out.push_back(left_of(slice, standing, used, standing.terms->expires, now));
  }
  return out;
}

std::vector<OrderHeadroom> headroom_by_order(const Standing& standing, const std::vector<journal::ReserveUse>& used,
                                             WallTime now) {
  std::vector<OrderHeadroom> out;
  if (!standing.terms || !standing.clock_trusted || standing.journal_in_doubt) return out;
  const record::Terms& terms = *standing.terms;
  for (const auto& order : standing.orders) {
    if (order.withdrawn || now >= order.end || !record::names(order, terms.fixmedins_code, terms.admdvs)) continue;
    OrderHeadroom under{order.id, order.reference, order.med_types, {}, order.end - now, {}};
    under.starts_in = std::max(std::chrono::milliseconds(0), order.start - now);
    if (now >= order.start) {
      // Its end is outside: the last moment is the millisecond before it.
      const WallTime latest = std::min(terms.expires, order.end.plus(std::chrono::milliseconds(-1)));
      for (const auto& wide : order.reserve) {
        const auto slice = record::widened(slice_for(terms, wide.presence), order, wide.presence);
        under.reserve.push_back(left_of(*slice, standing, used, latest, now));
      }
    }
    out.push_back(std::move(under));
  }
  return out;
}

}  // namespace gongji::authority
