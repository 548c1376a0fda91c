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
#include <utility>

#include "offline/settlement/claim_json.h"
#include "offline/settlement/claim_members.h"
#include "offline/settlement/claim_parse.h"
#include "offline/settlement/claim_words.h"
#include "offline/settlement/text_words.h"

namespace gongji::settlement::scan {

// A member's name and the quote behind it, as words to compare with.
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

// Inlined everywhere, so that the place lives in registers: through memory each token would wait for the one before.
#define GONGJI_IN_REGISTERS __attribute__((always_inline))

// Reads at most 32 bytes beyond the text's end, where claim_padding_bytes are readable.
class PlainScan {
 public:
  // The place where a value stands; behind it, once it was read.
  struct Value {
    const char* at;
    Word seen = 0;  // every byte of every string, or'ed
  };

  explicit PlainScan(std::string_view text) : end_(text.data() + text.size()) {}

  // Nothing stands behind the claim.
  bool is_end(Value& value) const {
    blanks(value);
    return value.at == end_;
  }
  void blanks(Value& value) const {
    while (value.at < end_ && is_blank(*value.at)) ++value.at;
  }

 protected:
  static bool fail(ClaimFault /*fault*/, const Words& /*words*/) { return false; }
  static bool inside(std::string_view /*part*/) { return false; }
  static bool inside(std::size_t /*index*/) { return false; }

  template <const Members& known, class Read>
  bool members(Value& value, Read read) {
    Value here = value;
    if (!take(here, '{')) return false;
    std::uint32_t seen = 0;
    if (!take(here, '}')) {
      bool open = true;
      while (open) {
        const char* before = here.at;
        if (!in_order<known>(here, read, seen, open, std::make_index_sequence<known.names.size()>())) return false;
        if (here.at == before) return false;  // a name that is not known
      }
    }
    value = here;
    return (known.required & ~seen) == 0;
  }

  // Calls `meet(name)`, then `read(name, value)`, for each member of an object whose members anybody may name.
  template <class Meet, class Read>
  bool pairs(Value& value, Meet meet, Read read) {
    if (!take(value, '{')) return false;
    if (take(value, '}')) return true;
    do {
      std::string_view name;
      if (!text(value, name, want_text)) return false;
      blanks(value);
      if (!take(value, ':') || !meet(name) || !read(name, value)) return false;
      blanks(value);
    } while (take(value, ','));
    return take(value, '}');
  }

  template <class Read>
  bool elements(Value& value, Read read) {
    if (!take(value, '[')) return false;
    if (take(value, ']')) return true;
    std::size_t index = 0;
    do {
      if (!read(index++, value)) return false;
      blanks(value);
    } while (take(value, ','));
    return take(value, ']');
  }

  GONGJI_IN_REGISTERS static bool is_null(Value& value) { return take_word(value, "null"); }

  GONGJI_IN_REGISTERS static bool flag(Value& value, bool& out) {
    out = take_word(value, "true");
    return out || take_word(value, "false");
  }

  GONGJI_IN_REGISTERS bool text(Value& value, std::string_view& out, const Words& /*wanted*/) {
    if (*value.at != '"') return false;
    const char* begin = ++value.at;
    while (value.at < end_) {
      const Word word = word_at(value.at);
      value.seen |= word;
      const Word found = ends_plain_run(word);
      if (found == 0) {
        value.at += 8;
        continue;
      }
      value.at += std::countr_zero(found) / 8;
      if (*value.at != '"') return false;
      out = {begin, static_cast<std::size_t>(value.at - begin)};
      ++value.at;
      return true;
    }
    return false;
  }
  // The first 16 bytes of a text that `text` gave, zeros where there are fewer.
  GONGJI_IN_REGISTERS static std::array<Word, 2> first_words(std::string_view text) {
    return {word_at(text.data()) & first_bytes(text.size()),
            text.size() <= 8 ? 0 : word_at(text.data() + 8) & first_bytes(text.size() - 8)};
  }

  GONGJI_IN_REGISTERS static bool decimal(Value& value, int decimals, std::int64_t limit, const Words& /*wanted*/,
                                          const Words& /*over*/, std::int64_t& out) {
    constexpr int digits_max = 17;  // a number of so many digits does not overflow
    const char* at = value.at;
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
    value.at = at;
    out = number * power;
    return true;
  }

 private:
  static bool is_blank(char each) { return each == ' ' || each == '\t' || each == '\r' || each == '\n'; }

  // A mark of the grammar and the blanks behind it.
  GONGJI_IN_REGISTERS bool take(Value& value, char mark) const {
    if (value.at >= end_ || *value.at != mark) return false;
    ++value.at;
    skip_blanks(value);
    return true;
  }
  // Most texts have none, or one.
  GONGJI_IN_REGISTERS void skip_blanks(Value& value) const {
    if (static_cast<unsigned char>(*value.at) > ' ') return;
    Value behind = value;
    blanks(behind);
    value.at = behind.at;
  }
  template <std::size_t size>
  GONGJI_IN_REGISTERS static bool take_word(Value& value, const char (&literal)[size]) {
    // `size` counts the zero at the literal's end
    Word word = 0;
    std::memcpy(&word, literal, size - 1);
    if ((word_at(value.at) & first_bytes(size - 1)) != word) return false;
    value.at += size - 1;
    return true;
  }

  // One pass over the table from where the scan stands at a name; false at a fault, `open` while the object is.
  template <const Members& known, class Read, std::size_t... index>
  GONGJI_IN_REGISTERS bool in_order(Value& value, Read& read, std::uint32_t& seen, bool& open,
                                    std::index_sequence<index...> /*all*/) {
    return ((!open || member<known, index>(value, read, seen, open)) && ...);
  }
  template <const Members& known, std::size_t index, class Read>
  GONGJI_IN_REGISTERS bool member(Value& value, Read& read, std::uint32_t& seen, bool& open) {
    static constexpr NameWords name(known.names[index]);
    static_assert(name.size <= NameWords::count * 8);
    if (value.at >= end_) return false;
    if (*value.at != '"' || !name.stands_at(value.at + 1)) return true;
    constexpr std::uint32_t bit = 1u << index;
    if ((seen & bit) != 0) return false;
    seen |= bit;
    value.at += 1 + name.size;
    skip_blanks(value);
    if (!take(value, ':') || !read(index, value)) return false;
    skip_blanks(value);
    if (take(value, ',')) return true;
    open = false;
    return take(value, '}');
  }

  const char* end_;
};

#undef GONGJI_IN_REGISTERS

// False where the text is not plain, or no claim; `out` is then unspecified.  Requires claim_padding_bytes readable
// bytes behind `text`.
bool read_plain(std::string_view text, Claim& out, ClaimMemory& memory);

}  // namespace gongji::settlement::scan
