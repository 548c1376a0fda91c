#include "offline/base/money.h"

#include <charconv>

#include "offline/base/check.h"

namespace gongji {

Money Money::operator+(Money other) const {
  std::int64_t sum = 0;
  GONGJI_CHECK(!__builtin_add_overflow(fen_, other.fen_, &sum));
  return Money(sum);
}

Money Money::operator-(Money other) const {
  std::int64_t difference = 0;
  GONGJI_CHECK(!__builtin_sub_overflow(fen_, other.fen_, &difference));
  return Money(difference);
}

std::optional<Money> parse_money(std::string_view text) {
  std::size_t at = 0;
  std::int64_t fen = 0;
  while (at < text.size() && text[at] >= '0' && text[at] <= '9') {
    fen = fen * 10 + (text[at] - '0');
    if (fen > amount_max.in_fen()) return std::nullopt;
    ++at;
  }
  if (at == 0) return std::nullopt;
  fen *= 100;
  if (at < text.size()) {
    const std::size_t decimals = text.size() - at - 1;
    if (text[at] != '.' || decimals < 1 || decimals > 2) return std::nullopt;
    std::int64_t weight = 10;
    for (++at; at < text.size(); ++at, weight /= 10) {
      if (text[at] < '0' || text[at] > '9') return std::nullopt;
      fen += (text[at] - '0') * weight;
    }
  }
  if (fen > amount_max.in_fen()) return std::nullopt;
  return Money::fen(fen);
}

void append_to(std::string& out, Money amount) {
  std::int64_t fen = amount.in_fen();
  std::uint64_t size = static_cast<std::uint64_t>(fen);
  if (fen < 0) {
    out.push_back('-');
    size = 0 - size;
  }
  char digits[24];
  const auto end = std::to_chars(digits, digits + sizeof digits, size / 100).ptr;
  out.append(digits, end);
  const auto rest = static_cast<int>(size % 100);
  out.push_back('.');
  out.push_back(static_cast<char>('0' + rest / 10));
  out.push_back(static_cast<char>('0' + rest % 10));
}

std::string to_string(Money amount) {
  std::string out;
  append_to(out, amount);
  return out;
}

}  // namespace gongji
