#include "offline/audit/frames.h"

#include <cstdint>

#include "offline/base/check.h"

namespace gongji::audit {

namespace {
constexpr std::size_t length_bytes = 4;
}

void append_frame(std::string& out, std::string_view bytes) {
  GONGJI_CHECK(bytes.size() <= frame_bytes_max);
  for (int shift = 24; shift >= 0; shift -= 8) out.push_back(static_cast<char>(bytes.size() >> shift & 0xFFu));
  out.append(bytes);
}

std::optional<std::string_view> Frames::next() {
  if (rest_.size() < length_bytes) return std::nullopt;
  std::size_t size = 0;
  for (std::size_t i = 0; i < length_bytes; ++i) size = size << 8 | static_cast<std::uint8_t>(rest_[i]);
  if (size > frame_bytes_max || size > rest_.size() - length_bytes) return std::nullopt;
  const std::string_view bytes = rest_.substr(length_bytes, size);
  rest_.remove_prefix(length_bytes + size);
  return bytes;
}

}  // namespace gongji::audit
