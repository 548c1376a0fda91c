// markup.h — text as it may stand in HTML and SVG, between tags and in attributes.  Pure; any thread.
#pragma once

#include <string>
#include <string_view>

namespace gongji {

// Control characters become spaces: they stand in no XML, and texts of claims may hold them.
std::string escape_markup(std::string_view text);

}  // namespace gongji
