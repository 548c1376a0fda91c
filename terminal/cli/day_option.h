// day_option.h — `--on DAY`, or under another name.
#pragma once

#include <CLI/CLI.hpp>
#include <optional>
#include <string>

#include "offline/base/day.h"

namespace gongji::terminal {

class DayOption {
 public:
  // Anything but a real day YYYY-MM-DD is wrong usage.
  void declare(CLI::App& command, const std::string& meaning, const std::string& name = "--on");
  std::optional<Day> day() const;
  // Today as the machine's clock has it, in UTC+8.
  Day day_or_today() const;

 private:
  std::string text_;
};

}  // namespace gongji::terminal
