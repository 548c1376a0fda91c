// year_of_sales.h — a year of invented sales in one city, in the order of service: the same for a seed on every
// machine.
//
// Nobody here exists: persons are numbers of region 999999, insured in a city whose rules are known.  The mix is
// invented too (shares of pharmacies, levels, classes, prices); it is made to reach every clause of the city's rules,
// not to look like anybody's statistics.
#pragma once

#include <cstdint>
#include <string>

#include "offline/settlement/claim.h"

namespace gongji::tests {

struct YearOfSales {
  std::uint64_t seed = 1;
  std::uint64_t sales = 1;
  std::uint64_t persons = 0;  // 0: one for eight sales
  int year = 2024;
};

class SalesOfAYear {
 public:
  explicit SalesOfAYear(const YearOfSales& wish);

  // Fills `claim` (whose memory is used again) with the next sale; false after the last.
  bool next(settlement::Claim& claim);

 private:
  YearOfSales wish_;
  Day first_day_;
  std::uint64_t seconds_ = 0;  // of opening hours in the year
  std::uint64_t at_ = 0;
};

// All of them as JSON Lines.
std::string sales_text(const YearOfSales& wish);

}  // namespace gongji::tests
