// tlv.h — the card's records: one byte of tag, one byte of length, the value.  Strict, no allocation per value.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "offline/base/bytes.h"

namespace gongji::card {

// The records of one file, by tag.  Borrows the bytes it was made from.
class Records {
 public:
  // Requires nothing of `bytes`.  nullopt when a record runs over the end, when a tag comes twice, or when a tag is 00
  // or FF anywhere but in a tail that is all 00 or all FF (unused space at the end of a file).
  static std::optional<Records> parse(ByteView bytes);

  std::optional<ByteView> find(std::uint8_t tag) const;

 private:
  std::array<std::optional<ByteView>, 256> by_tag_;
};

}  // namespace gongji::card
