#include "card/tlv.h"

#include <algorithm>

namespace gongji::card {

std::optional<Records> Records::parse(ByteView bytes) {
  Records out;
  while (!bytes.empty()) {
    const std::uint8_t tag = bytes[0];
    if (tag == 0x00 || tag == 0xFF) {
      if (std::all_of(bytes.begin(), bytes.end(), [tag](std::uint8_t byte) { return byte == tag; })) break;
      return std::nullopt;
    }
    if (bytes.size() < 2) return std::nullopt;
    const std::size_t length = bytes[1];
    if (bytes.size() - 2 < length) return std::nullopt;
    if (out.by_tag_[tag]) return std::nullopt;
    out.by_tag_[tag] = bytes.subspan(2, length);
    bytes = bytes.subspan(2 + length);
  }
  return out;
}

std::optional<ByteView> Records::find(std::uint8_t tag) const {
  return by_tag_[tag];
}

}  // namespace gongji::card
