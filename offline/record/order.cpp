#include "offline/record/order.h"

#include <algorithm>

#include "offline/record/reserve_fields.h"
#include "offline/record/signed_fields.h"

namespace gongji::record {
namespace {

template <class Archive>
void area(Archive& a, Subject<Archive, std::string>& value) {
  a.text(value);
  a.refuse_unless(!value.empty() && value.size() <= 6 &&
                      std::all_of(value.begin(), value.end(), [](char c) { return c >= '0' && c <= '9'; }),
                  "an area is 1 to 6 digits");
}

template <class Archive>
void describe(Archive& a, Subject<Archive, EmergencyOrder>& order) {
  const auto text = [&](auto& value) { a.text(value); };
  object(a, [&] {
    list(a, "areas", order.areas, order_names_max, [&](auto& value) { area(a, value); });
    member(a, "end", order.end);
    member(a, "id", order.id);
    member(a, "issued", order.issued);
    list(a, "med_types", order.med_types, order_names_max, text);
    member(a, "reference", order.reference);
    reserve_slices(a, order.reserve);
    list(a, "sites", order.sites, order_names_max, text);
    a.refuse_unless(!order.areas.empty() || !order.sites.empty(), "an order names an area or a site");
    member(a, "start", order.start);
    a.refuse_unless(order.start < order.end, "an order ends after its start");
    flag(a, "withdrawn", order.withdrawn);
  });
}

template <class Record>
Result<Record> read(std::string_view bytes) {
  Reading reading(bytes, Identities::shown);
  Record record;
  describe(reading, record);
  reading.document().finish();
  if (reading.document().failed()) return reading.document().error();
  return record;
}

}  // namespace

std::string encode(const EmergencyOrder& order) {
  Writing writing(Identities::shown);
  describe(writing, order);
  return writing.document().take();
}

Result<EmergencyOrder> decode_order(std::string_view bytes) {
  return read<EmergencyOrder>(bytes);
}

bool names(const EmergencyOrder& order, std::string_view fixmedins_code, std::string_view admdvs) {
  return std::find(order.sites.begin(), order.sites.end(), fixmedins_code) != order.sites.end() ||
         std::any_of(order.areas.begin(), order.areas.end(),
                     [&](const std::string& prefix) { return admdvs.starts_with(prefix); });
}

bool in_force(const EmergencyOrder& order, std::string_view med_type, WallTime at) {
  const bool of_this_kind = order.med_types.empty() || std::find(order.med_types.begin(), order.med_types.end(),
                                                                 med_type) != order.med_types.end();
  return !order.withdrawn && of_this_kind && order.start <= at && at < order.end;
}

std::optional<ReserveSlice> widened(const std::optional<ReserveSlice>& slice, const EmergencyOrder& order,
                                    Presence presence) {
  const auto wide = std::find_if(order.reserve.begin(), order.reserve.end(),
                                 [&](const ReserveSlice& each) { return each.presence == presence; });
  if (wide == order.reserve.end()) return slice;
  if (!slice) return *wide;
  ReserveSlice out = *slice;
  out.per_sale_max = max(slice->per_sale_max, wide->per_sale_max);
  out.per_person_day_max = max(slice->per_person_day_max, wide->per_person_day_max);
  out.total_max = max(slice->total_max, wide->total_max);
  out.count_max = std::max(slice->count_max, wide->count_max);
  out.hours_max = std::max(slice->hours_max, wide->hours_max);
  return out;
}

std::vector<EmergencyOrder> newest_of(std::vector<EmergencyOrder> orders) {
  std::stable_sort(orders.begin(), orders.end(),
                   [](const EmergencyOrder& a, const EmergencyOrder& b) { return a.issued < b.issued; });
  std::vector<EmergencyOrder> out;
  for (auto& order : orders) {
    std::erase_if(out, [&](const EmergencyOrder& earlier) { return earlier.id == order.id; });
    out.push_back(std::move(order));
  }
  return out;
}

std::string encode(const Signed& statement) {
  Writing writing(Identities::shown);
  describe(writing, statement);
  return writing.document().take();
}

Result<Signed> decode_signed(std::string_view bytes) {
  return read<Signed>(bytes);
}

}  // namespace gongji::record
