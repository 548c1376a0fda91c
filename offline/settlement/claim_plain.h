// claim_plain.h — the quick scan of claims that are written plainly; inside this module only.
//
// One pass over the text, eight bytes at a time.  Plain are all texts without escapes and without fault; of any other
// it says no, without a reason, and the careful scan reads it from the start.  So it must never say yes where the
// careful scan would not, and both fill the claim through the same ClaimParse (tests/settlement/claim_json_test.cpp).
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "offline/settlement/claim_json.h"
#include "offline/settlement/claim_members.h"
#include "offline/settlement/claim_parse.h"
#include "offline/settlement/claim_words.h"

namespace gongji::settlement::scan {

// Eight bytes of text as one word, the first byte in the lowest place.
static_assert(std::endian::native == std::endian::little);
using Word = std::uint64_t;
inline Word word_at(const char* at) {
  Word word = 0;
  std::memcpy(&word, at, sizeof word);
  return word;
}
inline constexpr Word each_byte = 0x0101'0101'0101'0101u;
inline constexpr Word high_bits = 0x80 * each_byte;

// The first `text.size()` bytes as a word, and the mask that leaves them.
constexpr Word word_of(std::string_view text) {
  Word word = 0;
  for (std::size_t i = 0; i < text.size(); ++i) word |= Word{static_cast<unsigned char>(text[i])} << (8 * i);
  return word;
}
constexpr Word first_bytes(std::size_t count) {
  return count >= 8 ? ~Word{0} : (Word{1} << (8 * count)) - 1;
}
inline bool begins_with(const char* at, std::string_view text) {
  return (word_at(at) & first_bytes(text.size())) == word_of(text);
}

// Bits in the bytes that end a plain run of a string: a quote, an escape, a control character.  The lowest is exact.
inline Word ends_run(Word word) {
  const Word quote = word ^ ('"' * each_byte);
  const Word escape = word ^ ('\\' * each_byte);
  const Word found =
      ((quote - each_byte) & ~quote) | ((escape - each_byte) & ~escape) | ((word - 0x20 * each_byte) & ~word);
  return found & high_bits;
}

// A name and the quote behind it, as words to compare with.
struct NameWords {
  static constexpr std::size_t count = 3;
  std::array<Word, count> bits{}, mask{};
  std::size_t size = 0;  // with the quote

  explicit constexpr NameWords(std::string_view name) : size(name.size() + 1) {
    for (std::size_t i = 0; i < count && i * 8 <= name.size(); ++i) {
      const std::string_view part = name.substr(i * 8, 8);
      bits[i] = word_of(part);
      mask[i] = first_bytes(part.size() + 1);
      if (part.size() < 8) bits[i] |= Word{'"'} << (8 * part.size());
    }
  }
  bool stands_at(const char* at) const {
    Word differs = (word_at(at) ^ bits[0]) & mask[0];
    if (size > 8) differs |= (word_at(at + 8) ^ bits[1]) & mask[1];
    if (size > 16) differs |= (word_at(at + 16) ^ bits[2]) & mask[2];
    return differs == 0;
  }
};

// Reads at most 32 bytes beyond the text's end, where claim_padding_bytes are readable.
class PlainScan {
 public:
  struct Value {};  // the one at which the scan stands

  explicit PlainScan(std::string_view text) : at_(text.data()), end_(text.data() + text.size()) { blanks(); }

  // Nothing stands behind the claim.
  bool at_end() {
    blanks();
    return at_ == end_;
  }
  bool only_ascii() const { return (seen_bits_ & high_bits) == 0; }

 protected:
  static bool fail(ClaimFault /*fault*/, const Words& /*words*/) { return false; }
  static bool inside(std::string_view /*part*/) { return false; }
  static bool inside(std::size_t /*index*/) { return false; }

  template <const Members& known, class Read>
  bool members(Value& value, Read read) {
    if (!take('{')) return false;
    std::uint32_t seen = 0;
    if (!take('}')) {
      bool open = true;
      while (open) {
        const char* before = at_;
        if (!in_order<known>(value, read, seen, open, std::make_index_sequence<known.names.size()>())) return false;
        if (at_ == before) return false;  // a name that is not known
      }
    }
    return (known.required & ~seen) == 0;
  }

  template <class Meet, class Read>
  bool pairs(Value& value, Meet meet, Read read) {
    if (!take('{')) return false;
    if (take('}')) return true;
    do {
      std::string_view name;
      if (!text(value, name, want_text)) return false;
      blanks();
      if (!take(':') || !meet(name) || !read(name, value)) return false;
      blanks();
    } while (take(','));
    return take('}');
  }

