// Several centres on one ledger, at the same time: only where GONGJI_TEST_DATABASE names a server.
#include <catch2/catch.hpp>
#include <thread>

#include "tests/centre/fixture.h"

namespace gongji::centre {
namespace {

constexpr std::size_t tills_count = 4, sales_each = 12, batch_size = 3;

// Everything that a bookkeeper sees, and one person's counters.
struct Books {
  std::vector<std::pair<std::string, Money>> balances;
  Money fund, deductible;
  std::uint64_t entries = 0, sales = 0;
  bool operator==(const Books&) const = default;
};

Books books_of(TestCentre& centre) {
  Books out;
  out.fund = centre.counter(wang_fang, "op.fund");
  out.deductible = centre.counter(wang_fang, "op.deductible");
  Ledger& ledger = centre.service->ledger();
  REQUIRE(ledger
              .transaction([&] {
                out.balances = ledger.balances();
                for (const auto& row : ledger.totals({})) {
                  out.entries += row.last_seq;
                  out.sales += row.accepted + row.adjusted + row.refused;
                }
              })
              .has_value());
  return out;
}

struct Sent {
  std::string terminal, fingerprint;
  std::vector<std::string> bodies;
};

// Every till sells to the same people off line, from the same snapshots: together far more than the accounts hold.
// These two share no account: whose sale came first to one that is shared is not settled anew.
std::vector<Sent> sold(TestCentre& centre) {
  std::vector<std::unique_ptr<TestTill>> tills;
  for (std::size_t i = 0; i < tills_count; ++i) {
    tills.push_back(std::make_unique<TestTill>(centre, i % 2 == 0 ? clinic : pharmacy));
  }
  std::vector<record::Snapshot> snapshots;
  for (const auto& psn_no : {wang_fang, li_jianguo}) snapshots.push_back(*tills[0]->person(psn_no));
  for (std::size_t i = 0; i < sales_each; ++i) {
    for (auto& till : tills) {
      till->append(till->sale(snapshots[i % snapshots.size()], {Money::yuan(20 + static_cast<std::int64_t>(i))}));
    }
  }
  std::vector<Sent> out;
  for (auto& till : tills) {
    Sent sent{till->enrolled.terminal, till->fingerprint, {}};
    const std::vector<record::Entry> log = till->log;
    for (std::size_t end = batch_size; end <= log.size(); end += batch_size) {
      till->log.assign(log.begin(), log.begin() + static_cast<std::ptrdiff_t>(end));
      sent.bodies.push_back(protocol::encode(till->sync_request(end - batch_size + 1)));
    }
    out.push_back(std::move(sent));
  }
  return out;
}

unsigned send(CentreService& service, const Sent& from, const std::string& body, WallTime now) {
  http::Request request;
  request.method = "POST";
  request.target = "/v1/sync";
  request.body = body;
  request.peer_name = from.terminal;
  request.peer_fingerprint = from.fingerprint;
  return service.handle(request, now).status;
}

}  // namespace

TEST_CASE(
    "several centres that book the same people at once end with the books of one centre that took one after another") {
  TestCentre centre(11);
  if (centre.database.address.empty()) return;
  const auto sent = sold(centre);
  const WallTime now = centre.clock.wall();
  std::vector<std::thread> threads;
  std::vector<std::vector<unsigned>> statuses(sent.size());
  for (std::size_t i = 0; i < sent.size(); ++i) {
    threads.emplace_back([&, i] {
      SeededRandom random(100 + i);
      auto parts = open_centre(centre.folder.path / "centre", random);
      if (parts.has_error()) return;
      CentreService service(*std::move(parts), random);
      for (const auto& body : sent[i].bodies) {
        statuses[i].push_back(send(service, sent[i], body, now));
        statuses[i].push_back(send(service, sent[i], body, now));  // a repeat is acknowledged and not booked again
      }
    });
  }
  for (auto& thread : threads) thread.join();
  for (const auto& told : statuses) {
    CHECK(told == std::vector<unsigned>(2 * sales_each / batch_size, 200));
  }
  CHECK(centre.in_balance());
  const Books together = books_of(centre);
  CHECK(together.entries == tills_count * sales_each);
  CHECK(together.sales == tills_count * sales_each);

  TestCentre alone(11);
  for (const auto& from : sold(alone)) {
    for (const auto& body : from.bodies) REQUIRE(send(*alone.service, from, body, alone.clock.wall()) == 200);
  }
  const Books one_by_one = books_of(alone);
  CHECK(together.balances == one_by_one.balances);
  CHECK(together.fund == one_by_one.fund);
  CHECK(together.deductible == one_by_one.deductible);
}

TEST_CASE("a verdict on another terminal's sale is there at its own next call, before anything newer") {
  TestCentre centre;
  TestTill till(centre, clinic), other(centre, clinic);
  const auto snapshot = *till.person(wang_fang);
  till.append(till.sale(snapshot, {Money::yuan(130)}));
  other.append(other.sale(snapshot, {Money::yuan(130)}));
  other.sync();
  REQUIRE(other.verdict_count_of(1) == 1);
  till.sync();
  // A snapshot holds what the late sale changed, so the feed up to its applied_feed holds the verdict.
  const auto after = *other.person(wang_fang);
  CHECK(after.applied_feed > other.feed_cursor);
  other.sync();
  CHECK(other.verdict_count_of(1) == 2);
  CHECK(other.feed_cursor >= after.applied_feed);
}

}  // namespace gongji::centre
