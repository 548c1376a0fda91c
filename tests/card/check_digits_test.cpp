#include "card/check_digits.h"

#include <catch2/catch.hpp>
#include <string>

namespace gongji::card {

TEST_CASE("an ID number tells birth and sex") {
  const auto id = parse_id_number("999999198005010027");
  REQUIRE(id);
  CHECK(to_string(id->birth) == "1980-05-01");
  CHECK(id->sex == Sex::female);
  CHECK(parse_id_number("999999195001010018")->sex == Sex::male);
}

TEST_CASE("the check character follows ISO 7064 MOD 11-2") {
  // The examples printed in GB 11643 and the codes of its annex.
  CHECK(id_number_check("11010519491231002") == 'X');
  CHECK(id_number_check("44052418800101001") == '4');
  CHECK(id_number_check("34052419800101001") == 'X');
  CHECK(id_number_check("37010119010203997") == '3');
}

TEST_CASE("every single wrong digit of an ID number is noticed") {
  const std::string right = "999999198005010027";
  for (std::size_t at = 0; at < right.size(); ++at) {
    for (const char other : std::string("0123456789X")) {
      std::string wrong = right;
      wrong[at] = other;
      CHECK(parse_id_number(wrong).has_value() == (wrong == right));
    }
  }
}

TEST_CASE("an ID number of another form is refused") {
  CHECK_FALSE(parse_id_number(""));
  CHECK_FALSE(parse_id_number("999999800501002"));  // the old form of 15 digits
  CHECK_FALSE(parse_id_number("99999919800501002 7"));
  CHECK_FALSE(parse_id_number("9999991980050100270"));
  std::string no_such_day = "99999919800230002";
  no_such_day += id_number_check(no_such_day);
  CHECK_FALSE(parse_id_number(no_such_day));
  std::string small_x = "99999919800501000";
  for (char last = '0'; id_number_check(small_x) != 'X'; ++last) small_x[16] = last;
  CHECK(parse_id_number(small_x + "X"));
  CHECK_FALSE(parse_id_number(small_x + "x"));
}

TEST_CASE("the card number's check character follows the specification's example") {
  CHECK(card_number_check("D2143569") == 'X');
  CHECK(card_number_check("A4201001") == '5');
  CHECK(card_number_check("00000000") == '0');
}

TEST_CASE("an article number is 13 digits with a right last one") {
  CHECK(is_ean13("6901234567892"));
  CHECK_FALSE(is_ean13("6901234567893"));
  CHECK_FALSE(is_ean13("690123456789"));
  CHECK_FALSE(is_ean13("69012345678 2"));
}

}  // namespace gongji::card
