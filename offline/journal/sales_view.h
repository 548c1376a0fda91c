// sales_view.h — the sales of a journal as far as they stand in plain, at one moment, for questions about many of them.
//
// No key is needed.  What is missing of a claim is what the personal part holds: psn_no and birthday are empty, owners
// of family accounts are "family-1", …; `person_key` tells persons apart.  All that decides who pays what is there:
// site, visit, category, lines, accounts and counters as they stood at the sale.  Read-only; the daemon may run or not,
// and what it writes after open() is not seen (its WAL only grows while a view is open).
//
// Threads: owned by one at a time.  Errors: as reader.h; an entry that cannot be read.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <vector>

#include "offline/base/day.h"
#include "offline/base/result.h"
#include "offline/record/entry.h"

namespace gongji::sqlite {
class Connection;
}

namespace gongji::journal {

struct SaleTime {
  CivilTime begntime;  // of the claim
  std::uint64_t seq = 0;
};

class SalesView {
 public:
  static Result<std::unique_ptr<SalesView>> open(const std::filesystem::path& file);
  ~SalesView();

  // Of all sales that were not cancelled, in the order of the log.  Decodes each of them.
  Result<std::vector<SaleTime>> times();
  // Requires a seq of times().
  Result<record::Sale> read(std::uint64_t seq);
  // Entries that are no standing sales.
  struct Others {
    std::uint64_t cancelled = 0;  // sales that were cancelled
    std::uint64_t papers = 0;
  };
  Result<Others> others();

 private:
  SalesView(std::unique_ptr<sqlite::Connection> db, bool packed);
  std::unique_ptr<sqlite::Connection> db_;
  bool packed_;  // the file has packed parts
};

}  // namespace gongji::journal
