// day.h — civil days and civil times at the point of care.
//
// The law speaks of days: deductibles run by calendar year, rules hold from a day.  A Day has no zone and no hour.
// A CivilTime is a Day and a second of that day.  All of mainland China keeps UTC+8, without daylight saving.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "offline/base/clock.h"

namespace gongji {

class Day {
 public:
  constexpr Day() = default;
  // Days since 1970-01-01; may be negative (birthdays).
  static constexpr Day from_number(std::int32_t days) { return Day(days); }
  // Requires a real calendar day of the years 1800..2999; otherwise nullopt.
  static std::optional<Day> from_civil(int year, int month, int day);

  constexpr std::int32_t number() const { return number_; }
  int year() const;
  int month() const;         // 1..12
  int day_of_month() const;  // 1..31
  Day plus_days(int days) const { return Day(number_ + days); }
  Day first_of_next_month() const;

  constexpr auto operator<=>(const Day&) const = default;

 private:
  explicit constexpr Day(std::int32_t days) : number_(days) {}
  std::int32_t number_ = 0;
};

std::optional<Day> parse_day(std::string_view text);  // exactly "YYYY-MM-DD"
std::string to_string(Day day);                       // "YYYY-MM-DD"

struct CivilTime {
  Day day;
  std::int32_t second = 0;  // 0..86'399
  constexpr auto operator<=>(const CivilTime&) const = default;
};

std::optional<CivilTime> parse_civil_time(std::string_view text);  // exactly "YYYY-MM-DD HH:MM:SS"
std::string to_string(CivilTime time);                             // the same form
CivilTime civil_time_at(WallTime time);                            // in UTC+8
WallTime wall_time_of(CivilTime time);                             // in UTC+8

// Full years from `birth` to `on`; 0 before the first birthday.
int age_in_years(Day birth, Day on);

}  // namespace gongji
