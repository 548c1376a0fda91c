#include "offline/base/decimal.h"

#include <algorithm>
#include <array>

namespace gongji {

namespace {

constexpr std::size_t group_bytes = 7;
// Digits of a group of so many bytes.
constexpr std::array<std::size_t, group_bytes + 1> digits_of = {0, 3, 5, 8, 10, 13, 15, 17};

}  // namespace

std::string to_digits(ByteView bytes) {
  std::string out;
  out.reserve((bytes.size() / group_bytes + 1) * digits_of[group_bytes]);
  while (!bytes.empty()) {
    const std::size_t size = std::min(group_bytes, bytes.size());
    std::uint64_t value = 0;
    for (const std::uint8_t byte : bytes.first(size)) value = value << 8 | byte;
    const std::string digits = std::to_string(value);
    out.append(digits_of[size] - digits.size(), '0').append(digits);
    bytes = bytes.subspan(size);
  }
  return out;
}

std::optional<Bytes> from_digits(std::string_view digits) {
  Bytes out;
  while (!digits.empty()) {
    const std::size_t length = std::min(digits_of[group_bytes], digits.size());
    const auto size =
        static_cast<std::size_t>(std::find(digits_of.begin(), digits_of.end(), length) - digits_of.begin());
    if (size > group_bytes) return std::nullopt;
    std::uint64_t value = 0;
    for (const char c : digits.substr(0, length)) {
      if (c < '0' || c > '9') return std::nullopt;
      value = value * 10 + static_cast<std::uint64_t>(c - '0');
    }
    if (value >> (8 * size) != 0) return std::nullopt;
    for (std::size_t i = 0; i < size; ++i) out.push_back(static_cast<std::uint8_t>(value >> 8 * (size - 1 - i)));
    digits.remove_prefix(length);
  }
  return out;
}

}  // namespace gongji
