// The link of a till against a centre in this process: files that the feed tells of, a backlog, and what a person at
// the till may ask of it.
#include "sync/link/link.h"

#include <catch2/catch.hpp>

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>

#include "offline/packs/signed_file.h"
#include "offline/record/feed_groups.h"
#include "offline/seal/sm3.h"
#include "sync/link/troubles.h"
#include "sync/protocol/frames.h"
#include "tests/link/till.h"
#include "tests/packs/signed_text.h"
#include "tests/support/print_trouble.h"

namespace gongji::link {
namespace {

std::string publish_supplement(centre::TestCentre& centre, std::size_t bytes) {
  auto key = packs::read_authority_key(centre.folder.path / "centre" / "authority" / "sign.pem");
  REQUIRE(key.has_value());
  nlohmann::json supplement = testing::small_supplement();
  supplement["sources"][0]["note"] = std::string(bytes, 'x');
  const std::string text = packs::sign_file(*key, packs::SignedKind::supplement, supplement.dump());
  const auto published = centre.service->publish_rules(text, centre.clock.wall());
  INFO((published ? "" : to_string(published.error(), Language::en)));
  REQUIRE(published.has_value());
  return text;
}

}  // namespace

TEST_CASE("files of rules are here, whole and checked, before the feed that told of them counts as applied") {
  centre::TestCentre centre;
  Till till(centre);
  till.drain();
  const std::string text = publish_supplement(centre, 300'000);
  const std::string name = to_hex(seal::sm3(as_bytes(text)));
  const auto before = till.cursor();
  till.save_a_paper();

  // Without room for it the till is told again, and what went up stays settled.
  till.disk_full = true;
  const auto full = till.sync();
  REQUIRE_FALSE(full);
  CHECK(full.error().text == &troubles::not_kept);
  CHECK(till.cursor() == before);
  CHECK(till.unsent() == 0);

  till.disk_full = false;
  till.drain();
  CHECK(till.files[name] == text);
  CHECK(till.cursor() > before);
  CHECK(till.calls["/v1/rules"] >= 6);  // twice, in three parts or more
  const int fetched = till.calls["/v1/rules"];
  till.drain();
  CHECK(till.calls["/v1/rules"] == fetched);

  REQUIRE(centre.service->withdraw_rules(name, centre.clock.wall()).has_value());
  till.drain();
  CHECK(till.files.empty());
}

TEST_CASE("a file that was damaged on its way, or cut short, is not taken") {
  centre::TestCentre centre;
  Till till(centre);
  till.drain();
  publish_supplement(centre, 200'000);
  const auto whole = till.wire.centre;
  till.wire.centre = [&](http::Request request) {
    const bool rules = request.path() == "/v1/rules";
    auto response = whole(std::move(request));
    auto answer = protocol::decode_rules_answer(response.body);
    if (!rules || !answer) return response;
    answer->part[0] ^= 1;
    response.body = protocol::encode(*answer);
    return response;
  };
  auto refused = till.sync();
  REQUIRE_FALSE(refused);
  CHECK(refused.error().text == &troubles::answer_unusable);
  CHECK(till.files.empty());
  till.wire.centre = [&](http::Request request) {
    auto response = whole(std::move(request));
    if (auto answer = protocol::decode_rules_answer(response.body)) {
      answer->part.clear();
      response.body = protocol::encode(*answer);
    }
    return response;
  };
  refused = till.sync();
  REQUIRE_FALSE(refused);
  CHECK(till.files.empty());
  till.wire.centre = whole;
  till.drain();
  CHECK(till.files.size() == 1);
}

TEST_CASE("terms that the authority did not sign are passed over and told, and block nothing behind them") {
  centre::TestCentre centre;
  Till till(centre);
  till.drain();
  const auto terms = [&] {
    return till.with_journal<bool>([](journal::Journal& journal) {
      bool found = false;
      std::vector<journal::Journal::Work> works;
      works.push_back([&](journal::Turn& turn) -> Result<void> {
        auto stored = turn.terms();
        if (!stored) return stored.error();
        found = stored->has_value();
        return {};
      });
      REQUIRE(journal.commit(std::move(works)).front());
      return found;
    });
  };
  auto plan = centre.service->plan();
  plan.paper_days = 7;
  REQUIRE(centre.service->publish_terms(centre::to_json_text(plan), centre.clock.wall()).has_value());
  till.options.authority_public_key = seal::Sm2PrivateKey::generate().public_key();
  const auto before = till.cursor();
  // This till believes another authority.
  Link other(till.io.get_executor(), till.options, till.writer(), centre.clock, system_random());
  const auto told = till.finish(other.sync_once());
  REQUIRE_FALSE(told);
  CHECK(told.error().text == &troubles::signature_wrong);
  CHECK(till.cursor() == before + 1);
  CHECK_FALSE(terms());

  plan.paper_days = 8;
  REQUIRE(centre.service->publish_terms(centre::to_json_text(plan), centre.clock.wall()).has_value());
  till.drain();
  CHECK(terms());
  other.stop();
}

TEST_CASE("a hold that a sync lists while its answer is on the way is not given back") {
  centre::TestCentre centre;
  Till till(centre);
  till.drain();
  const auto straight = till.wire.centre;
  till.wire.centre = [&](http::Request request) {
    const bool of_hold = request.path() == "/v1/hold";
    auto response = straight(std::move(request));
    if (of_hold) REQUIRE(till.sync());  // its answer overtakes this one
    return response;
  };
  protocol::HoldRequest request;
  request.sale_id = make_id(centre.clock.wall(), centre.random);
  request.psn_no = centre::chen_wei;
  request.accounts = {{"self", settlement::AccountKind::prior, Money::yuan(10)}};
  const auto answer = till.finish(till.link().hold(request, std::chrono::seconds(1)));
  REQUIRE(answer.has_value());
  REQUIRE(answer->value.has_value());
  till.wire.centre = straight;
  const auto live = [&] {
    std::size_t count = 0;
    REQUIRE(centre.service->ledger().transaction(
        [&] { count = centre.service->ledger().live_holds(till.enrolled.terminal).size(); }));
    return count;
  };
  till.drain();
  CHECK(live() == 1);
  till.link().release(answer->value->hold_id);
  till.drain();
  CHECK(live() == 0);
}

TEST_CASE("sync now sends what is left and says when it is done, what is wrong, or that it is paused") {
  centre::TestCentre centre;
  Till till(centre);
  till.link().start();
  CHECK(till.finish(till.link().sync_now(std::chrono::seconds(20))));
  till.save_a_paper();
  CHECK(till.finish(till.link().sync_now(std::chrono::seconds(20))));
  CHECK(till.unsent() == 0);

  till.wire.line = tests::Line::down;
  till.save_a_paper();
  const auto down = till.finish(till.link().sync_now(std::chrono::seconds(20)));
  REQUIRE_FALSE(down);
  CHECK(till.link().status().failures_in_a_row > 0);
  CHECK(till.unsent() == 1);

  till.wire.line = tests::Line::up;
  till.link().pause(std::chrono::minutes(5));
  CHECK(till.link().status().paused_for == std::chrono::minutes(5));
  const auto paused = till.finish(till.link().sync_now(std::chrono::seconds(20)));
  REQUIRE_FALSE(paused);
  CHECK(paused.error().text == &troubles::paused);
  CHECK(till.unsent() == 1);
  till.link().resume();
  CHECK_FALSE(till.link().status().paused_for.has_value());
  CHECK(till.finish(till.link().sync_now(std::chrono::seconds(20))));
  CHECK(till.unsent() == 0);
}

TEST_CASE("while a line is down nothing of the queue is read and made ready for it, and one that is back gets it all") {
  centre::TestCentre centre;
  Till till(centre);
  till.link().start();
  CHECK(till.finish(till.link().sync_now(std::chrono::seconds(20))));
  till.save_papers(20);
  till.wire.line = tests::Line::down;
  for (int i = 0; i < 5; ++i) REQUIRE_FALSE(till.finish(till.link().sync_now(std::chrono::seconds(20))));
  CHECK(till.wire.in_vain == 1);  // that it was down is what the first one found
  till.wire.line = tests::Line::up;
  CHECK(till.finish(till.link().sync_now(std::chrono::seconds(20))));
  CHECK(till.unsent() == 0);
  CHECK(till.wire.in_vain == 1);
}

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
      if (sync) {
        const auto body = request.find("Content-Encoding")
                              ? protocol::decompress(request.body, protocol::sync_body_bytes_max).value()
                              : request.body;
        up.push_back(protocol::decode_sync_request(body, protocol::spoken.highest).value());
      }
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
    const auto body = request.find("Content-Encoding")
                          ? protocol::decompress(request.body, protocol::sync_body_bytes_max).value()
                          : request.body;
    up.push_back(protocol::decode_sync_request(body, protocol::spoken.highest).value());
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

TEST_CASE("after a long silence the counter asks at once while the log waits for its moment of the window") {
  centre::TestCentre centre;
  Till till(centre);
  till.options.tuning.drain_window = std::chrono::minutes(15);
  till.options.silent_for = std::chrono::hours(4);
  till.save_a_paper();
  till.link().start();
  till.io.poll();
  const auto waits = till.link().status().next_in;
  REQUIRE(waits.has_value());
  CHECK(*waits > std::chrono::minutes(1));
  CHECK(*waits <= std::chrono::minutes(15));
  CHECK_FALSE(till.link().line_up());
  CHECK(till.link().worth_asking());

  till.wire.line = tests::Line::down;
  protocol::Credential credential{"02", Secret("999999199001010010"), Secret()};
  CHECK_FALSE(till.finish(till.link().person(credential, std::chrono::milliseconds(100))).has_value());
  CHECK_FALSE(till.link().worth_asking());
  centre.clock.advance(std::chrono::seconds(3));
  CHECK(till.link().worth_asking());
  till.wire.line = tests::Line::up;
  const auto person = till.finish(till.link().person(credential, std::chrono::milliseconds(100)));
  REQUIRE(person.has_value());
  CHECK(till.link().line_up());
  CHECK(till.link().status().line_up);

  till.link().poke();
  till.io.poll();
  CHECK(till.calls["/v1/sync"] == 0);
  CHECK(till.unsent() == 1);
  CHECK(till.finish(till.link().sync_now(std::chrono::seconds(20))));
  CHECK(till.unsent() == 0);
}

TEST_CASE("a till that was heard a moment ago, one of a centre without a window, and one in doubt go at once") {
  centre::TestCentre centre;
  for (const int which : {0, 1, 2}) {
    CAPTURE(which);
    Till till(centre);
    till.options.tuning.drain_window = which == 1 ? std::chrono::minutes(0) : std::chrono::minutes(15);
    till.options.silent_for = which == 0 ? std::chrono::seconds(59) : std::chrono::hours(4);
    till.options.in_doubt = which == 2;
    till.link().start();
    till.io.restart();
    while (till.calls["/v1/sync"] == 0) till.io.run_one_for(std::chrono::milliseconds(100));
    till.link().stop();
  }
}

TEST_CASE("terms that come over the line tell the rhythm of the next polls") {
  centre::TestCentre centre;
  Till till(centre);
  auto plan = centre.service->plan();
  plan.poll_idle_s = 1'800;
  REQUIRE(centre.service->publish_terms(centre::to_json_text(plan), centre.clock.wall()).has_value());
  till.link().start();
  CHECK(till.finish(till.link().sync_now(std::chrono::seconds(20))));
  till.io.restart();
  till.io.poll();
  const auto next = till.link().status().next_in;
  REQUIRE(next.has_value());
  CHECK(*next > std::chrono::seconds(1'700));
}

TEST_CASE(
    "the next certificate is asked for when it is due, taken once, and asked for again where it could not be kept") {
  centre::TestCentre centre;
  Till till(centre);
  bool due = false, kept = false;
  std::string taken;
  till.options.renewal_due = [&](WallTime) {
    return due ? std::optional(http::make_signing_request("till")->csr_pem) : std::nullopt;
  };
  till.options.take_certificate = [&](const std::string& pem) {
    taken = pem;
    return kept;
  };
  till.drain();
  CHECK(till.calls["/v1/renew"] == 0);
  due = true;
  till.drain();
  CHECK(till.calls["/v1/renew"] == 1);
  till.drain();
  CHECK(till.calls["/v1/renew"] == 1);  // not again within the hour
  centre.clock.advance(std::chrono::hours(2));
  kept = true;
  till.drain();
  CHECK(till.calls["/v1/renew"] == 2);
  const std::string before = till.fingerprint;
  till.fingerprint = http::sha256_fingerprint(taken).value();
  due = false;
  till.drain();
  till.fingerprint = before;
  CHECK_FALSE(till.sync());
}

}  // namespace gongji::link
