// What a terminal is told, and how: rows of many items, answers of any part of them, runs for those who know them.
#include <catch2/catch.hpp>

#include "offline/record/feed_groups.h"
#include "tests/centre/fixture.h"

namespace gongji::centre {
namespace {

record::FeedBatch answered(TestTill& till, const protocol::SyncRequest& request, const std::string& versions) {
  http::Request call;
  call.method = "POST";
  call.target = "/v1/sync";
  call.body = protocol::encode(request);
  if (!versions.empty()) call.headers.push_back({std::string(protocol::version_header), versions});
  call.peer_name = till.enrolled.terminal;
  call.peer_fingerprint = till.fingerprint;
  const auto response = till.centre.service->handle(call, till.centre.clock.wall());
  INFO(response.body);
  REQUIRE(response.status == 200);
  const auto answer = protocol::decode_sync_answer(response.body);
  REQUIRE(seal::verify(till.enrolled.centre_public_key, record::feed_tag, as_bytes(answer->feed.bytes),
                       answer->feed.signature));
  const bool grouped = answer->feed.bytes.find("\"accepted\"") != std::string::npos;
  CHECK((!grouped || versions == "1-3"));
  auto batch = grouped ? record::decode_grouped_feed(answer->feed.bytes) : record::decode_feed(answer->feed.bytes);
  REQUIRE(batch.has_value());
  return *std::move(batch);
}

void sell(TestTill& till, int count) {
  for (int i = 0; i < count; ++i) till.append(till.sale(*till.person(wang_fang), {Money::yuan(20 + i)}));
}

std::vector<std::uint64_t> entries_of(const record::FeedBatch& batch) {
  std::vector<std::uint64_t> out;
  for (const auto& item : batch.items) out.push_back(std::get<record::Verdict>(item).seq);
  return out;
}

}  // namespace

TEST_CASE("whatever part of its feed a till asks for, in whatever words, it is the same feed") {
  TestCentre centre;
  TestTill till(centre, pharmacy);
  sell(till, 4);
  const auto told = answered(till, till.sync_request(), "1-3");  // from memory
  CHECK(entries_of(told) == std::vector<std::uint64_t>{1, 2, 3, 4});
  sell(till, 3);
  auto request = till.sync_request(5);
  request.feed_cursor = 4;
  CHECK(entries_of(answered(till, request, "1-3")) == std::vector<std::uint64_t>{5, 6, 7});
  request = till.sync_request(8);
  for (std::uint64_t cursor = 0; cursor <= 7; ++cursor) {
    request.feed_cursor = cursor;
    const auto plain = answered(till, request, "");
    CHECK(plain.from == cursor + 1);
    REQUIRE(plain.items.size() == 7 - cursor);
    if (cursor < 4) CHECK(plain.items[0] == told.items[cursor]);
    for (const char* versions : {"1-2", "1-3"}) CHECK(answered(till, request, versions) == plain);
  }
  // What came before and what comes now, together.
  sell(till, 2);
  request = till.sync_request(8);
  request.feed_cursor = 2;
  CHECK(entries_of(answered(till, request, "1-3")) == std::vector<std::uint64_t>{3, 4, 5, 6, 7, 8, 9});
}

TEST_CASE("an accepted sale costs its till little of a feed with runs") {
  TestCentre centre;
  TestTill till(centre, pharmacy);
  const auto snapshot = *till.person(wang_fang);
  for (int i = 0; i < 40; ++i) till.append(till.sale(snapshot, {Money::yuan(1), settlement::AccountUse::none}));
  answered(till, till.sync_request(), "1-3");
  const auto plain = answered(till, till.sync_request(41), "1-2");
  REQUIRE(plain.items.size() == 40);
  CHECK(5 * record::encode_grouped(plain).size() < record::encode(plain).size());
}

TEST_CASE("a feed of more items than one answer holds comes in several, whole") {
  TestCentre centre;
  TestTill till(centre, pharmacy);
  const int more_than_one_answer = static_cast<int>(feed_items_max) + 20;
  const auto snapshot = *till.person(wang_fang);
  for (int i = 0; i < more_than_one_answer; ++i) {
    till.append(till.sale(snapshot, {Money::yuan(1), settlement::AccountUse::none}));
  }
  auto request = till.sync_request();
  request.entries.resize(feed_items_max);
  request.head_hash = request.entries.back().hash;
  request.head_signature = till.keys->sign(
      record::head_tag,
      record::head_statement(till.enrolled.terminal, till.enrolled.epoch, feed_items_max, request.head_hash));
  CHECK(answered(till, request, "1-3").items.size() == feed_items_max);
  request = till.sync_request(feed_items_max + 1);
  CHECK(answered(till, request, "1-3").items.size() == feed_items_max);  // its cursor still stands at 0
  request = till.sync_request(static_cast<std::uint64_t>(more_than_one_answer) + 1);
  request.feed_cursor = 7;
  std::vector<std::uint64_t> seen;
  while (request.feed_cursor < static_cast<std::uint64_t>(more_than_one_answer)) {
    const auto batch = answered(till, request, "1-3");
    REQUIRE_FALSE(batch.items.empty());
    for (const std::uint64_t seq : entries_of(batch)) seen.push_back(seq);
    request.feed_cursor += batch.items.size();
  }
  REQUIRE(seen.size() == static_cast<std::size_t>(more_than_one_answer - 7));
  for (std::size_t i = 0; i < seen.size(); ++i) CHECK(seen[i] == i + 8);
}

}  // namespace gongji::centre
