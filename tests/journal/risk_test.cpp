#include "offline/journal/risk.h"

#include "offline/journal/reader.h"
#include "tests/journal/till.h"

using namespace gongji;
using namespace gongji::tests;
using journal::SaleState;

TEST_CASE("money at risk is told by day and state, with how many persons") {
  Till till;
  auto journal = till.open();
  store(till, *journal, son());
  store(till, *journal, daughter());
  sell(till, *journal, son(), "a", {3'000, 2'000, 1'500, 500});
  sell(till, *journal, son(), "b", {1'000, 0, 0, 0});
  sell(till, *journal, daughter(), "c", {2'000, 500, 0, 100});

  const auto risk = journal::read_risk(till.file(), today);
  REQUIRE(risk);
  REQUIRE(risk->lines.size() == 1);
  const journal::RiskLine expected{
      today, SaleState::provisional, 3, 2, Money::fen(6'000), Money::fen(2'500), Money::fen(1'500)};
  CHECK(risk->lines[0] == expected);
  REQUIRE(risk->reserve.size() == 1);
  CHECK(risk->reserve[0].total == Money::fen(10'000));
  CHECK(risk->reserve[0].count == 3);

  CHECK(journal::read_risk(till.file(), today.plus_days(1))->lines.empty());
  CHECK(journal::read_risk(till.file(), today.plus_days(1))->reserve.size() == 1);
}
