// A till's journal as the input: standing sales, as they stand in plain.
#include "offline/journal/sales_view.h"
#include "offline/replay/claim_source.h"
#include "tests/journal/till.h"
#include "tests/replay/fixtures.h"

using namespace gongji;
using namespace gongji::tests;

namespace {

// A sale at a third-level hospital of Wuhan, as the engine would settle it.
record::Sale hospital_sale(Till& till, const Patient& patient, const std::string& msgid, Day day, Money amount) {
  const Day year = *Day::from_civil(day.year(), 1, 1);
  const journal::PersonState state{
      till.snapshot(patient), {{"", "op.deductible", year, Money::yuan(700)}, {"", "op.fund", year, Money()}}, {}};
  record::Sale sale = till.sale_of(patient, state, msgid, {0, 0, 0, amount.in_fen()}, record::Backing::nothing, day);
  sale.claim.site = {"H99999900001", 1, "420100", 3, true, false};
  sale.claim.person.insuplc_admdvs = "420100";
  sale.claim.visit.med_type = "11";
  sale.claim.lines[0].chrgitm_lv = settlement::LineClass::a;
  return sale;
}

std::uint64_t append(journal::Journal& journal, const record::Sale& sale) {
  std::uint64_t seq = 0;
  REQUIRE(turn_on(journal, [&](journal::Turn& turn) -> Result<void> {
    auto entry = turn.append(sale, noon);
    if (!entry) return entry.error();
    seq = entry->head.seq;
    return {};
  }));
  return seq;
}

}  // namespace

TEST_CASE(
    "a journal is replayed in the order of service without what was cancelled, with the daemon running or stopped") {
  Till till;
  auto journal = till.open();
  store(till, *journal, son());
  store(till, *journal, daughter());
  append(*journal, hospital_sale(till, son(), "a", today, Money::yuan(200)));
  append(*journal, hospital_sale(till, son(), "b", today.plus_days(-3), Money::yuan(100)));
  const auto gone = append(*journal, hospital_sale(till, son(), "c", today, Money::yuan(900)));
  append(*journal, hospital_sale(till, daughter(), "d", today, Money::yuan(50)));
  cancel(till, *journal, gone, "e");
  REQUIRE(turn_on(*journal, [&](journal::Turn& turn) -> Result<void> {
    auto entry = turn.append(till.paper("f", 500), noon);
    return entry ? Result<void>() : entry.error();
  }));

  const auto check = [&] {
    replay::Request request;
    request.input = till.file().parent_path();  // the till's data directory
    const auto report = replay::run(version(draft), version(final_text), request);
    REQUIRE(report);
    CHECK(report->total.claims == 3);
    CHECK(report->persons == 2);
    CHECK(report->cancelled == 1);
    CHECK(report->papers == 1);
    CHECK(report->first_day == today.plus_days(-3));
    CHECK(report->total.base.shares.fund == Money::yuan(175));  // the deductible is used up: half of 350
    request.input = till.file();
    const auto by_file = replay::run(version(draft), version(final_text), request);
    REQUIRE(by_file);
    CHECK((*by_file == *report));
  };
  check();
  journal.reset();
  check();
}

TEST_CASE("a view of sales shows nobody's number and all that decides") {
  Till till;
  auto journal = till.open();
  store(till, *journal, son());
  sell(till, *journal, son(), "a", {3'000, 2'000, 1'500, 500});
  const auto view = journal::SalesView::open(till.file());
  REQUIRE(view);
  const auto times = (*view)->times();
  REQUIRE(times);
  REQUIRE(times->size() == 1);
  const auto sale = (*view)->read((*times)[0].seq);
  REQUIRE(sale);
  CHECK(sale->person_key == till.person_key(son()));
  CHECK(sale->claim.person.psn_no.empty());
  CHECK_FALSE(sale->claim.person.brdy.has_value());
  CHECK(sale->claim.begntime == (*times)[0].begntime);
  REQUIRE(sale->claim.accounts.size() == 2);
  CHECK(sale->claim.accounts[0].owner == "self");
  CHECK(sale->claim.accounts[1].owner == "family-1");
  CHECK_FALSE(sale->claim.ytd.empty());
  CHECK(sale->claim.lines.size() == 1);
}
