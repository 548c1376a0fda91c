// Not run by default: `test-centre [.pace]` prints how many entries a second one core books.
#include <catch2/catch.hpp>

#include <chrono>
#include <iostream>

#include "tests/centre/fixture.h"

namespace gongji::centre {

TEST_CASE("pace of booking", "[.pace]") {
  TestCentre centre;
  TestTill till(centre, clinic);
  const auto snapshot = *till.person(chen_wei);
  constexpr std::size_t entries = 10'000;
  for (std::size_t i = 0; i < entries; ++i) till.append(till.sale(snapshot, {Money::fen(1'000)}));
  std::vector<std::string> bodies;
  for (std::size_t from = 1; from <= entries; from += protocol::sync_entries_max) {
    auto request = till.sync_request(from);
    request.entries.resize(protocol::sync_entries_max);
    const std::uint64_t last = from + protocol::sync_entries_max - 1;
    request.head_hash = till.log[last - 1].hash;
    request.head_signature =
        till.keys->sign(record::head_tag, record::head_statement(till.enrolled.terminal, 1, last, request.head_hash));
    request.feed_cursor = from - 1;
    bodies.push_back(protocol::encode(request));
  }
  const auto begin = std::chrono::steady_clock::now();
  for (const auto& body : bodies) REQUIRE(till.post("/v1/sync", body).status == 200);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  std::cout << entries << " entries in " << took.count() << " s: " << static_cast<double>(entries) / took.count()
            << " a second\n";
  CHECK(centre.in_balance());
}

}  // namespace gongji::centre
