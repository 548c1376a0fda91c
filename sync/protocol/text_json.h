// text_json.h — JSON from people we do not control, with every number kept as the text that was sent.
//
// Tills send amounts as numbers or as strings ("69.6", 69.60).  Here both become strings, so that no amount ever passes
// through a double, and the canonical form of a request does not depend on how its sender writes numbers.
// Strict where it protects us: UTF-8, no duplicate members, at most depth_max levels, nothing behind the value.
#pragma once

#include <nlohmann/json.hpp>

#include <string_view>

#include "offline/base/result.h"

namespace gongji::protocol {

inline constexpr std::size_t text_json_depth_max = 32;

// Errors: text_not_utf8, text_not_json, member_twice (path = the member's name), text_too_deep.
Result<nlohmann::json> parse_text_json(std::string_view text);

}  // namespace gongji::protocol
