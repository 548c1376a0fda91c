// A day as the centre has it, for reconciliation: by statement, and for the operator.
#include <catch2/catch.hpp>

#include "offline/reconcile/compare.h"
#include "sync/centre/centre_side.h"
#include "sync/protocol/message_parts.h"
#include "tests/centre/fixture.h"

namespace gongji::centre {
namespace {

protocol::StatementAnswer detailed(TestTill& till, Day day, protocol::StatementPlace after = {}) {
  const auto answer = protocol::decode_statement_answer(
      till.post("/v1/statement", protocol::encode(protocol::StatementRequest{day, true, after})).body);
  REQUIRE(answer.has_value());
  return *answer;
}

record::Paper paper_of(TestTill& till, record::Sale sale) {
  record::Paper paper;
  paper.paper_id = make_id(till.centre.clock.wall(), till.centre.random);
  paper.key = sale.key;
  paper.key.msgid = to_string(paper.paper_id);
  paper.opter = "clerk";
  paper.reasons = {"over_sale_limit"};
  paper.claim = std::move(sale.claim);
  return paper;
}

// As the till's own entries say it.
reconcile::Side own_side(const TestTill& till, Day day) {
  reconcile::Side side{day, till.terms.fixmedins_code, {}, till.enrolled.epoch};
  for (const auto& entry : till.log) {
    const auto decoded = record::decode(entry.public_bytes, entry.personal_bytes);
    REQUIRE(decoded.has_value());
    if (auto line = reconcile::line_of(decoded->head, decoded->body)) side.lines.push_back(std::move(*line));
  }
  return side;
}

}  // namespace

TEST_CASE("a detailed statement tells what each line is cleared under, with papers, and agrees with the till") {
  TestCentre centre;
  TestTill till(centre, clinic), drugstore(centre, pharmacy);
  const auto first = till.sale(*till.person(wang_fang), {Money::yuan(200)});
  const auto entry = till.append(first);
  const auto second = till.sale(*till.person(zhao_min), {Money::yuan(50)});
  till.append(second);
  till.append(till.cancel_of(entry, first));
  till.append(paper_of(till, second));
  till.sync();
  drugstore.append(drugstore.sale(*drugstore.person(chen_wei), {Money::yuan(25)}));
  drugstore.sync();

  const auto answer = detailed(till, centre.today());
  CHECK(answer.papers == 1);
  REQUIRE(answer.lines.size() == 3);
  CHECK(answer.lines[0].state == "cancelled");
  CHECK(answer.lines[2].state == "paper");
  REQUIRE(answer.lines[1].detail);
  CHECK(answer.lines[1].detail->insutype == "310");
  CHECK(answer.lines[1].detail->clr_type == "11");
  CHECK(answer.lines[1].detail->msgid == second.key.msgid);
  CHECK(answer.lines[1].detail->medfee == Money::yuan(50));

  auto ours = own_side(till, centre.today());
  REQUIRE(ours.lines.size() == 3);
  ours.lines[0].state = reconcile::State::cancelled;
  const auto theirs = side_of(centre.service->ledger(), clinic, centre.today());
  REQUIRE(theirs.has_value());
  const auto compared = reconcile::compare(ours, *theirs);
  CHECK(compared.balanced());
  CHECK(compared.all.centre.medfee == Money::yuan(50));
  CHECK(side_of(centre.service->ledger(), pharmacy, centre.today())->lines.front().group.clr_type == "41");
  CHECK(side_of(centre.service->ledger(), "H0", centre.today()).has_error());
}

TEST_CASE("what the centre settled otherwise is a line with the centre's amounts") {
  TestCentre centre;
  TestTill till(centre, clinic), other(centre, pharmacy);
  const auto stale = *till.person(zhao_min);
  other.append(other.sale(*other.person(li_jianguo), {Money::yuan(840), settlement::AccountUse::own}));
  other.sync();
  const auto told = till.sale(stale, {Money::yuan(400)});
  till.append(told);
  till.sync();
  const auto compared =
      reconcile::compare(own_side(till, centre.today()), *side_of(centre.service->ledger(), clinic, centre.today()));
  REQUIRE(compared.pairs.size() == 1);
  REQUIRE(compared.pairs[0].kind == reconcile::Kind::state_differs);
  const record::PayerShares& moved = compared.pairs[0].difference.shares;
  CHECK(moved == till.verdict_of(1).difference);
  CHECK(moved.fund + moved.account + moved.family + moved.cash == Money{});
  CHECK(compared.pairs[0].difference.medfee == Money{});
}

TEST_CASE("a long day comes in pages, each line once") {
  TestCentre centre;
  TestTill till(centre, clinic);
  const auto sold = till.sale(*till.person(zhao_min), {Money::yuan(50)});
  constexpr std::size_t count = protocol::statement_page_lines + 3;
  while (till.log.size() < count) {
    till.append(paper_of(till, sold));
    if (till.log.size() % protocol::sync_entries_max == 0) till.sync();
  }
  till.sync();
  const auto first = detailed(till, centre.today());
  CHECK(first.lines.size() == protocol::statement_page_lines);
  REQUIRE(first.next);
  CHECK(first.papers == count);
  const auto second = detailed(till, centre.today(), *first.next);
  CHECK_FALSE(second.next);
  REQUIRE(second.lines.size() == 3);
  CHECK(second.lines.front().seq == first.lines.back().seq + 1);
  CHECK(second.lines.back().seq == count);
}

}  // namespace gongji::centre
