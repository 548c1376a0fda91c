// bytes.h — octets, hex, and the small conversions that every layer needs.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace gongji {

using Bytes = std::vector<std::uint8_t>;
using ByteView = std::span<const std::uint8_t>;
using Digest = std::array<std::uint8_t, 32>;  // an SM3 digest

inline ByteView as_bytes(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}
inline std::string_view as_text(ByteView bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}
inline Bytes to_bytes(ByteView view) {
  return Bytes(view.begin(), view.end());
}

std::string to_hex(ByteView bytes);                            // lower case
std::optional<Bytes> from_hex(std::string_view text);          // either case, even length
std::optional<Digest> digest_from_hex(std::string_view text);  // exactly 64 digits

std::string to_base64(ByteView bytes);                    // with padding
std::optional<Bytes> from_base64(std::string_view text);  // strict: padding required, no blanks

// True when `text` is well-formed UTF-8 without surrogates or overlong forms.
bool is_utf8(std::string_view text);

}  // namespace gongji
