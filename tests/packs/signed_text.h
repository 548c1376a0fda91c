// signed_text.h — supplements and activations for tests, as text.
#pragma once

#include <nlohmann/json.hpp>

#include <string>
#include <vector>

#include "offline/packs/packs.h"

namespace gongji::testing {

inline nlohmann::json supplement_row(const std::string& id, const char* unit, std::int64_t value,
                                     const char* first_day = "2023-01-01", const char* last_day = nullptr) {
  return {{"id", id},
          {"unit", unit},
          {"value", value},
          {"article", "第一条"},
          {"source", "region"},
          {"first_day", first_day},
          {"last_day", last_day == nullptr ? nlohmann::json() : nlohmann::json(last_day)},
          {"checked", "2026-11-21"},
          {"confidence", "sourced"},
          {"note", ""}};
}

// Yuxi's inpatient cap and ratio of level 3, invented.
inline nlohmann::json small_supplement(std::int64_t ratio_ppm = 800'000, const char* first_day = "2023-01-01",
                                       const char* last_day = nullptr) {
  nlohmann::json out = {{"format", "gongji.supplement.v1"}, {"scheme", "yuxi-employee"}};
  out["sources"] = {{{"id", "region"},
                     {"title", "invented for this test"},
                     {"issuer", nullptr},
                     {"document_number", nullptr},
                     {"published", nullptr},
                     {"note", ""}}};
  out["rows"] = {supplement_row("inpatient.ratio.level_3.on_job", "ppm", ratio_ppm, first_day, last_day),
                 supplement_row("inpatient.deductible.level_3", "fen", 60'000, first_day, last_day),
                 supplement_row("inpatient.cap", "fen", 10'000'000, first_day, last_day)};
  return out;
}

inline nlohmann::json activation_of(const packs::PackInfo& pack, const char* first_day,
                                    const std::vector<std::string>& places) {
  return {{"format", "gongji.activation.v1"}, {"pack", pack.name},         {"pack_digest", pack.digest},
          {"first_day", first_day},           {"admdvs_prefixes", places}, {"note", "checked for this test"}};
}

inline const packs::PackInfo& info_of(const packs::PackSet& packs, std::string_view name) {
  for (const packs::PackInfo& each : packs.packs()) {
    if (each.name == name) return each;
  }
  throw std::runtime_error("no such pack");
}

}  // namespace gongji::testing
