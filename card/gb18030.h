// gb18030.h — the card's character set.
//
// The specification does not name it; cards in the field hold GBK, and rare characters of names need the four-byte part
// of GB18030, which contains GBK.
//
// Thread safety: any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "offline/base/bytes.h"

namespace gongji::card {

// Strict: nullopt when any byte does not belong to a character, or the last character is cut.
std::optional<std::string> utf8_of_gb18030(ByteView text);
std::optional<Bytes> gb18030_of_utf8(std::string_view text);

}  // namespace gongji::card
