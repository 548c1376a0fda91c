// dated_row.h — one row of the law with its days and where it comes from: what a person who looks at a pack wants to
// know of a number beyond what settle() needs.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "offline/base/day.h"
#include "offline/settlement/policy.h"

namespace gongji::packs {

enum class Unit : std::uint8_t { fen, ppm, rule, day, count };
enum class Confidence : std::uint8_t { sourced, reported, decision };

struct DatedRow {
  settlement::Row row;
  Unit unit = Unit::rule;
  Day first_day;
  std::optional<Day> last_day;  // inclusive; absent = open
  Day checked;
  Confidence confidence = Confidence::sourced;
  std::string note;
  std::string source_title;  // of row.source
  std::string path;          // "pack wuhan-employee@2023-02-01 · rows[3]", or that of a supplement
  std::string given_by;      // hex digest of the supplement that gives it, "" = the pack's own

  bool holds(Day day) const { return first_day <= day && (!last_day.has_value() || day <= *last_day); }
  // The number is needed and the texts do not give it.
  bool unset() const { return (unit == Unit::fen || unit == Unit::ppm || unit == Unit::count) && !row.number; }
};

}  // namespace gongji::packs
