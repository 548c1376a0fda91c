// chart.h — bar charts as inline SVG in whole units, coloured by the page's style sheet.  Internal.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace gongji::replay {

// Two bars for each label, side by side, from zero up; `most_text` is the height of the tallest.  Classes: "base",
// "other".
struct Pair {
  std::string label;
  std::int64_t base = 0, other = 0;   // >= 0
  std::string base_text, other_text;  // shown on pointing
};
std::string paired_bars(const std::vector<Pair>& pairs, const std::string& most_text, const std::string& title);

// One bar for each label, from zero up, its text above it.  Classes: "gain", "lose", "same".
struct Bar {
  std::string label, style;
  std::int64_t value = 0;  // >= 0
  std::string text;
};
std::string bars(const std::vector<Bar>& bars, const std::string& title);

// One row for each step, each bar beginning where the one above ended, from zero; the last row is the sum.  Classes:
// "gain", "lose", "sum".
struct Fall {
  std::string label;
  std::int64_t change = 0;
  std::string text;
};
std::string waterfall(const std::vector<Fall>& falls, const std::string& sum_label, const std::string& sum_text,
                      const std::string& title);

}  // namespace gongji::replay
