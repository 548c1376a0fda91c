// text_words.h — text as words of eight bytes, for comparing, searching and copying short runs; inside this module
// only.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace gongji::settlement {

// Eight bytes of text, the first in the lowest place.
using Word = std::uint64_t;
static_assert(std::endian::native == std::endian::little);

inline Word word_at(const char* at) {
  Word word = 0;
  std::memcpy(&word, at, sizeof word);
  return word;
}

// The mask of the first `count` bytes.
constexpr Word first_bytes(std::size_t count) {
  return count >= 8 ? ~Word{0} : (Word{1} << (8 * count)) - 1;
}

// The first eight bytes of `text`, zeros where there are fewer.
constexpr Word word_of(std::string_view text) {
  Word word = 0;
  for (std::size_t i = 0; i < text.size() && i < 8; ++i) {
    word |= Word{static_cast<unsigned char>(text[i])} << (8 * i);
  }
  return word;
}

// Bits in the bytes where a JSON string cannot simply go on: a quote, an escape, a control character.  The lowest is
// exact.
inline Word ends_plain_run(Word word) {
  constexpr Word each_byte = 0x0101'0101'0101'0101u;
  const Word quote = word ^ ('"' * each_byte);
  const Word escape = word ^ ('\\' * each_byte);
  const Word found =
      ((quote - each_byte) & ~quote) | ((escape - each_byte) & ~escape) | ((word - 0x20 * each_byte) & ~word);
  return found & (0x80 * each_byte);
}

inline bool is_ascii(Word word) {
  return (word & 0x8080'8080'8080'8080u) == 0;
}

// memcpy for a few dozen bytes: most texts are too short for a call.
inline void copy_short(char* to, const char* from, std::size_t size) {
  if (size >= 8) {
    for (std::size_t i = 0; i + 8 <= size; i += 8) std::memcpy(to + i, from + i, 8);
    std::memcpy(to + size - 8, from + size - 8, 8);
  } else if (size >= 4) {
    std::memcpy(to, from, 4);
    std::memcpy(to + size - 4, from + size - 4, 4);
  } else if (size > 0) {
    to[0] = from[0];
    to[size / 2] = from[size / 2];
    to[size - 1] = from[size - 1];
  }
}

}  // namespace gongji::settlement
