// frames.h — a row of byte strings in one file: 4 bytes of length (big-endian), then that many bytes.  Internal.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace gongji::audit {

inline constexpr std::size_t frame_bytes_max = 8u << 20;

// Requires at most frame_bytes_max bytes (GONGJI_CHECK).
void append_frame(std::string& out, std::string_view bytes);

// Views live as long as the text.
class Frames {
 public:
  explicit Frames(std::string_view text) : rest_(text) {}
  bool at_end() const { return rest_.empty(); }
  // Absent: cut short, or longer than frame_bytes_max.
  std::optional<std::string_view> next();

 private:
  std::string_view rest_;
};

}  // namespace gongji::audit
