// What stands in a journal and what became of it, read beside whoever writes it.
#include "offline/journal/log_view.h"

#include "tests/journal/till.h"

using namespace gongji;
using namespace gongji::tests;

namespace {

template <class Work>
void in_turn(journal::Journal& journal, Work work) {
  std::vector<journal::Journal::Work> works;
  works.push_back([&](journal::Turn& turn) -> Result<void> {
    work(turn);
    return {};
  });
  REQUIRE(journal.commit(std::move(works)).front());
}

}  // namespace

TEST_CASE("a view tells every entry since a day, its state, and all verdicts on it, while the journal is open") {
  Till till;
  const auto journal = till.open();
  record::Sale first, second;
  in_turn(*journal, [&](journal::Turn& turn) {
    REQUIRE(till.store(turn, son(), till.snapshot(son())));
    first = till.sale(turn, son(), "m1", {1'000, 200, 0, 5});
    REQUIRE(turn.append(first, noon));
    second = till.sale(turn, son(), "m2", {300, 0, 0, 0});
    REQUIRE(turn.append(second, noon.plus(std::chrono::hours(24))));
  });
  REQUIRE(journal->acknowledge(1, noon));
  record::Verdict verdict;
  verdict.seq = 1;
  verdict.kind = record::VerdictKind::adjusted;
  verdict.reason = "fund_recomputed";
  verdict.stands = {Money::fen(900), Money::fen(200), {}, Money::fen(105)};
  verdict.difference = {Money::fen(-100), {}, {}, Money::fen(100)};
  verdict.counted.emplace();
  record::Verdict later = verdict;
  later.kind = record::VerdictKind::accepted;
  later.reason.clear();
  later.stands = record::payer_shares(first.settlement);
  later.difference = {};
  later.counted.reset();
  REQUIRE(journal->apply_feed({"T-0001", 1, {verdict}, noon}, noon));

  auto view = journal::LogView::open(till.file());
  REQUIRE(view);
  CHECK((*view)->identity().terminal == "T-0001");
  CHECK((*view)->acknowledged_seq() == 1);
  const auto lines = (*view)->lines(today);
  REQUIRE(lines);
  REQUIRE(lines->size() == 2);
  CHECK(lines->at(0).seq == 1);
  CHECK(lines->at(0).state == journal::SaleState::adjusted);
  CHECK(lines->at(0).shares == record::payer_shares(first.settlement));
  CHECK(lines->at(0).person == till.person_key(son()));
  CHECK(lines->at(1).state == journal::SaleState::provisional);
  CHECK((*view)->lines(today.plus_days(1))->size() == 1);
  CHECK((*view)->lines(today.plus_days(2))->empty());
  CHECK((*view)->lines_after(1)->front().seq == 2);
  CHECK((*view)->judged_again()->empty());
  REQUIRE((*view)->verdicts_on(1)->size() == 1);
  const auto read = (*view)->read(1);
  REQUIRE(read);
  CHECK(std::get<record::Sale>(read->body).sale_id == first.sale_id);
  CHECK(std::get<record::Sale>(read->body).claim.person.psn_no.empty());

  // What comes later is of a later view.
  REQUIRE(journal->apply_feed({"T-0001", 2, {later}, noon}, noon));
  CHECK((*view)->verdicts_on(1)->size() == 1);
  const auto after = journal::LogView::open(till.file());
  REQUIRE(after);
  CHECK((*after)->judged_again()->contains(1));
  REQUIRE((*after)->verdicts_on(1)->size() == 2);
  CHECK((*after)->verdicts_on(1)->back().kind == record::VerdictKind::accepted);
  CHECK((*after)->lines(today)->front().state == journal::SaleState::confirmed);
}

TEST_CASE("papers are found by day, and cancellations with the sale that they cancel") {
  Till till;
  const auto journal = till.open();
  in_turn(*journal, [&](journal::Turn& turn) {
    REQUIRE(till.store(turn, son(), till.snapshot(son())));
    const record::Sale sale = till.sale(turn, son(), "m1", {1'000, 200, 0, 5});
    REQUIRE(turn.append(sale, noon));
    record::Cancel cancel;
    cancel.cancel_id = sale.mdtrt_id;
    cancel.sale_id = sale.sale_id;
    cancel.sale_seq = 1;
    cancel.key = {site_code, "m2", "2103", {}};
    cancel.opter = "0007";
    cancel.person_key = sale.person_key;
    cancel.reason = "customer";
    REQUIRE(turn.append(cancel, noon));
    record::Paper paper;
    paper.paper_id = *parse_id("01KB0000000000000000000001");
    paper.key = {site_code, "m3", "2102", {}};
    paper.opter = "0007";
    paper.reasons = {"clock_untrusted"};
    paper.claim = sale.claim;
    REQUIRE(turn.append(paper, noon));
  });
  const auto view = journal::LogView::open(till.file());
  REQUIRE(view);
  const auto lines = (*view)->lines(today);
  REQUIRE(lines);
  REQUIRE(lines->size() == 3);
  CHECK(lines->at(0).cancelled_by == 2);
  CHECK(lines->at(0).state == journal::SaleState::cancelled);
  CHECK(lines->at(1).sale_seq == 1);
  CHECK(lines->at(2).kind == record::EntryKind::paper);
  CHECK(*(*view)->first_paper_day(today.plus_days(-30)) == today);
  CHECK_FALSE(*(*view)->first_paper_day(today.plus_days(1)));
  CHECK((*view)->live_grants()->empty());
}
