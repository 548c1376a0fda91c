// entry_json.h — what a sheet says, as JSON; inside this module only.
#pragma once

#include <nlohmann/json.hpp>

#include "offline/review/sheet.h"

namespace gongji::review {

using Json = nlohmann::ordered_json;

Json json_of(const Words& words);
Json json_of(const packs::PackInfo& pack);
// Without key, level and category.
Json json_of(const Entry& entry);
Json json_or_null(const std::optional<Day>& day);
std::string_view name_of(Section section);
std::string_view name_of(packs::PackStatus status);

}  // namespace gongji::review
