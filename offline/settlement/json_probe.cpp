#include "offline/settlement/json_probe.h"

#include <set>

#include "offline/base/bytes.h"

namespace gongji::settlement {

namespace {

class Probe {
 public:
  explicit Probe(std::string_view text) : text_(text) {}

  bool whole() {
    blanks();
    if (!value(0)) return false;
    blanks();
    return at_ == text_.size();
  }

 private:
  static constexpr int depth_max = 512;

  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  bool take(char expected) {
    if (peek() != expected || at_ >= text_.size()) return false;
    ++at_;
    return true;
  }
  bool word(std::string_view expected) {
    if (text_.substr(at_, expected.size()) != expected) return false;
    at_ += expected.size();
    return true;
  }
  void blanks() {
    while (peek() == ' ' || peek() == '\t' || peek() == '\n' || peek() == '\r') ++at_;
  }
  bool digit() const { return peek() >= '0' && peek() <= '9'; }
  bool digits() {
    if (!digit()) return false;
    while (digit()) ++at_;
    return true;
  }

  bool value(int depth) {
    if (depth > depth_max) return false;
    switch (peek()) {
      case '{':
        return object(depth);
      case '[':
        return array(depth);
      case '"':
        return string();
      case 't':
        return word("true");
      case 'f':
        return word("false");
      case 'n':
        return word("null");
      default:
        return number();
    }
  }

  bool object(int depth) {
    std::set<std::string_view> names;
    ++at_;
    blanks();
    if (take('}')) return true;
    do {
      blanks();
      const std::size_t begin = at_;
      if (!string() || !names.insert(text_.substr(begin, at_ - begin)).second) return false;
      blanks();
      if (!take(':')) return false;
      blanks();
      if (!value(depth + 1)) return false;
      blanks();
    } while (take(','));
    return take('}');
  }

  bool array(int depth) {
    ++at_;
    blanks();
    if (take(']')) return true;
    do {
      blanks();
      if (!value(depth + 1)) return false;
      blanks();
    } while (take(','));
    return take(']');
  }

  bool string() {
    if (!take('"')) return false;
    while (at_ < text_.size()) {
      const char each = text_[at_++];
      if (each == '"') return true;
      if (static_cast<unsigned char>(each) < 0x20) return false;
      if (each != '\\') continue;
      const char escaped = peek();
      ++at_;
      if (escaped == 'u') {
        if (!unicode_escape()) return false;
      } else if (std::string_view("\"\\/bfnrt").find(escaped) == std::string_view::npos || escaped == '\0') {
        return false;
      }
    }
    return false;
  }

  bool hex4(unsigned& code) {
    code = 0;
    for (int i = 0; i < 4; ++i, ++at_) {
      const char each = peek();
      unsigned digit_value = 0;
      if (each >= '0' && each <= '9') {
        digit_value = static_cast<unsigned>(each - '0');
      } else if ((each | 0x20) >= 'a' && (each | 0x20) <= 'f') {
        digit_value = static_cast<unsigned>((each | 0x20) - 'a') + 10;
      } else {
        return false;
      }
      code = code * 16 + digit_value;
    }
    return true;
  }

  // A surrogate must come as a pair: alone it is no character.
  bool unicode_escape() {
    unsigned code = 0;
    if (!hex4(code)) return false;
    if (code >= 0xDC00 && code <= 0xDFFF) return false;
    if (code < 0xD800 || code > 0xDBFF) return true;
    return word("\\u") && hex4(code) && code >= 0xDC00 && code <= 0xDFFF;
  }

  bool number() {
    take('-');
    if (!take('0') && !digits()) return false;
    if (take('.') && !digits()) return false;
    if (peek() == 'e' || peek() == 'E') {
      ++at_;
      if (peek() == '+' || peek() == '-') ++at_;
      return digits();
    }
    return true;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

bool is_json(std::string_view text) {
  return is_utf8(text) && Probe(text).whole();
}

}  // namespace gongji::settlement
