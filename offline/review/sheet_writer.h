// sheet_writer.h — fills a sheet from a policy, section by section; inside this module only.
#pragma once

#include <string>
#include <vector>

#include "offline/packs/dated_row.h"
#include "offline/review/sheet.h"
#include "offline/settlement/policy.h"

namespace gongji::review {

class SheetWriter {
 public:
  // `day` is within the version's days.
  SheetWriter(const settlement::Policy& policy, const std::vector<packs::DatedRow>& rows, Day day, Sheet& sheet);

  void persons();
  void sites();
  void circumstances();  // regions and late claims
  void goods();
  void benefits();
  void accounts();

 private:
  // What the row of that id says on the day; nullptr where there is none.
  const packs::DatedRow* dated(const std::string& id) const;
  Citation citation(const packs::DatedRow& row) const;
  std::optional<Citation> citation(settlement::RowRef ref) const;

  Entry& add(Section section, std::string key, Words item, Words value, settlement::RowRef ref);
  // The value is the row's number.
  Entry& add_number(Section section, std::string key, Words item, settlement::RowRef ref);
  // An entry for each level and category whose row the table gives.
  enum class Good : std::uint8_t { more, less };
  void add_table(const std::string& key, const Words& group, const Words& item, const settlement::RowTable& table,
                 Good good, std::optional<std::int64_t> absent_rank);

  void benefit(const settlement::Benefit& benefit);
  void stage(const std::string& key, const Words& group, const settlement::Stage& stage);
  void limit(const std::string& key, const Words& group, const settlement::CapStage& stage);
  void bands(const std::string& key, const Words& group, const settlement::BandStage& stage);
  Words period(settlement::CounterRef counter) const;            // （每年）
  std::string period_key(settlement::CounterRef counter) const;  // "year"
  Words slot_words(std::uint8_t slot) const;

  const settlement::Policy& policy_;
  const std::vector<packs::DatedRow>& rows_;
  Day day_;
  Sheet& sheet_;
  std::vector<std::uint8_t> slots_;
};

// 700.00 元, 80%, 6; "not in the texts" where the row has no number.
Words value_words(const packs::DatedRow& row);

// Premiums and accrual of an account law.
void write_account_law(const packs::AccountLaw& law, Day day, Sheet& sheet);

}  // namespace gongji::review
