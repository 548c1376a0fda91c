#include "offline/record/canonical.h"

#include <charconv>
#include <cstring>

#include "offline/base/bytes.h"
#include "offline/base/check.h"
#include "offline/record/troubles.h"

namespace gongji::record {
namespace {

bool is_plain(char c) {
  return static_cast<unsigned char>(c) >= 0x20 && c != '"' && c != '\\';
}

// Whether one of eight bytes is not plain; may say so of bytes behind one that is not.
bool any_to_escape(const char* eight) {
  constexpr std::uint64_t each = 0x0101010101010101, top = 0x8080808080808080;
  std::uint64_t word = 0;
  std::memcpy(&word, eight, sizeof word);
  const auto has_zero = [](std::uint64_t bytes) { return (bytes - each) & ~bytes & top; };
  return (((word - each * 0x20) & ~word & top) | has_zero(word ^ each * '"') | has_zero(word ^ each * '\\')) != 0;
}

// The letter of a two-character escape; 0 where there is none.
char short_escape(char c) {
  switch (c) {
    case '"':
      return '"';
    case '\\':
      return '\\';
    case '\b':
      return 'b';
    case '\t':
      return 't';
    case '\n':
      return 'n';
    case '\f':
      return 'f';
    case '\r':
      return 'r';
    default:
      return 0;
  }
}

char meaning_of_escape(char letter) {
  switch (letter) {
    case '"':
      return '"';
    case '\\':
      return '\\';
    case 'b':
      return '\b';
    case 't':
      return '\t';
    case 'n':
      return '\n';
    case 'f':
      return '\f';
    case 'r':
      return '\r';
    default:
      return 0;
  }
}

constexpr std::size_t usual_size = 4'096;  // of an entry of five lines: it is then written without moving
constexpr std::string_view hex_digits = "0123456789abcdef";

void append_escaped(std::string& out, char c) {
  out += '\\';
  if (const char letter = short_escape(c)) {
    out += letter;
    return;
  }
  const auto code = static_cast<unsigned char>(c);
  out += "u00";
  out += hex_digits[code >> 4U];
  out += hex_digits[code & 15U];
}

}  // namespace

void CanonicalWriter::separate() {
  if (depth_ == 0) {
    GONGJI_CHECK_WHY(out_.empty(), "a document is one value");
    return;
  }
  Level& level = levels_[depth_ - 1];
  if (level.is_object) return;  // key() has put the comma
  if (!level.empty) out_ += ',';
  level.empty = false;
}

void CanonicalWriter::begin(bool is_object, char bracket) {
  separate();
  if (out_.empty()) out_.reserve(usual_size);
  GONGJI_CHECK(depth_ < depth_max);
  levels_[depth_] = Level{is_object, true, {}};
  ++depth_;
  out_ += bracket;
}

void CanonicalWriter::end(bool is_object, char bracket) {
  GONGJI_CHECK(depth_ > 0 && levels_[depth_ - 1].is_object == is_object);
  --depth_;
  out_ += bracket;
}

void CanonicalWriter::begin_object() {
  begin(true, '{');
}
void CanonicalWriter::end_object() {
  end(true, '}');
}
void CanonicalWriter::begin_array() {
  begin(false, '[');
}
void CanonicalWriter::end_array() {
  end(false, ']');
}

void CanonicalWriter::key(std::string_view name) {
  GONGJI_CHECK(depth_ > 0 && levels_[depth_ - 1].is_object);
  Level& level = levels_[depth_ - 1];
  GONGJI_CHECK_WHY(level.empty || level.last_key < name, name);
  if (!level.empty) out_ += ',';
  level.empty = false;
  level.last_key = name;
  out_ += '"';
  out_ += name;
  out_ += "\":";
}

void CanonicalWriter::text(std::string_view value) {
  GONGJI_CHECK_WHY(is_utf8(value), "a text of a record is not UTF-8");
  separate();
  out_ += '"';
  std::size_t from = 0;
  for (std::size_t i = 0; i < value.size(); ++i) {
    while (value.size() - i > 8 && !any_to_escape(value.data() + i)) i += 8;
    if (is_plain(value[i])) continue;
    out_.append(value, from, i - from);
    append_escaped(out_, value[i]);
    from = i + 1;
  }
  out_.append(value, from);
  out_ += '"';
}

void CanonicalWriter::integer(std::int64_t value) {
  GONGJI_CHECK(value >= -integer_max && value <= integer_max);
  separate();
  std::array<char, 24> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  out_.append(digits.data(), end);
}

std::string CanonicalWriter::take() {
  GONGJI_CHECK(depth_ == 0 && out_.size() <= bytes_max);
  return std::move(out_);
}

CanonicalReader::CanonicalReader(std::string_view bytes, std::string_view root) : bytes_(bytes), root_(root) {
  if (bytes.size() > bytes_max)
    fail(troubles::too_large, std::to_string(bytes.size()) + " bytes");
  else if (!is_utf8(bytes))
    fail(troubles::not_canonical, "not UTF-8");
}

void CanonicalReader::fail(const TroubleText& text, std::string detail) {
  if (!failed()) trouble_ = trouble(text, path(), std::move(detail));
}

std::string CanonicalReader::path(std::string_view last) const {
  std::string out = root_;
  const auto append = [&](std::string_view name) {
    if (!out.empty()) out += '.';
    out += name;
  };
  for (std::size_t i = 0; i < depth_; ++i) {
    const Level& level = levels_[i];
    if (!level.is_object)
      out += '[' + std::to_string(level.index) + ']';
    else if (i + 1 == depth_ && !last.empty())
      append(last);
    else if (!level.key.empty())
      append(level.key);
  }
  return out;
}

bool CanonicalReader::take(char expected) {
  if (failed()) return false;
  if (at(expected)) {
    ++at_;
    return true;
  }
  fail(troubles::not_canonical, std::string("expected ") + expected + " at byte " + std::to_string(at_));
  return false;
}

void CanonicalReader::begin(bool is_object, char bracket) {
  if (!take(bracket)) return;
  GONGJI_CHECK(depth_ < depth_max);  // the caller's structure, not the input's, decides the depth
  levels_[depth_] = Level{is_object, true, {}, 0};
  ++depth_;
}

void CanonicalReader::begin_object() {
  begin(true, '{');
}
void CanonicalReader::begin_array() {
  begin(false, '[');
}

void CanonicalReader::end_object() {
  if (failed()) return;
  if (!at('}')) {
    levels_[depth_ - 1].key = {};
    if (at(',') || (levels_[depth_ - 1].empty && at('"')))
      fail(troubles::unknown_member, "at byte " + std::to_string(at_));
    else
      fail(troubles::not_canonical, "expected } at byte " + std::to_string(at_));
    return;
  }
  ++at_;
  --depth_;
}

bool CanonicalReader::optional_key(std::string_view name) {
  if (failed()) return false;
  Level& level = levels_[depth_ - 1];
  const std::size_t comma = level.empty ? 0 : 1;
  const std::string_view rest = bytes_.substr(at_);
  const std::size_t size = comma + name.size() + 3;
  if (rest.size() < size || (comma == 1 && rest[0] != ',') || rest[comma] != '"' ||
      rest.substr(comma + 1, name.size()) != name || rest[size - 2] != '"' || rest[size - 1] != ':')
    return false;
  at_ += size;
  level.empty = false;
  level.key = name;
  return true;
}

void CanonicalReader::key(std::string_view name) {
  if (failed() || optional_key(name)) return;
  // Which of the two is wrong: the member that stands here, or the one that does not?
  const std::string_view rest = bytes_.substr(at_);
  const std::size_t comma = levels_[depth_ - 1].empty ? 0 : 1;
  const bool another = rest.size() > comma + 1 && rest[comma] == '"' && (comma == 0 || rest[0] == ',');
  const std::string_view found = another ? rest.substr(comma + 1, rest.find('"', comma + 1) - comma - 1) : "";
  levels_[depth_ - 1].key = {};
  if (another && found < name) {
    fail(troubles::unknown_member, "before " + std::string(name));
  } else if (another || at('}')) {
    trouble_ = trouble(troubles::missing_member, path(name));
  } else {
    fail(troubles::not_canonical, "at byte " + std::to_string(at_));
  }
}

bool CanonicalReader::next_element() {
  if (failed()) return false;
  Level& level = levels_[depth_ - 1];
  if (at(']')) {
    ++at_;
    --depth_;
    return false;
  }
  if (level.empty) {
    level.empty = false;
    return true;
  }
  if (!take(',')) return false;
  ++level.index;
  return true;
}

bool CanonicalReader::escape(std::string& out) {
  const std::string_view rest = bytes_.substr(at_);  // begins with the backslash
  if (rest.size() >= 2) {
    if (const char meaning = meaning_of_escape(rest[1])) {
      out += meaning;
      at_ += 2;
      return true;
    }
  }
  if (rest.size() >= 6 && rest.substr(0, 4) == "\\u00") {
    const std::size_t high = hex_digits.find(rest[4]);
    const std::size_t low = hex_digits.find(rest[5]);
    if (high < 2 && low != std::string_view::npos) {
      const char c = static_cast<char>(high * 16 + low);
      if (short_escape(c) == 0) {
        out += c;
        at_ += 6;
        return true;
      }
    }
  }
  fail(troubles::not_canonical, "escape at byte " + std::to_string(at_));
  return false;
}

std::string CanonicalReader::text() {
  std::string out;
  if (!take('"')) return out;
  while (true) {
    const std::size_t from = at_;
    while (bytes_.size() - at_ > 8 && !any_to_escape(bytes_.data() + at_)) at_ += 8;
    while (at_ < bytes_.size() && is_plain(bytes_[at_])) ++at_;
    out.append(bytes_, from, at_ - from);
    if (at('"')) {
      ++at_;
      return out;
    }
    if (!at('\\')) {
      fail(troubles::not_canonical, "text does not end, at byte " + std::to_string(at_));
      return {};
    }
    if (!escape(out)) return {};
  }
}

std::int64_t CanonicalReader::integer(std::int64_t min, std::int64_t max) {
  if (failed()) return min;
  const char* const begin = bytes_.data() + at_;
  const char* const end = bytes_.data() + bytes_.size();
  std::int64_t value = 0;
  const auto [stop, error] = std::from_chars(begin, end, value);
  const std::string_view digits(begin,
                                error == std::errc::invalid_argument ? 0 : static_cast<std::size_t>(stop - begin));
  const bool canonical = digits == "0" || (!digits.empty() && digits[0] >= '1' && digits[0] <= '9') ||
                         (digits.size() > 1 && digits[0] == '-' && digits[1] >= '1');
  // An exponent or a fraction would be seen by the next call as a missing comma; say here what it is.
  const bool ends = stop == end || *stop == ',' || *stop == '}' || *stop == ']';
  if (!canonical || !ends) {
    fail(troubles::not_canonical, "expected an integer at byte " + std::to_string(at_));
    return min;
  }
  if (error != std::errc() || value < min || value > max) {
    fail(troubles::out_of_range, "allowed " + std::to_string(min) + " to " + std::to_string(max));
    return min;
  }
  at_ += digits.size();
  return value;
}

void CanonicalReader::finish() {
  if (!failed() && at_ != bytes_.size())
    fail(troubles::not_canonical, "more after the end, at byte " + std::to_string(at_));
}

}  // namespace gongji::record
