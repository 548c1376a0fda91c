// The link of a till against a centre in this process: files that the feed tells of, holds, and what a person at the
// till may ask of it.
#include "sync/link/link.h"

#include <catch2/catch.hpp>

#include <boost/asio/use_awaitable.hpp>

#include "offline/packs/signed_file.h"
#include "offline/seal/sm3.h"
#include "sync/link/troubles.h"
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

TEST_CASE("a hold that is given while a sync's answer is on the way, and is not in it, is not forgotten") {
  centre::TestCentre centre;
  Till till(centre);
  till.drain();
  std::string hold_id;
  till.wire.meanwhile = [&](std::string_view path) -> asio::awaitable<void> {
    if (path != "/v1/sync" || !hold_id.empty()) co_return;
    hold_id = "asked";
    protocol::HoldRequest request;
    request.sale_id = make_id(centre.clock.wall(), centre.random);
    request.psn_no = centre::chen_wei;
    request.accounts = {{"self", settlement::AccountKind::prior, Money::yuan(10)}};
    auto asking = till.link().hold(request, std::chrono::seconds(1));
    const auto answer = co_await std::move(asking);
    REQUIRE(answer.has_value());
    REQUIRE(answer->value.has_value());
    hold_id = answer->value->hold_id;
  };
  const auto live = [&] {
    std::size_t count = 0;
    REQUIRE(centre.service->ledger().transaction(
        [&] { count = centre.service->ledger().live_holds(till.enrolled.terminal).size(); }));
    return count;
  };
  REQUIRE(till.sync());
  REQUIRE(live() == 1);
  till.drain();  // it is listed now, and this till still means to use it
  till.drain();
  CHECK(live() == 1);
  till.link().release(hold_id);
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
