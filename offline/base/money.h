// money.h — whole fen.
//
// Money is a signed 64-bit count of fen (0.01 yuan).  Nothing here knows floating point: amounts come from text and go
// to text.  Money plus Money is Money; Money times a count is Money; Money times Money does not compile; Money times a
// Rate names its rounding (rate.h).
//
// Range: claims are limited to 9'999'999'999.99 yuan an amount and 200 lines, so sums stay far inside 64 bits;
// arithmetic that would leave them is a GONGJI_CHECK.
//
// Thread safety: values; any thread.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace gongji {

class Money {
 public:
  constexpr Money() = default;
  static constexpr Money fen(std::int64_t count) { return Money(count); }
  static constexpr Money yuan(std::int64_t count) { return Money(count * 100); }

  constexpr std::int64_t in_fen() const { return fen_; }

  constexpr auto operator<=>(const Money&) const = default;
  Money operator+(Money other) const;
  Money operator-(Money other) const;
  Money operator-() const { return Money() - *this; }
  Money& operator+=(Money other) { return *this = *this + other; }
  Money& operator-=(Money other) { return *this = *this - other; }

 private:
  explicit constexpr Money(std::int64_t count) : fen_(count) {}
  std::int64_t fen_ = 0;
};

// The largest amount that any field of a claim may carry (policy/quote: limits).
inline constexpr Money amount_max = Money::fen(999'999'999'999);

constexpr Money min(Money a, Money b) {
  return a < b ? a : b;
}
constexpr Money max(Money a, Money b) {
  return a < b ? b : a;
}

// "1234.5", "1234.50", "0" -> Money.  Grammar: digits[.d{1,2}], no sign, no exponent, no blanks; at most amount_max.
// Anything else: nullopt.
std::optional<Money> parse_money(std::string_view text);

// Always two decimals: "1234.50"; negative amounts carry a leading minus.
std::string to_string(Money amount);

// Same, appended without allocating beyond `out`.
void append_to(std::string& out, Money amount);

}  // namespace gongji
