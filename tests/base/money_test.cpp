#include "offline/base/money.h"

#include <catch2/catch.hpp>

#include "offline/base/rate.h"

using namespace gongji;

TEST_CASE("an amount is read from its text, fen by fen") {
  CHECK(parse_money("0") == Money::fen(0));
  CHECK(parse_money("12") == Money::fen(1200));
  CHECK(parse_money("12.3") == Money::fen(1230));
  CHECK(parse_money("12.34") == Money::fen(1234));
  CHECK(parse_money("9999999999.99") == amount_max);
}

TEST_CASE("what is not an amount is refused") {
  for (const char* text : {"", ".", "1.", ".5", "-1", "+1", "1e3", "1.234", " 1", "1 ", "10000000000", "１", "1,000"})
    CHECK_FALSE(parse_money(text));
}

TEST_CASE("an amount prints with two decimals and reads back") {
  for (const std::int64_t fen : {0LL, 1LL, 10LL, 99LL, 100LL, 123456LL, 999'999'999'999LL}) {
    const Money amount = Money::fen(fen);
    CHECK(parse_money(to_string(amount)) == amount);
  }
  CHECK(to_string(Money::fen(-5)) == "-0.05");
}

TEST_CASE("a product is rounded once, half up") {
  CHECK(multiply(Money::fen(5), Rate::percent(10), Rounding::half_up) == Money::fen(1));
  CHECK(multiply(Money::fen(4), Rate::percent(10), Rounding::half_up) == Money::fen(0));
  CHECK(multiply(Money::fen(3337), Rate::percent(80), Rounding::half_up) == Money::fen(2670));
  CHECK(multiply(Money::fen(15), Rate::percent(10), Rounding::down) == Money::fen(1));
  CHECK(multiply(amount_max, 1'000'000, 1'000'000, Rounding::half_up) == amount_max);
}
