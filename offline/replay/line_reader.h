// line_reader.h — lines of a descriptor, one after the other, in a buffer of fixed size.  Internal.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "offline/base/result.h"
#include "offline/settlement/claim_json.h"

namespace gongji::replay {

struct TextLine {
  std::string_view text;  // with claim_padding_bytes readable behind it; valid until the next line
  std::uint64_t offset = 0;
  std::uint64_t number = 0;  // from 1
  bool too_long = false;     // above claim_text_bytes_max; `text` is then empty
};

class LineReader {
 public:
  explicit LineReader(int fd);
  // False at the end.  Blank lines are passed over.  Error: unreadable.
  Result<bool> next(TextLine& line);
  std::uint64_t bytes_read() const { return base_ + end_; }

 private:
  Result<bool> fill();

  int fd_;
  std::string buffer_;
  std::uint64_t base_ = 0;  // offset of buffer_[0] in the input
  std::size_t begin_ = 0, end_ = 0, searched_ = 0;
  std::uint64_t number_ = 0;
  bool ended_ = false;
};

}  // namespace gongji::replay
