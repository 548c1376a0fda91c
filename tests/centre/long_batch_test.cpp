// A batch of hundreds, verified in one thread while another reads what it asks: with the end that short ones have.
#include <catch2/catch.hpp>

#include "tests/centre/fixture.h"

namespace gongji::centre {
namespace {

constexpr std::size_t sales = 230;

// Sales of two people; among them cancellations, of the sale just before and of earlier ones, papers, and a sale that
// comes twice.
void fill(TestTill& till) {
  const std::array<record::Snapshot, 2> people{*till.person(wang_fang), *till.person(li_jianguo)};
  std::vector<std::pair<record::Entry, record::Sale>> sold;
  for (std::size_t i = 0; i < sales; ++i) {
    auto sale = till.sale(people[i % 2], {Money::yuan(20 + static_cast<std::int64_t>(i % 60))});
    sold.emplace_back(till.append(sale), sale);
    if (i % 9 == 0) till.append(till.cancel_of(sold.back().first, sold.back().second));
    if (i % 31 == 30) till.append(till.cancel_of(sold[i - 29].first, sold[i - 29].second));
    if (i % 40 == 39) till.append(sale);
    if (i % 50 == 49) till.append(paper(till.centre));
  }
}

struct Verdicts {
  std::vector<std::tuple<std::uint64_t, record::VerdictKind, std::string, record::PayerShares>> verdicts;
  std::vector<std::pair<std::string, Money>> balances;
  std::vector<Money> counters;
  std::size_t faults = 0;
  bool operator==(const Verdicts&) const = default;
};

// Sends the log in batches of so many entries.
Verdicts told_in(std::size_t batch) {
  TestCentre centre(17);
  TestTill till(centre, clinic);
  fill(till);
  const std::vector<record::Entry> log = till.log;
  for (std::size_t end = 0; end < log.size();) {
    end = std::min(end + batch, log.size());
    till.log.assign(log.begin(), log.begin() + static_cast<std::ptrdiff_t>(end));
    till.sync();
    CHECK(till.acknowledged == end);
  }
  Verdicts out;
  for (const auto& verdict : till.verdicts) {
    out.verdicts.emplace_back(verdict.seq, verdict.kind, verdict.reason, verdict.stands);
  }
  Ledger& ledger = centre.service->ledger();
  REQUIRE(ledger
              .transaction([&] {
                out.balances = ledger.balances();
                out.faults = ledger.faults(10).size();
              })
              .has_value());
  for (const auto* name : {"op.fund", "op.deductible"}) {
    for (const auto& psn_no : {wang_fang, li_jianguo}) out.counters.push_back(centre.counter(psn_no, name));
  }
  CHECK(centre.in_balance());
  return out;
}

}  // namespace

TEST_CASE("a batch of hundreds is booked as its entries in short batches are") {
  const Verdicts at_once = told_in(protocol::sync_entries_max);
  CHECK(at_once.faults == 0);
  CHECK(at_once.verdicts.size() > sales);
  std::size_t refused = 0;
  for (const auto& verdict : at_once.verdicts) refused += std::get<1>(verdict) == record::VerdictKind::refused;
  CHECK(refused > 0);
  const Verdicts in_tens = told_in(10);
  CHECK(at_once.verdicts == in_tens.verdicts);
  CHECK(at_once.balances == in_tens.balances);
  CHECK(at_once.counters == in_tens.counters);
  CHECK(in_tens.faults == 0);
}

TEST_CASE("of a long batch whose head is wrong nothing is booked") {
  TestCentre centre;
  TestTill till(centre, clinic);
  const auto snapshot = *till.person(wang_fang);
  for (std::size_t i = 0; i < 130; ++i) till.append(till.sale(snapshot, {Money::yuan(20)}));
  auto request = till.sync_request();
  SECTION("another signature") {
    request.head_signature[5] ^= 1;
    CHECK(till.send(request).status == 423);
  }
  SECTION("an entry that is another one") {
    request.entries[64].salt[0] ^= 1;
    CHECK(till.send(request).status == 423);
  }
  SECTION("what has come once comes again as another one") {
    till.sync();
    auto again = till.sync_request(1);
    again.entries[3].salt[0] ^= 1;
    CHECK(till.send(again).status == 423);
  }
  Ledger& ledger = centre.service->ledger();
  std::uint64_t last_seq = 0;
  std::string reason;
  REQUIRE(ledger
              .transaction([&] {
                const auto terminal = ledger.find_terminal(till.enrolled.terminal);
                last_seq = terminal->last_seq;
                reason = terminal->reason;
              })
              .has_value());
  CHECK((last_seq == 0 || (last_seq == 130 && reason == "fork")));
  CHECK((reason == "bad_signature" || reason == "head_mismatch" || reason == "fork"));
  CHECK(centre.in_balance());
}

}  // namespace gongji::centre
