// reserve_fields.h — the members of the reserve's slices, once for both directions.  Internal to this module.
#pragma once

#include <algorithm>

#include "offline/record/codec.h"
#include "offline/record/snapshot.h"

namespace gongji::record {

template <class Archive>
void describe(Archive& a, Subject<Archive, ReserveSlice>& slice) {
  object(a, [&] {
    number(a, "count_max", slice.count_max, 0, std::numeric_limits<std::uint32_t>::max());
    number(a, "hours_max", slice.hours_max, 0, std::numeric_limits<std::uint32_t>::max());
    money(a, "per_person_day_max", slice.per_person_day_max);
    money(a, "per_sale_max", slice.per_sale_max);
    enumeration(a, "presence", slice.presence, Presence::card_authenticated, Presence::declared);
    money(a, "total_max", slice.total_max);
  });
}

inline bool one_slice_a_presence(const std::vector<ReserveSlice>& reserve) {
  for (auto slice = reserve.begin(); slice != reserve.end(); ++slice)
    if (std::any_of(reserve.begin(), slice, [&](const auto& other) { return other.presence == slice->presence; }))
      return false;
  return true;
}

template <class Archive, class Slices>
void reserve_slices(Archive& a, Slices& reserve) {
  list(a, "reserve", reserve, static_cast<std::size_t>(Presence::declared), [&](auto& slice) { describe(a, slice); });
  a.refuse_unless(one_slice_a_presence(reserve), "two slices of the reserve for one presence");
}

}  // namespace gongji::record
