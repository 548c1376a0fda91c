// frames.h — a row of byte strings in one body: 4 bytes of length (big-endian), then that many bytes, again and again.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "offline/base/result.h"
#include "sync/protocol/messages.h"

namespace gongji::protocol {

// A sync body is a batch of entries of at most sync_bytes_max, and what frames it: its head, lengths and salts.
inline constexpr std::size_t sync_body_bytes_max = sync_bytes_max + (128u << 10);

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
