#include "sync/protocol/frames.h"

#include <fmt/format.h>

#include <array>

#include "offline/base/check.h"
#include "sync/protocol/messages.h"
#include "sync/protocol/troubles.h"

namespace gongji::protocol {

void append_frame(std::string& body, std::string_view bytes) {
  GONGJI_CHECK(bytes.size() <= frame_bytes_max);
  std::array<char, 4> length{};
  for (std::size_t i = 0; i < length.size(); ++i) length[i] = static_cast<char>(bytes.size() >> (24 - 8 * i) & 0xFF);
  body.append(length.data(), length.size());
  body.append(bytes);
}

Result<std::string_view> FrameReader::next() {
  const auto broken = [&](std::string detail) {
    return trouble(troubles::frames_broken, fmt::format("frame[{}]", count_), std::move(detail));
  };
  if (rest_.size() < 4) return broken("no length");
  std::size_t length = 0;
  for (std::size_t i = 0; i < 4; ++i) length = length << 8 | static_cast<std::uint8_t>(rest_[i]);
  if (length > frame_bytes_max) return broken(fmt::format("length {}, limit {}", length, frame_bytes_max));
  if (rest_.size() - 4 < length) return broken(fmt::format("length {}, have {}", length, rest_.size() - 4));
  const std::string_view frame = rest_.substr(4, length);
  rest_.remove_prefix(4 + length);
  ++count_;
  return frame;
}

}  // namespace gongji::protocol
