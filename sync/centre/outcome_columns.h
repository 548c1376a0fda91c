// outcome_columns.h — the columns of `outcome` as Ledger::read_outcome() reads them.  For ledger*.cpp only.
#pragma once

#include <string_view>

namespace gongji::centre {

inline constexpr std::string_view outcome_types = "tiiitiitiiiiiitiii";
#define OUTCOME_COLUMNS                                                                                         \
  "terminal, epoch, seq, kind, sale_id, day, verdict, reason, cancelled, medfee, fund, account, family, cash, " \
  "person, second, guaranteed, place_seq "

}  // namespace gongji::centre
