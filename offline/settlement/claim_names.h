// claim_names.h — the words and codes that a claim's JSON uses for each enumeration, for reading and writing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "offline/base/check.h"
#include "offline/settlement/claim.h"
#include "offline/settlement/claim_json.h"

namespace gongji::settlement::names {

template <class T>
struct Named {
  std::string_view name;
  T value;
};

inline constexpr Named<LineKind> kinds[] = {{"drug", LineKind::drug},
                                            {"device", LineKind::device},
                                            {"consumable", LineKind::consumable},
                                            {"service", LineKind::service},
                                            {"other", LineKind::other}};
inline constexpr Named<LineClass> classes[] = {{"01", LineClass::a}, {"02", LineClass::b}, {"03", LineClass::c}};
inline constexpr Named<Region> regions[] = {{"local", Region::local},
                                            {"filed", Region::filed},
                                            {"referred", Region::referred},
                                            {"temporary", Region::temporary}};
inline constexpr Named<Settled> ways_settled[] = {{"direct", Settled::direct}, {"late", Settled::late}};
inline constexpr Named<Employment> employments[] = {{"unit", Employment::unit}, {"flexible", Employment::flexible}};
inline constexpr Named<AccountUse> account_uses[] = {
    {"0", AccountUse::none}, {"1", AccountUse::own}, {"2", AccountUse::family}};
inline constexpr Named<AccountKind> account_kinds[] = {{"current", AccountKind::current},
                                                       {"prior", AccountKind::prior}};
inline constexpr Named<Relation> relations[] = {
    {"spouse", Relation::spouse}, {"parent", Relation::parent}, {"child", Relation::child}, {"other", Relation::other}};
inline constexpr Named<EnrolKind> enrol_kinds[] = {
    {"first", EnrolKind::first}, {"late", EnrolKind::late}, {"gap", EnrolKind::gap}, {"newborn", EnrolKind::newborn}};
inline constexpr Named<Cause> causes[] = {{"illness", Cause::illness},
                                          {"work_injury", Cause::work_injury},
                                          {"maternity", Cause::maternity},
                                          {"traffic", Cause::traffic},
                                          {"other_accident", Cause::other_accident}};
inline constexpr Named<Place> places[] = {
    {"district", Place::district}, {"city", Place::city}, {"outside", Place::outside}};
inline constexpr Named<std::uint8_t> site_types[] = {{"1", 1}, {"2", 2}, {"3", 3}, {"4", 4}, {"5", 5}};
inline constexpr Named<std::uint8_t> site_levels[] = {{"1", 1}, {"2", 2}, {"3", 3}, {"4", 4}, {"9", 9}};
inline constexpr Named<bool> flags[] = {{"0", false}, {"1", true}};

template <class T, std::size_t n>
std::string_view name_in(const Named<T> (&table)[n], T value) {
  for (const auto& row : table) {
    if (row.value == value) return row.name;
  }
  GONGJI_CHECK_WHY(false, "a value without a name");
  return {};
}

inline constexpr Named<ClaimFault> faults[] = {{"bad_json", ClaimFault::bad_json},
                                               {"missing", ClaimFault::missing},
                                               {"unknown_member", ClaimFault::unknown_member},
                                               {"bad_value", ClaimFault::bad_value},
                                               {"line_amount_mismatch", ClaimFault::line_amount_mismatch},
                                               {"out_of_range", ClaimFault::out_of_range},
                                               {"too_many_lines", ClaimFault::too_many_lines}};

}  // namespace gongji::settlement::names
