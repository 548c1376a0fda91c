#include "offline/base/bytes.h"
#include "offline/base/day.h"
#include "offline/base/ids.h"
#include "offline/base/markup.h"
#include "offline/base/secret.h"

#include <catch2/catch.hpp>

#include <sstream>

using namespace gongji;

TEST_CASE("a day is a real calendar day or nothing") {
  CHECK(parse_day("2024-02-29"));
  CHECK_FALSE(parse_day("2023-02-29"));
  CHECK_FALSE(parse_day("2023-2-9"));
  CHECK_FALSE(parse_day("2023-13-01"));
  CHECK(to_string(*parse_day("2023-04-10")) == "2023-04-10");
  CHECK(parse_day("2023-12-05")->first_of_next_month() == *parse_day("2024-01-01"));
  CHECK(parse_day("2023-11-30")->first_of_next_month() == *parse_day("2023-12-01"));
  CHECK(parse_day("2999-12-05")->first_of_next_month() == parse_day("2999-12-31")->plus_days(1));
}

TEST_CASE("civil time is UTC+8 and survives the round trip") {
  const auto noon = parse_civil_time("2026-01-01 00:00:00");
  REQUIRE(noon);
  CHECK(wall_time_of(*noon).ms == 1767196800000);
  CHECK(civil_time_at(wall_time_of(*noon)) == *noon);
  CHECK(to_string(civil_time_at(WallTime{0})) == "1970-01-01 08:00:00");
  CHECK_FALSE(parse_civil_time("2026-01-01 24:00:00"));
}

TEST_CASE("age counts full years") {
  CHECK(age_in_years(*parse_day("1980-05-01"), *parse_day("2023-04-30")) == 42);
  CHECK(age_in_years(*parse_day("1980-05-01"), *parse_day("2023-05-01")) == 43);
}

TEST_CASE("ids sort by time, read back, and fit thirty characters") {
  SeededRandom random(7);
  const Id early = make_id(WallTime{1'000}, random), late = make_id(WallTime{2'000}, random);
  CHECK(early < late);
  CHECK(to_string(early) < to_string(late));
  CHECK(to_string(early).size() == 26);
  CHECK(parse_id(to_string(late)) == late);
  CHECK_FALSE(parse_id("ILOU"));
}

TEST_CASE("a secret never prints itself") {
  std::ostringstream out;
  out << Secret("42010619800501001X") << ' ' << Secret("张三丰") << ' ' << Secret("张三") << ' ' << Secret("张");
  CHECK(out.str() == "4***X 张***丰 张* *");
}

TEST_CASE("hex and base64 round trip; damaged text is refused") {
  for (std::size_t n = 0; n < 50; ++n) {
    Bytes bytes(n);
    SeededRandom(n).fill(bytes);
    CHECK(from_hex(to_hex(bytes)) == bytes);
    CHECK(from_base64(to_base64(bytes)) == bytes);
  }
  CHECK_FALSE(from_base64("AAA"));
  CHECK_FALSE(from_base64("A*=="));
  CHECK_FALSE(from_hex("abc"));
}

TEST_CASE("UTF-8 is checked strictly") {
  CHECK(is_utf8("共济 𠮷"));
  CHECK_FALSE(is_utf8("\xC0\x80"));
  CHECK_FALSE(is_utf8("\xED\xA0\x80"));
  CHECK_FALSE(is_utf8("\xE5\x85"));
  CHECK_FALSE(is_utf8("\xFF"));
  for (std::size_t at = 0; at < 40; ++at) {
    std::string text(40, 'x');
    text.replace(at, 1, "共");
    CHECK(is_utf8(text));
    text[at + 1] = 'x';
    CHECK_FALSE(is_utf8(text));
  }
}

TEST_CASE("no text ends a tag or an attribute of a page, and no control character gets into it") {
  CHECK(escape_markup("<b a=\"1\">&王</b>") == "&lt;b a=&quot;1&quot;&gt;&amp;王&lt;/b&gt;");
  CHECK(escape_markup(std::string_view("a\0b\x1f\n", 5)) == "a b  ");
}
