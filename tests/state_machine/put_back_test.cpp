// A till whose disk was put back to an earlier day, without an anchor, whose log waits for its moment: what the counter
// hears of it, it hears from the centre's answer to a sale.
#include <catch2/catch.hpp>

#include "tests/state_machine/family.h"
#include "tests/support/print_trouble.h"

namespace gongji::tests {

namespace {

struct PutBack : FamilyShop {
  // The husband was here before the backup, the wife only after it.
  PutBack() {
    (void)husband(1);
    shop.stop();
    shop.back_up();
    shop.start();
    (void)husband(200);
    (void)wife(10);
    shop.sync();
    shop.stop();
    shop.restore_backup();
    later(std::chrono::minutes(10));
    shop.drain_window = std::chrono::minutes(5);
    shop.start();
    REQUIRE_FALSE(shop.in_doubt());
    REQUIRE_FALSE(shop.line_up());
  }
  void later(std::chrono::milliseconds span) {
    centre.clock.advance(span);
    shop.machine().advance(span);
  }
  record::Paper paper(const std::string& psn_no, std::int64_t yuan) {
    const auto outcome = shop.sell(draft(psn_no, yuan));
    INFO((outcome ? std::string() : to_string(outcome.error(), Language::en)));
    REQUIRE(outcome);
    const auto& entry = std::get<terminal::Sold>(*outcome).entry;
    REQUIRE(std::holds_alternative<record::Paper>(entry.body));
    return std::get<record::Paper>(entry.body);
  }
  std::size_t live_holds() {
    std::size_t count = 0;
    REQUIRE(centre.service->ledger().transaction(
        [&] { count = centre.service->ledger().live_holds(shop.terminal()).size(); }));
    return count;
  }
};

}  // namespace

TEST_CASE("a centre that knows more of the log than the till makes the next sale one for cash, and ends the epoch") {
  PutBack till;
  const Money before = till.balance();
  const auto paper = till.paper(centre::chen_wei, 300);
  CHECK(paper.reasons == std::vector<std::string>{"journal_in_doubt"});
  CHECK(till.shop.in_doubt());
  // The log did not wait for its moment.
  REQUIRE(till.shop.next_epoch);
  CHECK(till.shop.next_epoch->epoch == 2);
  CHECK(till.balance() == before);
}

TEST_CASE("who came only after the backup pays cash, and so does everybody while the log cannot be sent") {
  PutBack till;
  till.shop.wire().centre = [inner = till.shop.wire().centre](http::Request request) {
    const bool counter = request.path() == "/v1/person" || request.path() == "/v1/hold";
    return counter ? inner(std::move(request)) : http::Response::text(503, "busy");
  };
  CHECK(till.paper(centre::wang_fang, 5).reasons == std::vector<std::string>{"snapshot_absent"});
  CHECK(till.shop.in_doubt());
  CHECK_FALSE(till.shop.next_epoch);
  till.later(std::chrono::minutes(1));
  CHECK(till.paper(centre::chen_wei, 300).reasons == std::vector<std::string>{"journal_in_doubt"});
  // What was set aside for the first sale, before anybody knew, is given back with the first sync that arrives.
  CHECK(till.live_holds() == 1);
  // The doubt stays over a restart.
  till.shop.stop();
  till.shop.start();
  CHECK(till.shop.in_doubt());
}

TEST_CASE("a person who is looked up at a till that was put back is told as stored, and the log is in doubt") {
  PutBack till;
  const auto known = till.shop.person(till.draft(centre::chen_wei, 1).credential);
  REQUIRE(known);
  CHECK(known->from_store);
  CHECK(known->snapshot.person.psn_no == centre::chen_wei);
  CHECK(till.shop.in_doubt());
  CHECK(till.shop.next_epoch.has_value());
  CHECK_FALSE(till.shop.person(till.draft(centre::wang_fang, 1).credential).has_value());
}

}  // namespace gongji::tests
