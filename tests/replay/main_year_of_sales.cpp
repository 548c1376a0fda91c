// year-of-sales — writes a year of invented sales as JSON Lines, for `gongji packs replay` and benches.
#include <CLI/CLI.hpp>
#include <iostream>

#include "offline/settlement/claim_json.h"
#include "tests/replay/year_of_sales.h"

int main(int argc, char** argv) {
  gongji::tests::YearOfSales wish;
  CLI::App app("A year of invented sales, the same for a seed on every machine");
  app.add_option("--seed", wish.seed, "which year");
  app.add_option("--sales", wish.sales, "how many sales")->required();
  app.add_option("--persons", wish.persons, "how many persons (default: one for eight sales)");
  app.add_option("--year", wish.year, "calendar year of service")->check(CLI::Range(1900, 2900));
  CLI11_PARSE(app, argc, argv);

  gongji::tests::SalesOfAYear sales(wish);
  std::string text;
  for (gongji::settlement::Claim claim; sales.next(claim);) {
    text.append(gongji::settlement::claim_to_json(claim)).append(1, '\n');
    if (text.size() < (256u << 10)) continue;
    std::cout << text;
    text.clear();
  }
  std::cout << text;
  return std::cout.flush() ? 0 : 1;
}
