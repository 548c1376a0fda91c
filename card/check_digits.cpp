#include "card/check_digits.h"

#include <algorithm>
#include <array>

#include "offline/base/check.h"

namespace gongji::card {
namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool all_digits(std::string_view text) {
  return std::all_of(text.begin(), text.end(), is_digit);
}

int number(std::string_view digits) {
  int out = 0;
  for (const char c : digits) out = out * 10 + (c - '0');
  return out;
}

}  // namespace

bool looks_like_id_number(std::string_view text) {
  return text.size() == 18 && all_digits(text.substr(0, 17)) && (is_digit(text[17]) || text[17] == 'X');
}

char id_number_check(std::string_view digits) {
  GONGJI_CHECK(digits.size() >= 17 && all_digits(digits.substr(0, 17)));
  static constexpr std::array<int, 17> weights{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
  int sum = 0;
  for (std::size_t i = 0; i < weights.size(); ++i) sum += (digits[i] - '0') * weights[i];
  return std::string_view("10X98765432")[static_cast<std::size_t>(sum % 11)];
}

std::optional<IdNumber> parse_id_number(std::string_view text) {
  if (!looks_like_id_number(text) || text[17] != id_number_check(text)) return std::nullopt;
  const std::optional<Day> birth =
      Day::from_civil(number(text.substr(6, 4)), number(text.substr(10, 2)), number(text.substr(12, 2)));
  if (!birth) return std::nullopt;
  return IdNumber{*birth, (text[16] - '0') % 2 == 1 ? Sex::male : Sex::female};
}

char card_number_check(std::string_view first_eight) {
  GONGJI_CHECK(first_eight.size() == 8);
  static constexpr std::array<int, 8> weights{3, 7, 9, 10, 5, 8, 4, 2};
  int sum = 0;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const char c = first_eight[i];
    GONGJI_CHECK(is_digit(c) || (c >= 'A' && c <= 'Z'));
    sum += (is_digit(c) ? c - '0' : c - 'A' + 10) * weights[i];
  }
  const int check = 11 - sum % 11;
  if (check == 10) return 'X';
  return check == 11 ? '0' : static_cast<char>('0' + check);
}

bool is_ean13(std::string_view text) {
  if (text.size() != 13 || !all_digits(text)) return false;
  int sum = 0;
  for (std::size_t i = 0; i < text.size(); ++i) sum += (text[i] - '0') * (i % 2 == 0 ? 1 : 3);
  return sum % 10 == 0;
}

}  // namespace gongji::card
