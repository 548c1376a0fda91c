#include "offline/journal/reader.h"

#include "offline/journal/open_to_read.h"
#include "offline/journal/orders.h"
#include "offline/journal/risk.h"
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
  if (auto begun = (*opened)->execute("BEGIN"); !begun) return begun.error();
  return day_totals_of(**opened, day);
}

Result<Risk> read_risk(const std::filesystem::path& file, Day from) {
  const auto opened = open_to_read(file);
  if (!opened) return opened.error();
  if (auto begun = (*opened)->execute("BEGIN"); !begun) return begun.error();
  return risk_since(**opened, from);
}

Result<std::optional<record::Signed>> read_terms(const std::filesystem::path& file) {
  const auto opened = open_to_read(file);
  if (!opened) return opened.error();
  auto query = (*opened)->query("SELECT terms, terms_signature FROM log WHERE terms IS NOT NULL", "tb");
  const auto row = query.step();
  if (!row) return row.error();
  if (!*row) return std::nullopt;
  const ByteView signature = query.blob(1);
  return record::Signed{std::string(query.text(0)), Bytes(signature.begin(), signature.end())};
}

Result<std::vector<record::Signed>> read_orders(const std::filesystem::path& file) {
  const auto opened = open_to_read(file);
  if (!opened) return opened.error();
  return orders_of(**opened);
}

Result<Doubt> read_doubt(const std::filesystem::path& file) {
  const auto opened = open_to_read(file);
  if (!opened) return opened.error();
  {
    auto tables = (*opened)->query("SELECT count(*) FROM sqlite_schema WHERE name = 'anchor'", "i");
    const auto row = tables.step();
    if (!row) return row.error();
    if (tables.integer(0) == 0) return Doubt::none;  // of an older version
  }
  auto query = (*opened)->query("SELECT doubt FROM anchor", "i");
  const auto row = query.step();
  if (!row) return row.error();
  return *row ? static_cast<Doubt>(query.integer(0)) : Doubt::none;
}

}  // namespace gongji::journal
