// decimal.h — bytes as decimal digits: a QR code holds digits densely (10 bits for three), and every scanner, also one
// that types, hands them on unchanged.
//
// Seven bytes are 17 digits (big-endian, zeros in front); a rest of 1 to 6 bytes is 3, 5, 8, 10, 13 or 15 digits.
// Pure; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "offline/base/bytes.h"

namespace gongji {

std::string to_digits(ByteView bytes);
// Absent: not digits only, not a length that to_digits makes, or a group beyond its bytes.
std::optional<Bytes> from_digits(std::string_view digits);

}  // namespace gongji
