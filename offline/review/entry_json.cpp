#include "offline/review/entry_json.h"

#include <array>

namespace gongji::review {

std::string_view name_of(Section section) {
  static constexpr std::array<std::string_view, sections> names{"persons",  "sites",    "regions",  "late",   "goods",
                                                                "benefits", "accounts", "premiums", "accrual"};
  return names[static_cast<std::size_t>(section)];
}

std::string_view name_of(packs::PackStatus status) {
  static constexpr std::array<std::string_view, 3> names{"sourced", "reported", "draft"};
  return names[static_cast<std::size_t>(status)];
}

Json json_or_null(const std::optional<Day>& day) {
  return day.has_value() ? Json(to_string(*day)) : Json();
}

Json json_of(const Words& words) {
  return {{"zh", words.zh}, {"en", words.en}};
}

Json json_of(const packs::PackInfo& pack) {
  return {{"name", pack.name},
          {"status", name_of(pack.status)},
          {"title", {{"zh", pack.title_zh}, {"en", pack.title_en}}},
          {"digest", pack.digest},
          {"insutype", pack.insutype},
          {"admdvs_prefixes", pack.admdvs_prefixes},
          {"first_day", to_string(pack.first_day)},
          {"last_day", json_or_null(pack.last_day)}};
}

Json json_of(const Entry& entry) {
  static constexpr std::array<std::string_view, 3> confidences{"sourced", "reported", "decision"};
  Json out{{"value", json_of(entry.value)},
           {"unset", entry.unset},
           {"number", entry.number.has_value() ? Json(*entry.number) : Json()},
           {"unit", entry.unit.empty() ? Json() : Json(entry.unit)},
           {"cites", nullptr}};
  if (entry.cites.has_value()) {
    const Citation& cites = *entry.cites;
    out["cites"] = {{"row", cites.row},
                    {"article", cites.article},
                    {"source", cites.source},
                    {"source_title", cites.source_title},
                    {"first_day", to_string(cites.first_day)},
                    {"last_day", json_or_null(cites.last_day)},
                    {"confidence", confidences[static_cast<std::size_t>(cites.confidence)]},
                    {"note", cites.note}};
  }
  return out;
}

}  // namespace gongji::review
