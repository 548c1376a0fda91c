// json_probe.h — is this text JSON at all?  Asked only after a claim was found wanting, to tell broken JSON from a
// wrong claim; inside this module only.
#pragma once

#include <string_view>

namespace gongji::settlement {

// RFC 8259, one value, blanks around it allowed; UTF-8; members of one object have different names as written.
// Nesting is limited to 512; deeper text counts as broken.
bool is_json(std::string_view text);

}  // namespace gongji::settlement
