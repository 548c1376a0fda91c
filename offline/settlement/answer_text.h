// answer_text.h — appends JSON to a text through a small buffer; inside this module only.
#pragma once

#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "offline/base/money.h"
#include "offline/settlement/answer_json.h"
#include "offline/settlement/text_words.h"

namespace gongji::settlement {

// Every two digits from 00 to 99.
inline constexpr std::array<char, 200> digit_pairs = [] {
  std::array<char, 200> pairs{};
  for (std::size_t i = 0; i < 100; ++i) {
    pairs[2 * i] = static_cast<char>('0' + i / 10);
    pairs[2 * i + 1] = static_cast<char>('0' + i % 10);
  }
  return pairs;
}();

// Functions `put` take the place where the next byte goes and give back the one behind what they wrote.

template <std::size_t size>
inline char* put(char* at, const char (&literal)[size]) {
  std::memcpy(at, literal, size - 1);
  return at + size - 1;
}

inline char* put_pair(char* at, std::uint64_t below_hundred) {
  std::memcpy(at, &digit_pairs[2 * below_hundred], 2);
  return at + 2;
}

// As base's append_to, for amounts that are never negative: answers print some fifty of them.  At most 21 bytes.
inline char* put(char* at, Money amount) {
  const auto fen = static_cast<std::uint64_t>(amount.in_fen());
  const std::uint64_t yuan = fen / 100;
  if (yuan < 10) {
    *at++ = static_cast<char>('0' + yuan);
  } else if (yuan < 100) {
    at = put_pair(at, yuan);
  } else if (yuan < 1'000) {
    *at++ = static_cast<char>('0' + yuan / 100);
    at = put_pair(at, yuan % 100);
  } else if (yuan < 10'000) {
    at = put_pair(put_pair(at, yuan / 100), yuan % 100);
  } else {
    at = std::to_chars(at, at + 20, yuan).ptr;
  }
  *at++ = '.';
  return put_pair(at, fen % 100);
}

template <std::size_t size>
inline char* put(char* at, const char (&key)[size], Money amount) {
  return put(put(at, key), amount);
}

// Whether a JSON string can hold the text as it is.
inline bool is_plain(std::string_view text) {
  const char* at = text.data();
  const std::size_t size = text.size();
  if (size < 8) {
    Word word = 0x6161'6161'6161'6161u;
    for (std::size_t i = 0; i < size; ++i) word = word << 8 | static_cast<unsigned char>(at[i]);
    return ends_plain_run(word) == 0;
  }
  Word found = ends_plain_run(word_at(at + size - 8));
  for (std::size_t i = 0; i + 8 <= size; i += 8) found |= ends_plain_run(word_at(at + i));
  return found == 0;
}

class AnswerText {
 public:
  explicit AnswerText(std::string& out) : out_(out) {}
  AnswerText(const AnswerText&) = delete;
  AnswerText& operator=(const AnswerText&) = delete;
  ~AnswerText() { flush(); }

  // Where at most `bytes` may be written; `done` takes what was written.
  char* room(std::size_t bytes) {
    if (used_ + bytes > buffer_.size()) flush();
    return buffer_.data() + used_;
  }
  void done(char* at) { used_ = static_cast<std::size_t>(at - buffer_.data()); }

  template <std::size_t size>
  void add(const char (&literal)[size]) {
    done(put(room(size), literal));
  }
  template <std::size_t size>
  void add(const char (&key)[size], Money amount) {
    done(put(room(size + 24), key, amount));
  }
  // A key and a string behind it.
  template <std::size_t size>
  void add(const char (&key)[size], std::string_view text) {
    if (text.size() > text_max || !is_plain(text)) {
      add(key);
      flush();
      append_json_string(out_, text);
      return;
    }
    char* at = put(room(size + text_max + 2), key);
    *at++ = '"';
    copy_short(at, text.data(), text.size());
    at += text.size();
    *at++ = '"';
    done(at);
  }

  // Everything into the text, for whoever goes on with it directly.
  void flush() {
    out_.append(buffer_.data(), used_);
    used_ = 0;
  }

 private:
  static constexpr std::size_t text_max = 128;
  std::string& out_;
  std::size_t used_ = 0;
  std::array<char, 2048> buffer_;
};

}  // namespace gongji::settlement
