// total_rows.h — sums by day, kind and state, which move with the entries.  Internal; inside the caller's transaction.
//
// They are gathered here, so that many entries of a day cost one statement; whoever adds writes before the commit.
#pragma once

#include <map>
#include <optional>

#include "offline/journal/columns.h"
#include "offline/journal/store.h"

namespace gongji::journal {

class TotalRows {
 public:
  explicit TotalRows(const Store& store) : store_(store) {}

  // One entry more of these amounts, or one less.  `state`: of a sale; absent for anything else.
  void more(Day day, record::EntryKind kind, std::optional<SaleState> state, const Amounts& amounts) {
    add({day, kind, state}, amounts, 1);
  }
  void less(Day day, record::EntryKind kind, std::optional<SaleState> state, const Amounts& amounts) {
    add({day, kind, state}, amounts, -1);
  }

  // What was added since the last time.  Errors: disk.
  Result<void> write();

 private:
  struct Row {
    Day day;
    record::EntryKind kind = record::EntryKind::sale;
    std::optional<SaleState> state;
    auto operator<=>(const Row&) const = default;
  };
  struct Change {
    std::int64_t count = 0;
    Amounts amounts;
  };
  void add(const Row& row, const Amounts& amounts, int sign);

  Store store_;
  std::map<Row, Change> changes_;
};

}  // namespace gongji::journal
