#include "offline/base/columns.h"

#include <algorithm>
#include <cstdint>

namespace gongji {

namespace {

struct Range {
  std::uint32_t first, last;
};
// Unicode's East Asian Width W and F, in blocks.
constexpr Range wide[] = {{0x1100, 0x115F}, {0x2E80, 0x303E},   {0x3041, 0x33FF},  {0x3400, 0x4DBF}, {0x4E00, 0x9FFF},
                          {0xA000, 0xA4CF}, {0xAC00, 0xD7A3},   {0xF900, 0xFAFF},  {0xFE30, 0xFE6F}, {0xFF00, 0xFF60},
                          {0xFFE0, 0xFFE6}, {0x1F300, 0x1F64F}, {0x20000, 0x3FFFD}};
constexpr Range none[] = {{0x0300, 0x036F}, {0x200B, 0x200F}, {0xFE00, 0xFE0F}};

template <std::size_t n>
bool within(const Range (&ranges)[n], std::uint32_t point) {
  return std::any_of(std::begin(ranges), std::end(ranges),
                     [point](const Range& range) { return range.first <= point && point <= range.last; });
}

// The code point at `at`, which moves behind it.
std::uint32_t next(std::string_view text, std::size_t& at) {
  const auto byte = [&](std::size_t index) {
    return static_cast<std::uint32_t>(static_cast<unsigned char>(text[index]));
  };
  const std::uint32_t lead = byte(at);
  const std::size_t more = lead >= 0xF0 ? 3 : lead >= 0xE0 ? 2 : lead >= 0xC0 ? 1 : 0;
  std::uint32_t point = more == 0 ? lead : lead & (0x3Fu >> more);
  if (more == 0 || at + more >= text.size()) {
    ++at;
    return lead;
  }
  for (std::size_t i = 1; i <= more; ++i) {
    if ((byte(at + i) & 0xC0u) != 0x80u) {
      ++at;
      return lead;
    }
    point = point << 6u | (byte(at + i) & 0x3Fu);
  }
  at += more + 1;
  return point;
}

}  // namespace

std::size_t display_width(std::string_view text) {
  std::size_t width = 0;
  for (std::size_t at = 0; at < text.size();) {
    const std::uint32_t point = next(text, at);
    width += within(none, point) ? 0 : within(wide, point) ? 2 : 1;
  }
  return width;
}

std::string Columns::text() const {
  std::vector<std::size_t> widths;
  for (const auto& row : rows_) {
    if (row.size() == 1) continue;
    if (widths.size() < row.size()) widths.resize(row.size());
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], display_width(row[i]));
  }
  std::string out;
  for (const auto& row : rows_) {
    std::string line(indent_, ' ');
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (row.size() == 1) {
        line += row[i];
        break;
      }
      const std::size_t blank = widths[i] - display_width(row[i]);
      const bool right = std::find(right_.begin(), right_.end(), i) != right_.end();
      line.append(right ? blank : 0, ' ').append(row[i]).append((right ? 0 : blank) + 2, ' ');
    }
    line.erase(line.find_last_not_of(' ') + 1);
    out += line + '\n';
  }
  return out;
}

}  // namespace gongji
