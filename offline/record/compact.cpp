#include "offline/record/compact.h"

#include <algorithm>
#include <utility>

#include "offline/base/check.h"
#include "offline/record/troubles.h"

namespace gongji::record {
namespace {

// Major types of CBOR.
enum : std::uint8_t {
  unsigned_integer = 0,
  negative_integer = 1,
  byte_string = 2,
  text_string = 3,
  array = 4,
  map = 5
};

constexpr std::size_t members_max = 23;    // their number takes one byte
constexpr std::size_t usual_size = 2'048;  // of an entry of five lines: it is then written without moving

constexpr std::uint8_t first_byte(std::uint8_t major, std::uint8_t low) {
  return static_cast<std::uint8_t>(static_cast<unsigned>(major) << 5U | low);
}

}  // namespace

bool is_compact(std::string_view bytes) {
  if (bytes.empty()) return false;
  const auto first = static_cast<std::uint8_t>(bytes.front());
  return first >= first_byte(map, 0) && first <= first_byte(map, members_max);
}

void CompactWriter::head(std::uint8_t major, std::uint64_t value) {
  if (value < 24) {
    *room(1) = static_cast<char>(first_byte(major, static_cast<std::uint8_t>(value)));
    return;
  }
  unsigned power = 0;  // the value takes 2^power bytes
  while (power < 3 && value >> (8U << power) != 0) ++power;
  char* at = room(1 + (std::size_t{1} << power));
  *at++ = static_cast<char>(first_byte(major, static_cast<std::uint8_t>(24 + power)));
  for (unsigned shift = 8U << power; shift != 0;) {
    shift -= 8;
    *at++ = static_cast<char>(value >> shift);
  }
}

void CompactWriter::begin_object() {
  GONGJI_CHECK(depth_ < depth_max && (depth_ > 0 || size_ == 0));
  if (size_ == 0) out_.resize(usual_size);
  levels_[depth_] = Level{size_, 0, 0};
  ++depth_;
  *room(1) = '\0';  // until the number of members is known
}

void CompactWriter::end_object() {
  GONGJI_CHECK(depth_ > 0);
  --depth_;
  const Level& level = levels_[depth_];
  GONGJI_CHECK(level.members <= members_max);
  out_[level.head] = static_cast<char>(first_byte(map, static_cast<std::uint8_t>(level.members)));
}

void CompactWriter::begin_array(std::size_t count) {
  head(array, count);
}

void CompactWriter::key(MemberName name) {
  GONGJI_CHECK(depth_ > 0);
  Level& level = levels_[depth_ - 1];
  GONGJI_CHECK_WHY(level.members == 0 || level.last_rank < name.rank(), name.text());
  level.last_rank = name.rank();
  ++level.members;
  head(unsigned_integer, name.number());
}

void CompactWriter::text(std::string_view value) {
  GONGJI_CHECK_WHY(is_utf8(value), "a text of a record is not UTF-8");
  head(text_string, value.size());
  std::copy(value.begin(), value.end(), room(value.size()));
}

void CompactWriter::octets(ByteView value) {
  head(byte_string, value.size());
  std::copy(value.begin(), value.end(), room(value.size()));
}

void CompactWriter::integer(std::int64_t value) {
  if (value >= 0) {
    head(unsigned_integer, static_cast<std::uint64_t>(value));
  } else {
    head(negative_integer, static_cast<std::uint64_t>(-1 - value));
  }
}

std::string CompactWriter::take() {
  GONGJI_CHECK(depth_ == 0 && size_ <= bytes_max);
  out_.resize(std::exchange(size_, 0));
  return std::move(out_);
}

CompactReader::CompactReader(std::string_view bytes, std::string_view root) : bytes_(bytes), root_(root) {
  if (bytes.size() > bytes_max) fail(troubles::too_large, std::to_string(bytes.size()) + " bytes");
}

void CompactReader::fail(const TroubleText& text, std::string detail) {
  if (!failed()) trouble_ = trouble(text, path(), std::move(detail));
}

std::string CompactReader::path(std::string_view last) const {
  std::string out(root_);
  const auto append = [&](std::string_view name) {
    if (!out.empty()) out += '.';
    out += name;
  };
  for (std::size_t i = 0; i < depth_; ++i) {
    const Level& level = levels_[i];
    if (!level.is_object) {
      out += '[' + std::to_string(level.index == 0 ? 0 : level.index - 1) + ']';
    } else if (i + 1 == depth_ && !last.empty()) {
      append(last);
    } else if (!level.key.empty()) {
      append(level.key);
    }
  }
  return out;
}

// The head that stands here, in the fewest bytes; size 0 where none does.
CompactReader::Head CompactReader::head() const {
  Head out;
  if (at_ >= bytes_.size()) return out;
  const auto first = static_cast<std::uint8_t>(bytes_[at_]);
  out.major = static_cast<std::uint8_t>(first >> 5U);
  const unsigned low = first & 31U;
  if (low < 24) {
    out.value = low;
    out.size = 1;
    return out;
  }
  if (low > 27) return out;
  const std::size_t octets = std::size_t{1} << (low - 24);
  if (bytes_.size() - at_ <= octets) return out;
  for (std::size_t i = 1; i <= octets; ++i) out.value = out.value << 8U | static_cast<std::uint8_t>(bytes_[at_ + i]);
  const bool shorter = octets == 1 ? out.value < 24 : out.value >> (4 * octets) == 0;
  if (!shorter) out.size = 1 + octets;
  return out;
}

bool CompactReader::begin(bool is_object) {
  if (failed()) return false;
  const Head head = this->head();
  if (head.size == 0 || head.major != (is_object ? map : array) || (is_object && head.value > members_max)) {
    fail(troubles::not_canonical, (is_object ? "expected an object" : "expected a list") + here());
    return false;
  }
  at_ += head.size;
  GONGJI_CHECK(depth_ < depth_max);  // the caller's structure, not the input's, decides the depth
  levels_[depth_] = Level{is_object, head.value, {}, 0};
  ++depth_;
  return true;
}

void CompactReader::begin_object() {
  begin(true);
}
void CompactReader::begin_array() {
  begin(false);
}

void CompactReader::end_object() {
  if (failed()) return;
  if (levels_[depth_ - 1].left != 0) {
    levels_[depth_ - 1].key = {};
    fail(troubles::unknown_member, here().substr(1));
    return;
  }
  --depth_;
}

bool CompactReader::optional_key(MemberName name) {
  if (failed()) return false;
  Level& level = levels_[depth_ - 1];
  if (level.left == 0) return false;
  // There is one way to write its number, in one byte or two.
  static_assert(std::size(member_names) <= 256);
  const auto number = static_cast<std::uint8_t>(name.number());
  const std::size_t size = number < 24 ? 1 : 2;
  if (bytes_.size() - at_ < size || static_cast<std::uint8_t>(bytes_[at_]) != (size == 1 ? number : 24) ||
      static_cast<std::uint8_t>(bytes_[at_ + size - 1]) != number) {
    return false;
  }
  at_ += size;
  --level.left;
  level.key = name.text();
  return true;
}

void CompactReader::key(MemberName name) {
  if (failed() || optional_key(name)) return;
  // Which of the two is wrong: the member that stands here, or the one that does not?
  levels_[depth_ - 1].key = {};
  const Head head = this->head();
  if (levels_[depth_ - 1].left == 0) {
    trouble_ = trouble(troubles::missing_member, path(name.text()));
  } else if (head.size == 0 || head.major != unsigned_integer) {
    fail(troubles::not_canonical, here().substr(1));
  } else if (head.value >= std::size(member_names) || member_names[head.value] < name.text()) {
    fail(troubles::unknown_member, "before " + std::string(name.text()));
  } else {
    trouble_ = trouble(troubles::missing_member, path(name.text()));
  }
}

bool CompactReader::next_element() {
  if (failed()) return false;
  Level& level = levels_[depth_ - 1];
  if (level.left == 0) {
    --depth_;
    return false;
  }
  --level.left;
  ++level.index;
  return true;
}

std::string_view CompactReader::string(std::uint8_t major, const char* expected) {
  if (failed()) return {};
  const Head head = this->head();
  if (head.size == 0 || head.major != major || head.value > bytes_.size() - at_ - head.size) {
    fail(troubles::not_canonical, expected + here());
    return {};
  }
  const std::string_view out = bytes_.substr(at_ + head.size, head.value);
  at_ += head.size + out.size();
  return out;
}

std::string CompactReader::text() {
  const std::string_view out = string(text_string, "expected a text");
  if (!is_utf8(out)) {
    fail(troubles::not_canonical, "not UTF-8, before byte " + std::to_string(at_));
    return {};
  }
  return std::string(out);
}

bool CompactReader::at_octets() const {
  const Head head = this->head();
  return head.size != 0 && head.major == byte_string;
}

ByteView CompactReader::octets() {
  return as_bytes(string(byte_string, "expected octets"));
}

std::int64_t CompactReader::integer(std::int64_t min, std::int64_t max) {
  if (failed()) return min;
  const Head head = this->head();
  if (head.size == 0 || head.major > negative_integer) {
    fail(troubles::not_canonical, "expected an integer" + here());
    return min;
  }
  const bool in_range = head.value < std::uint64_t{1} << 63U;
  const std::int64_t magnitude = in_range ? static_cast<std::int64_t>(head.value) : 0;
  const std::int64_t value = head.major == negative_integer ? -1 - magnitude : magnitude;
  if (!in_range || value < min || value > max) {
    fail(troubles::out_of_range, "allowed " + std::to_string(min) + " to " + std::to_string(max));
    return min;
  }
  at_ += head.size;
  return value;
}

void CompactReader::finish() {
  if (!failed() && at_ != bytes_.size()) fail(troubles::not_canonical, "more after the end," + here());
}

}  // namespace gongji::record
