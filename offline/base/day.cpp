#include "offline/base/day.h"

#include <fmt/format.h>

#include <chrono>

namespace gongji {
namespace {

std::chrono::year_month_day civil(Day day) {
  return std::chrono::year_month_day(std::chrono::sys_days(std::chrono::days(day.number())));
}

// Reads exactly `count` digits at `at`; -1 where one is no digit.
int digits(std::string_view text, std::size_t at, std::size_t count) {
  int value = 0;
  for (std::size_t i = at; i < at + count; ++i) {
    if (text[i] < '0' || text[i] > '9') return -1;
    value = value * 10 + (text[i] - '0');
  }
  return value;
}

constexpr std::int64_t zone_ms = 8 * 3600 * 1000;
constexpr std::int64_t day_ms = 86'400'000;

}  // namespace

std::optional<Day> Day::from_civil(int year, int month, int day) {
  if (year < 1800 || year > 2999 || month < 1 || month > 12 || day < 1 || day > 31) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  if (!date.ok()) return std::nullopt;
  return from_number(static_cast<std::int32_t>(std::chrono::sys_days(date).time_since_epoch().count()));
}

int Day::year() const {
  return static_cast<int>(civil(*this).year());
}
int Day::month() const {
  return static_cast<int>(static_cast<unsigned>(civil(*this).month()));
}
int Day::day_of_month() const {
  return static_cast<int>(static_cast<unsigned>(civil(*this).day()));
}

Day Day::first_of_next_month() const {
  const std::chrono::year_month_day date = civil(*this);
  const std::chrono::sys_days first = (date.year() / date.month() + std::chrono::months(1)) / std::chrono::day(1);
  return from_number(static_cast<std::int32_t>(first.time_since_epoch().count()));
}

std::optional<Day> parse_day(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
  return Day::from_civil(digits(text, 0, 4), digits(text, 5, 2), digits(text, 8, 2));
}

std::string to_string(Day day) {
  return fmt::format("{:04}-{:02}-{:02}", day.year(), day.month(), day.day_of_month());
}

std::optional<CivilTime> parse_civil_time(std::string_view text) {
  if (text.size() != 19 || text[10] != ' ' || text[13] != ':' || text[16] != ':') return std::nullopt;
  const auto day = parse_day(text.substr(0, 10));
  const int hour = digits(text, 11, 2), minute = digits(text, 14, 2), second = digits(text, 17, 2);
  if (!day || hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59) return std::nullopt;
  return CivilTime{*day, hour * 3600 + minute * 60 + second};
}

std::string to_string(CivilTime time) {
  return fmt::format("{} {:02}:{:02}:{:02}", to_string(time.day), time.second / 3600, time.second / 60 % 60,
                     time.second % 60);
}

CivilTime civil_time_at(WallTime time) {
  const std::int64_t local = time.ms + zone_ms;
  std::int64_t days = local / day_ms;
  if (local % day_ms < 0) --days;
  return {Day::from_number(static_cast<std::int32_t>(days)), static_cast<std::int32_t>((local - days * day_ms) / 1000)};
}

WallTime wall_time_of(CivilTime time) {
  return {time.day.number() * day_ms + time.second * 1000LL - zone_ms};
}

int age_in_years(Day birth, Day on) {
  int years = on.year() - birth.year();
  if (on.month() < birth.month() || (on.month() == birth.month() && on.day_of_month() < birth.day_of_month())) --years;
  return years < 0 ? 0 : years;
}

}  // namespace gongji
