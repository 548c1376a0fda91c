// check_digits.h — numbers that carry their own check: ID number, card number, article number.
//
// Pure.  Thread safety: any thread.
#pragma once

#include <optional>
#include <string_view>

#include "offline/base/day.h"

namespace gongji::card {

enum class Sex : unsigned char { unspecified = 9, male = 1, female = 2 };  // GB/T 2261.1; the codes of fsi's `gend`

// What an ID number says about its holder.
struct IdNumber {
  Day birth;
  Sex sex = Sex::unspecified;  // male or female
};

// A citizen's ID number by GB 11643-1999: 6 digits of region, 8 of birth, 3 of sequence (odd: male), and a check
// character by ISO 7064 MOD 11-2 ("X" upper case).  nullopt when the form, the date or the check is wrong.  The old
// form of 15 digits is not accepted.
std::optional<IdNumber> parse_id_number(std::string_view text);

// True when `text` has the form of a citizen's ID number (17 digits and a digit or X), right or wrong.
bool looks_like_id_number(std::string_view text);

// The check character of the first 17 digits.  Requires 17 digits at least (CHECK).
char id_number_check(std::string_view digits);

// The check character of a social security card's number: 8 characters 0-9 A-Z (CHECK).  Regions deviate: warn only.
// Source: social security card specification, annex A.
char card_number_check(std::string_view first_eight);

bool is_ean13(std::string_view text);  // 13 digits with a right check digit

}  // namespace gongji::card
