#include "offline/replay/line_reader.h"

#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "offline/replay/troubles.h"

namespace gongji::replay {

namespace {

constexpr std::size_t line_bytes_max = settlement::claim_text_bytes_max;
constexpr std::size_t read_bytes = 256u << 10;

bool is_blank(std::string_view text) {
  return text.find_first_not_of(" \t\r") == std::string_view::npos;
}

}  // namespace

LineReader::LineReader(int fd)
    : fd_(fd), buffer_(line_bytes_max + 2 * read_bytes + settlement::claim_padding_bytes, ' ') {}

Result<bool> LineReader::fill() {
  std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
  base_ += begin_;
  end_ -= begin_;
  begin_ = 0;
  ssize_t got = 0;
  do {
    got = ::read(fd_, buffer_.data() + end_, read_bytes);
  } while (got < 0 && errno == EINTR);
  if (got < 0) return trouble(troubles::unreadable, "", std::strerror(errno));
  ended_ = got == 0;
  end_ += static_cast<std::size_t>(got);
  return !ended_;
}

Result<bool> LineReader::next(TextLine& line) {
  bool skipping = false;
  std::uint64_t started = base_ + begin_;
  for (;;) {
    const char* start = buffer_.data() + begin_;
    const auto* newline = static_cast<const char*>(std::memchr(start + searched_, '\n', end_ - begin_ - searched_));
    if (newline == nullptr && !ended_) {
      searched_ = end_ - begin_;
      if (searched_ > line_bytes_max) {
        skipping = true;
        begin_ = end_;
        searched_ = 0;
      }
      if (auto filled = fill(); !filled) return filled.error();
      continue;
    }
    const std::size_t size = newline != nullptr ? static_cast<std::size_t>(newline - start) : end_ - begin_;
    if (newline == nullptr && size == 0 && !skipping) return false;
    begin_ += newline != nullptr ? size + 1 : size;
    searched_ = 0;
    ++number_;
    line = {{start, size}, started, number_, skipping || size > line_bytes_max};
    if (line.too_long) line.text = {};
    if (line.too_long || !is_blank(line.text)) return true;
    started = base_ + begin_;
  }
}

}  // namespace gongji::replay