  template <class Read>
  bool elements(Value& value, Read read) {
    if (!take('[')) return false;
    if (take(']')) return true;
    std::size_t index = 0;
    do {
      if (!read(index++, value)) return false;
      blanks();
    } while (take(','));
    return take(']');
  }

  bool is_null(Value& /*value*/) {
    if (!begins_with(at_, "null")) return false;
    at_ += 4;
    return true;
  }

  bool flag(Value& /*value*/, bool& out) {
    out = begins_with(at_, "true");
    if (!out && !begins_with(at_, "false")) return false;
    at_ += out ? 4 : 5;
    return true;
  }

  bool text(Value& /*value*/, std::string_view& out, const Words& /*wanted*/) {
    if (*at_ != '"') return false;
    const char* begin = ++at_;
    while (at_ < end_) {
      const Word word = word_at(at_);
      seen_bits_ |= word;
      const Word found = ends_run(word);
      if (found == 0) {
        at_ += 8;
        continue;
      }
      at_ += std::countr_zero(found) / 8;
      if (*at_ != '"') return false;
      out = {begin, static_cast<std::size_t>(at_ - begin)};
      ++at_;
      return true;
    }
    return false;
  }

  bool decimal(Value& /*value*/, int decimals, std::int64_t limit, const Words& /*wanted*/, const Words& /*over*/,
               std::int64_t& out) {
    constexpr int digits_max = 17;  // of all digits written: a number of so many cannot overflow
    const char* at = at_;
    const bool quoted = *at == '"';
    if (quoted) ++at;
    const char* first = at;
    std::int64_t number = 0;
    int lacking = decimals;
    const auto digit = [&at] { return static_cast<unsigned>(*at) - unsigned{'0'}; };
    for (; digit() <= 9; ++at) {
      if (at - first == digits_max) return false;
      number = number * 10 + digit();
    }
    if (at == first || (!quoted && *first == '0' && at - first > 1)) return false;
    if (*at == '.') {
      const char* point = at++;
      for (; digit() <= 9; ++at) {
        if (lacking == 0 || at - first > digits_max) return false;
        number = number * 10 + digit();
        --lacking;
      }
      if (at == point + 1) return false;
    }
    if (quoted && *at++ != '"') return false;
    constexpr std::array<std::int64_t, 7> powers = {1, 10, 100, 1'000, 10'000, 100'000, 1'000'000};
    const std::int64_t power = powers[static_cast<std::size_t>(lacking)];
    if (number > limit / power) return false;
    at_ = at;
    out = number * power;
    return true;
  }

 private:
  void blanks() {
    while (at_ < end_ && (*at_ == ' ' || *at_ == '\t' || *at_ == '\r' || *at_ == '\n')) ++at_;
  }
  // A mark of the grammar and the blanks behind it.
  bool take(char mark) {
    if (at_ >= end_ || *at_ != mark) return false;
    ++at_;
    blanks();
    return true;
  }

  // One pass over the table from where the scan stands at a name; false at a fault, `open` while the object is.
  template <const Members& known, class Read, std::size_t... index>
  bool in_order(Value& value, Read& read, std::uint32_t& seen, bool& open, std::index_sequence<index...> /*all*/) {
    return ((!open || member<known, index>(value, read, seen, open)) && ...);
  }
  template <const Members& known, std::size_t index, class Read>
  bool member(Value& value, Read& read, std::uint32_t& seen, bool& open) {
    static constexpr NameWords name(known.names[index]);
    static_assert(name.size <= NameWords::count * 8);
    if (at_ >= end_) return false;
    if (*at_ != '"' || !name.stands_at(at_ + 1)) return true;
    constexpr std::uint32_t bit = 1u << index;
    if ((seen & bit) != 0) return false;
    seen |= bit;
    at_ += 1 + name.size;
    blanks();
    if (!take(':') || !read(index, value)) return false;
    blanks();
    if (take(',')) return true;
    open = false;
    return take('}');
  }

  const char* at_;
  const char* end_;
  Word seen_bits_ = 0;
};

// False where the text is not plain, or no claim; `out` is then unspecified.  Requires claim_padding_bytes readable
// bytes behind `text`.
bool read_plain(std::string_view text, Claim& out, ClaimMemory& memory);

}  // namespace gongji::settlement::scan
