// ledger_reconcile.cpp — what a day's reconciliation reads.
#include "sync/centre/ledger.h"
#include "sync/centre/outcome_columns.h"

namespace gongji::centre {

std::vector<Ledger::Stated> Ledger::stated_of_day(const std::string& terminal, Day day, std::uint32_t after_epoch,
                                                  std::uint64_t after_seq, std::size_t count_max) {
  static const std::string types = std::string(outcome_types) + "b";
  auto select = query("SELECT " OUTCOME_COLUMNS
                      ", public_bytes FROM outcome JOIN entry USING (terminal, epoch, seq) "
                      "WHERE terminal = ? AND day = ? AND (epoch, seq) > (?, ?) ORDER BY epoch, seq LIMIT ?",
                      types);
  select.bind(terminal, day.number(), after_epoch, after_seq, count_max);
  std::vector<Stated> out;
  while (step(select)) out.push_back({read_outcome(select), std::string(as_text(select.blob(18)))});
  return out;
}

std::vector<std::string> Ledger::terminals_of(const std::string& fixmedins_code) {
  auto select = query("SELECT terminal FROM terminal WHERE fixmedins_code = ? ORDER BY terminal", "t");
  select.bind(fixmedins_code);
  std::vector<std::string> out;
  while (step(select)) out.emplace_back(select.text(0));
  return out;
}

}  // namespace gongji::centre
