#include "offline/journal/reader.h"

#include "offline/journal/open_to_read.h"
#include "offline/journal/sums.h"

namespace gongji::journal {

Result<QueueSummary> read_summary(const std::filesystem::path& file) {
  const auto opened = open_to_read(file);
  if (!opened) return opened.error();
  // One transaction, so that all figures are of one moment.
  if (auto begun = (*opened)->execute("BEGIN"); !begun) return begun.error();
  return summary_of(**opened);
}

Result<DayTotals> read_day_totals(const std::filesystem::path& file, Day day) {
  const auto opened = open_to_read(file);
  if (!opened) return opened.error();
  return day_totals_of(**opened, day);
}

}  // namespace gongji::journal
