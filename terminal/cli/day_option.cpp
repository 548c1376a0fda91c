#include "terminal/cli/day_option.h"

#include "offline/base/clock.h"

namespace gongji::terminal {

void DayOption::declare(CLI::App& command, const std::string& meaning, const std::string& name) {
  command.add_option(name, text_, meaning)->check([](const std::string& text) {
    return parse_day(text).has_value() ? std::string() : text + " is not a day YYYY-MM-DD";
  });
}

std::optional<Day> DayOption::day() const {
  return text_.empty() ? std::nullopt : parse_day(text_);
}

Day DayOption::day_or_today() const {
  return day().value_or(civil_time_at(system_clock().wall()).day);
}

}  // namespace gongji::terminal
