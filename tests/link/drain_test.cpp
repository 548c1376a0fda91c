// A backlog that goes up: batch behind batch, and what happens where one of them fails.
#include "sync/link/link.h"

#include <catch2/catch.hpp>

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>

#include "offline/record/feed_groups.h"
#include "sync/link/troubles.h"
#include "sync/protocol/frames.h"
#include "tests/link/till.h"
#include "tests/support/print_trouble.h"

namespace gongji::link {
namespace {

protocol::SyncRequest sync_in(const http::Request& request) {
  const std::string body = request.find("Content-Encoding")
                               ? protocol::decompress(request.body, protocol::sync_body_bytes_max).value()
                               : request.body;
  return protocol::decode_sync_request(body, protocol::spoken.highest).value();
}

}  // namespace

TEST_CASE("verdicts alone ask for no exchange of their own: the next one tells that they are here") {
  centre::TestCentre centre;
  Till till(centre);
  till.drain();
  const auto before = till.cursor();
  till.save_a_paper();
  const auto more = till.sync();
  REQUIRE(more);
  CHECK_FALSE(*more);
  CHECK(till.cursor() == before + 1);
}

// What goes over the wire in syncs.
struct Seen {
  std::vector<protocol::SyncRequest> up;
  std::vector<record::FeedBatch> down;
  std::size_t lost_answer = 0;  // that one of them, from 1, does not arrive

