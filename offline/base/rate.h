// rate.h — exact fractions, and the one place where money is rounded.
//
// A Rate is parts per million, 0..1'000'000 (70 % is 700'000).  Every product is formed in 128 bits and rounded once,
// in the direction that the caller names.
#pragma once

#include <compare>
#include <cstdint>

#include "offline/base/money.h"

namespace gongji {

enum class Rounding : std::uint8_t { half_up, down };

class Rate {
 public:
  constexpr Rate() = default;
  // Requires 0 <= ppm <= 1'000'000 (CHECK).
  static Rate ppm(std::int64_t parts);
  static Rate percent(std::int64_t parts) { return ppm(parts * 10'000); }
  constexpr std::int64_t in_ppm() const { return ppm_; }
  constexpr auto operator<=>(const Rate&) const = default;

 private:
  explicit constexpr Rate(std::int64_t parts) : ppm_(parts) {}
  std::int64_t ppm_ = 0;
};

inline constexpr std::int64_t ppm_whole = 1'000'000;

// amount x numerator / denominator.  Requires amount >= 0, numerator >= 0, denominator > 0 and a result within 64 bits.
Money multiply(Money amount, std::int64_t numerator, std::int64_t denominator, Rounding rounding);

// amount x rate.
inline Money multiply(Money amount, Rate rate, Rounding rounding) {
  return multiply(amount, rate.in_ppm(), ppm_whole, rounding);
}

}  // namespace gongji
