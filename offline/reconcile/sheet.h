// sheet.h — the report as tables of cells, in one language.  Every form of the report prints these cells and no others,
// so that the figures in all of them are the same.  Pure; any thread.
#pragma once

#include <string>
#include <vector>

#include "offline/reconcile/compare.h"
#include "offline/reconcile/repairs.h"

namespace gongji::reconcile {

struct Row {
  std::vector<std::string> cells;  // one a column
  std::vector<std::string> notes;  // one a note of the table; below the row, or further columns
  bool strong = false;             // a sum, or a difference
};
struct Table {
  std::string title;
  std::vector<std::string> columns, notes;  // headings
  std::vector<std::size_t> figures;         // columns of counts and amounts, from 0
  std::vector<Row> rows;
  std::string empty;  // what is said where there is no row
};
struct Sheet {
  Language language = Language::zh;
  std::string title;
  std::vector<std::string> remarks;  // what and how, below the title
  std::vector<Table> tables;         // totals, lines, differences
};

// Amounts in yuan with two decimals; differences are the centre's less the till's.
Sheet sheet_of(const Reconciliation& reconciliation, const Place& place, Language language);

}  // namespace gongji::reconcile
