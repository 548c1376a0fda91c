// journal_upkeep.cpp — forgetting months, and verifying.
#include <algorithm>

#include "offline/base/check.h"
#include "offline/journal/chain_check.h"
#include "offline/journal/file_journal.h"
#include "offline/journal/forgetting.h"
#include "offline/journal/persons.h"
#include "offline/journal/stops.h"
#include "offline/journal/troubles.h"

namespace gongji::journal {

Result<void> FileJournal::forget(const std::string& month, WallTime now) {
  if (auto done = file_now(); !done) return done;
  const auto row = log_row();
  if (!row) return row.error();
  if (auto may = may_forget(store_, month, now, row->acknowledged_seq); !may) return may;
  {
    auto transaction = sqlite::Transaction::begin(*db_);
    if (!transaction) return transaction.error();
    if (auto done = drop_snapshots(store_, month); !done) return done;
    if (auto done = finish(*transaction); !done) return done;
  }
  return keys_->destroy_month(month);
}

Result<std::vector<std::string>> FileJournal::forget_before(const std::string& before, WallTime now) {
  const auto months = keys_->months();
  if (!months) return months.error();
  std::vector<std::string> forgotten;
  for (const std::string& month : *months) {
    if (month >= before) break;
    const auto done = forget(month, now);
    if (!done && done.error().text != &troubles::month_still_needed) return done.error();
    if (done) forgotten.push_back(month);
  }
  return forgotten;
}

Result<std::uint64_t> FileJournal::verify() {
  if (auto done = file_now(); !done) return done.error();
  const auto row = log_row();
  if (!row) return row.error();
  ChainCheck check(store_);
  if (auto held = check.head(*row, tip_); !held) return held.error();
  if (auto held = check.stretch(1, tip_.seq); !held) return held.error();
  if (auto held = check.rest(); !held) return held.error();
  if (auto held = Persons(store_).verify(); !held) return held.error();
  if (auto held = Grants(store_, run_).verify(); !held) return held.error();
  if (auto held = Stops(store_).verify(); !held) return held.error();
  return tip_.seq;
}

Result<std::uint64_t> FileJournal::verify_stretch(std::uint64_t from, std::size_t count_max) {
  GONGJI_CHECK(from >= 1);
  if (auto done = file_now(); !done) return done.error();
  if (from > tip_.seq) return tip_.seq + 1;
  const std::uint64_t to = std::min(tip_.seq, from + count_max - 1);
  const auto reading = sqlite::ReadTransaction::begin(*db_);
  if (!reading) return reading.error();
  if (auto held = ChainCheck(store_).stretch(from, to); !held) return held.error();
  if (to == tip_.seq) {
    if (auto held = Grants(store_, run_).verify_live(); !held) return held.error();
  }
  return to + 1;
}

}  // namespace gongji::journal
