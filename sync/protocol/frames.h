// frames.h — a row of byte strings in one body: 4 bytes of length (big-endian), then that many bytes, again and again.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "offline/base/result.h"

namespace gongji::protocol {

// Requires bytes.size() <= frame_bytes_max (CHECK).
void append_frame(std::string& body, std::string_view bytes);

// Walks a body without copying; views live as long as the body.
class FrameReader {
 public:
  explicit FrameReader(std::string_view body) : rest_(body) {}
  bool at_end() const { return rest_.empty(); }
  // Errors: frames_broken (cut short, or longer than frame_bytes_max); the path is "frame[n]".
  Result<std::string_view> next();

 private:
  std::string_view rest_;
  std::size_t count_ = 0;
};

}  // namespace gongji::protocol