  explicit Seen(Till& till) {
    till.wire.centre = [this, inner = till.wire.centre](http::Request request) {
      const bool sync = request.path() == "/v1/sync";
      if (sync) up.push_back(sync_in(request));
      http::Response response = inner(std::move(request));
      if (!sync) return response;
      if (up.size() == lost_answer) return http::Response::text(503, "lost");
      down.push_back(record::decode_grouped_feed(protocol::decode_sync_answer(response.body)->feed.bytes).value());
      return response;
    };
  }
};

TEST_CASE("a backlog goes up batch behind batch, while the answer before is taken in, and each thing travels once") {
  centre::TestCentre centre;
  Till till(centre);
  till.drain();
  Seen seen(till);
  till.save_papers(1'150);
  till.link().start();
  CHECK(till.finish(till.link().sync_now(std::chrono::seconds(60))));
  CHECK(till.unsent() == 0);
  REQUIRE(seen.up.size() >= 3);
  CHECK(seen.up[0].from == 1);
  CHECK(seen.up[0].entries.size() == protocol::sync_entries_max);
  CHECK(seen.up[1].from == 501);
  CHECK(seen.up[2].from == 1'001);
  CHECK(seen.up[2].entries.size() == 150);
  std::size_t verdicts = 0;
  for (std::size_t i = 0; i < seen.down.size(); ++i) {
    verdicts += seen.down[i].items.size();
    if (i + 1 == seen.up.size()) break;
    CHECK(seen.down[i + 1].from == seen.down[i].from + seen.down[i].items.size());
    CHECK(seen.up[i + 1].from == seen.up[i].from + seen.up[i].entries.size());
  }
  CHECK(verdicts == 1'150);
  CHECK(till.cursor() == seen.up[0].feed_cursor + verdicts);
}

TEST_CASE("an answer that is lost in the middle of a drain costs that batch a second time, and nothing else") {
  centre::TestCentre centre;
  Till till(centre);
  till.drain();
  Seen seen(till);
  seen.lost_answer = 2;
  till.save_papers(1'150);
  till.link().start();
  const auto lost = till.finish(till.link().sync_now(std::chrono::seconds(60)));
  REQUIRE_FALSE(lost);
  // What came before is in the journal, though it was taken in while the lost one was under way.
  CHECK(till.cursor() == seen.up[0].feed_cursor + 500);
  CHECK(till.finish(till.link().sync_now(std::chrono::seconds(60))));
  CHECK(till.unsent() == 0);
  REQUIRE(seen.up.size() >= 4);
  CHECK(seen.up[1].from == 501);
  CHECK(seen.up[2].from == 501);
  CHECK(seen.up[2].feed_cursor == seen.up[0].feed_cursor + 500);
  CHECK_FALSE(seen.up[2].behind);
  CHECK(seen.up[3].from == 1'001);
  std::uint64_t told = 0;
  REQUIRE(centre.service->ledger().transaction(
      [&] { told = centre.service->ledger().find_terminal(till.enrolled.terminal)->feed_last; }));
  CHECK(till.cursor() == told);
}

TEST_CASE("a batch goes up while the answer to the one before is on its way; where that fails, both come again") {
  centre::TestCentre centre;
  Till till(centre);
  till.drain();
  std::vector<protocol::SyncRequest> up;
  std::vector<unsigned> answered;
  std::size_t refused = 0;  // that one of them, from 1, is not booked
  till.wire.centre = [&, inner = till.wire.centre](http::Request request) {
    if (request.path() != "/v1/sync") return inner(std::move(request));  // a slow machine is probed meanwhile
    up.push_back(sync_in(request));
    auto response = up.size() == refused ? http::Response::text(503, "busy") : inner(std::move(request));
    answered.push_back(response.status);
    return response;
  };
  // Each answer is on its way until another batch has come, or none can come.
  till.wire.meanwhile = [&](std::string_view) -> asio::awaitable<void> {
    asio::steady_timer timer(co_await asio::this_coro::executor);
    const std::size_t now = up.size();
    const bool last = up.back().entries.size() < protocol::sync_entries_max || answered.back() == 409;
    while (!last && up.size() == now) {
      timer.expires_after(std::chrono::milliseconds(1));
      co_await timer.async_wait(asio::use_awaitable);
    }
  };
  till.save_papers(1'650);
  SECTION("all are booked") {
    till.link().start();
    CHECK(till.finish(till.link().sync_now(std::chrono::seconds(60))));
    REQUIRE(up.size() >= 4);
    CHECK_FALSE(up[0].behind);
    for (const std::size_t one : {1u, 2u, 3u}) {
      CHECK(up[one].behind);
      CHECK(up[one].from == 1 + 500 * one);
    }
  }
  SECTION("one is refused") {
    refused = 2;
    till.link().start();
    const auto failed = till.finish(till.link().sync_now(std::chrono::seconds(60)));
    REQUIRE_FALSE(failed);
    REQUIRE(answered.size() >= 3);
    CHECK(answered[0] == 200);
    CHECK(answered[2] == 409);
    CHECK(till.finish(till.link().sync_now(std::chrono::seconds(60))));
    CHECK_FALSE(up[3].behind);
    CHECK(up[3].from == 501);
  }
  CHECK(till.unsent() == 0);
  std::uint64_t told = 0;
  REQUIRE(centre.service->ledger().transaction([&] {
    const auto terminal = centre.service->ledger().find_terminal(till.enrolled.terminal);
    CHECK(terminal->state == centre::TerminalState::active);
    CHECK(terminal->last_seq == 1'650);
    told = terminal->feed_last;
  }));
  CHECK(till.cursor() == told);
}

TEST_CASE("a centre that acknowledges less than it was sent is sent the rest from there") {
  centre::TestCentre centre;
  Till till(centre);
  till.drain();
  till.save_papers(1'200);
  std::vector<std::uint64_t> from;
  till.wire.centre = [&, inner = till.wire.centre](http::Request request) {
    if (request.path() != "/v1/sync") return inner(std::move(request));
    from.push_back(sync_in(request).from);
    auto response = inner(std::move(request));
    if (from.size() != 1) return response;
    auto answer = protocol::decode_sync_answer(response.body);
    REQUIRE(answer.has_value());
    REQUIRE(answer->acknowledged_seq == 500);
    answer->acknowledged_seq = 400;
    response.body = protocol::encode(*answer);
    return response;
  };
  till.link().start();
  CHECK(till.finish(till.link().sync_now(std::chrono::seconds(60))));
  REQUIRE(from.size() >= 3);
  // The second was under way already, or began where the first was believed to end; then what was not acknowledged.
  CHECK(std::find(from.begin(), from.end(), 401) != from.end());
  CHECK(till.unsent() == 0);
}

}  // namespace gongji::link
