// fraction.h — exact fractions, the schoolbook way: what the oracle calculates with instead of rates and 128-bit
// tricks.
#pragma once

#include <cstdint>

#include "offline/base/check.h"

namespace gongji::testing {

class Fraction {
 public:
  __extension__ using Wide = __int128;

  Fraction(std::int64_t whole) : up_(whole) {}  // NOLINT: a whole number is a fraction
  Fraction(Wide up, Wide down) : up_(up), down_(down) {
    GONGJI_CHECK(down_ > 0);
    shorten();
  }
  static Fraction percent(std::int64_t percent) { return {percent, 100}; }
  static Fraction ppm(std::int64_t ppm) { return {ppm, 1'000'000}; }

  Fraction operator+(const Fraction& other) const {
    return {sum(product(up_, other.down_), product(other.up_, down_)), product(down_, other.down_)};
  }
  Fraction operator-(const Fraction& other) const {
    return {sum(product(up_, other.down_), -product(other.up_, down_)), product(down_, other.down_)};
  }
  Fraction operator*(const Fraction& other) const { return {product(up_, other.up_), product(down_, other.down_)}; }
  Fraction operator/(const Fraction& other) const { return {product(up_, other.down_), product(down_, other.up_)}; }
  bool operator==(const Fraction& other) const { return up_ == other.up_ && down_ == other.down_; }
  bool operator<(const Fraction& other) const { return product(up_, other.down_) < product(other.up_, down_); }

  // The nearest whole number; a half goes up.  For numbers that are not negative.
  std::int64_t half_up() const {
    const std::int64_t below = floor();
    return *this - Fraction(below) < Fraction(1, 2) ? below : below + 1;
  }
  std::int64_t floor() const {
    GONGJI_CHECK(up_ >= 0);
    return static_cast<std::int64_t>(up_ / down_);
  }

 private:
  static Wide product(Wide a, Wide b) {
    Wide out = 0;
    GONGJI_CHECK(!__builtin_mul_overflow(a, b, &out));
    return out;
  }
  static Wide sum(Wide a, Wide b) {
    Wide out = 0;
    GONGJI_CHECK(!__builtin_add_overflow(a, b, &out));
    return out;
  }
  void shorten() {
    Wide a = up_ < 0 ? -up_ : up_, b = down_;
    while (b != 0) {
      const Wide rest = a % b;
      a = b;
      b = rest;
    }
    if (a > 1) {
      up_ /= a;
      down_ /= a;
    }
  }

  Wide up_ = 0, down_ = 1;
};

}  // namespace gongji::testing
