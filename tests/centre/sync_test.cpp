#include <catch2/catch.hpp>

#include "offline/record/feed_groups.h"
#include "tests/centre/fixture.h"

namespace gongji::centre {
namespace {

// A till with `count` provisional sales of 10.00 for Chen Wei, not yet sent.
void sell(TestTill& till, int count) {
  for (int i = 0; i < count; ++i) till.append(till.sale(*till.person(chen_wei), {Money::yuan(10)}));
}

const std::string chens_account = "person:" + chen_wei + ":prior";

}  // namespace

TEST_CASE("each entry is applied exactly once, however often it is sent") {
  TestCentre centre;
  TestTill till(centre, pharmacy);
  sell(till, 3);
  const auto request = till.sync_request();
  const auto first = till.send(request), again = till.send(request);
  REQUIRE(first.status == 200);
  REQUIRE(again.status == 200);
  CHECK(protocol::decode_sync_answer(again.body)->acknowledged_seq == 3);
  CHECK(centre.balance(chens_account) == Money::yuan(970));

  // The answer got lost: the till sends all of it again together with what is new.
  sell(till, 2);
  till.sync();
  CHECK(till.acknowledged == 5);
  CHECK(centre.balance(chens_account) == Money::yuan(950));
  CHECK(till.verdicts.size() == 5);
  for (std::uint64_t seq = 1; seq <= 5; ++seq) CHECK(till.verdict_of(seq).kind == record::VerdictKind::accepted);
  // A resend of only the beginning is not news either.
  auto beginning = till.sync_request(1);
  beginning.entries.resize(2);
  beginning.head_hash = till.log[1].hash;
  beginning.head_signature =
      till.keys->sign(record::head_tag, record::head_statement(till.enrolled.terminal, 1, 2, beginning.head_hash));
  const auto partial = till.send(beginning);
  REQUIRE(partial.status == 200);
  CHECK(protocol::decode_sync_answer(partial.body)->acknowledged_seq == 5);
  CHECK(centre.balance(chens_account) == Money::yuan(950));
  CHECK(centre.in_balance());
}

TEST_CASE("an entry that came back from its receipt is judged as the lost one would have been") {
  TestCentre centre;
  TestTill till(centre, clinic);
  // Wang Fang's own account is small, so that her husband's pays, too.
  record::Sale sale = till.sale(*till.person(wang_fang), {Money::yuan(1'000)});
  REQUIRE(record::payer_shares(sale.settlement).family > Money());
  sale.person_key = seal::lookup_key(till.enrolled.site_key, "person", wang_fang);
  till.append(sale);
  record::Entry& entry = till.log.back();
  entry.personal_digest = record::personal_digest(entry.salt, entry.personal_bytes);
  entry.personal_bytes.clear();
  entry.salt = {};
  till.sync();
  CHECK(till.acknowledged == 1);
  CHECK(till.verdict_of(1).kind == record::VerdictKind::accepted);
  CHECK(till.verdict_of(1).stands == record::payer_shares(sale.settlement));
  CHECK(centre.balance(chens_account) == Money::yuan(1'000) - record::payer_shares(sale.settlement).family);
  // Sent again, it is the same entry.
  CHECK(till.send(till.sync_request(1)).status == 200);
  CHECK(centre.in_balance());

  // Somebody whom this site's key does not name.
  sale = till.sale(*till.person(wang_fang), {Money::yuan(100)});
  till.append(sale);
  record::Entry& nameless = till.log.back();
  nameless.personal_digest = record::personal_digest(nameless.salt, nameless.personal_bytes);
  nameless.personal_bytes.clear();
  till.sync();
  CHECK(till.verdict_of(2).reason == "unknown_person");
  CHECK(centre.in_balance());
}

TEST_CASE("what went up behind another request is booked behind it, or not looked at") {
  TestCentre centre;
  TestTill till(centre, pharmacy);
  till.version = protocol::spoken.highest;
  sell(till, 4);
  auto first = till.sync_request(), second = till.sync_request(3);
  first.entries.resize(2);
  first.head_hash = till.log[1].hash;
  first.head_signature =
      till.keys->sign(record::head_tag, record::head_statement(till.enrolled.terminal, 1, 2, first.head_hash));
  second.behind = true;

  // The first got lost.  Without the word it would be a gap, and the log quarantined.
  const auto early = till.send(second);
  CHECK(early.status == 409);
  CHECK(code_of(early) == "out_of_turn");
  CHECK(centre.balance(chens_account) == Money::yuan(1'000));

  const auto feed_of = [](const http::Response& response) {
    REQUIRE(response.status == 200);
    return record::decode_grouped_feed(protocol::decode_sync_answer(response.body)->feed.bytes).value();
  };
  const auto told_first = feed_of(till.send(first));
  const auto told_second = feed_of(till.send(second));
  CHECK(told_first.from == 1);
  CHECK(told_first.items.size() == 2);
  CHECK(told_second.from == 3);
  CHECK(told_second.items.size() == 2);
  CHECK(centre.balance(chens_account) == Money::yuan(960));

  // It comes again, and this process has answered another one meanwhile: the feed is told from where the till says.
  const auto again = feed_of(till.send(second));
  CHECK(again.from == 1);
  CHECK(again.items.size() == 4);
  second.behind = false;
  CHECK(feed_of(till.send(second)).from == 1);
  CHECK(centre.balance(chens_account) == Money::yuan(960));
  CHECK(centre.in_balance());

  // One of another epoch is not a late log.
  auto old = till.sync_request(5);
  old.behind = true;
  old.epoch = 7;
  CHECK(code_of(till.send(old)) == "out_of_turn");
}

TEST_CASE("the feed comes from the cursor on, again and again until the cursor moves") {
  TestCentre centre;
  TestTill till(centre, pharmacy);
  sell(till, 2);
  till.sync();
  CHECK(till.feed_cursor == 2);
  auto request = till.sync_request();
  request.feed_cursor = 1;
  const auto answer = protocol::decode_sync_answer(till.send(request).body);
  const auto batch = record::decode_feed(answer->feed.bytes);
  CHECK(batch->from == 2);
  CHECK(batch->items.size() == 1);
  CHECK(batch->centre_time == centre.clock.wall());
  CHECK_FALSE(answer->more_feed);
  request.feed_cursor = 3;
  CHECK(code_of(till.send(request)) == "feed_ahead");
}

TEST_CASE("a log that does not fit is quarantined with its reason, and other terminals go on") {
  TestCentre centre;
  TestTill till(centre, pharmacy), other(centre, pharmacy);
  sell(till, 3);
  till.sync();
  sell(till, 2);
  auto request = till.sync_request();
  std::string reason;

  SECTION("gap") {
    request.from = 5;
    request.entries.erase(request.entries.begin());
    reason = "gap";
  }
  SECTION("fork: an entry we have had with another content") {
    request = till.sync_request(2);
    request.entries[0].public_bytes = till.log[0].public_bytes;
    reason = "fork";
  }
  SECTION("fork: as many entries, but not the same") {
    request = till.sync_request(4);
    request.entries.clear();
    request.head_hash = till.log[1].hash;
    reason = "fork";
  }
  SECTION("a changed byte") {
    request.entries[1].personal_bytes += " ";
    reason = "head_mismatch";
  }
  SECTION("signed by another key") {
    request.head_signature =
        other.keys->sign(record::head_tag, record::head_statement(till.enrolled.terminal, 1, 5, request.head_hash));
    reason = "bad_signature";
  }
  const auto response = till.send(request);
  CHECK(response.status == 423);
  CHECK(code_of(response) == "quarantined");
  CHECK(protocol::decode_problem(response.body)->en.find(reason) != std::string::npos);
  // It stays so, even with a good request; nothing of it was booked; nothing more is promised.
  CHECK(till.send(till.sync_request()).status == 423);
  CHECK(centre.balance(chens_account) == Money::yuan(970));
  CHECK(till.post("/v1/hold", protocol::encode(till.hold_request(till.sale(*till.person(chen_wei), {Money::yuan(1)}))))
            .status == 423);

  sell(other, 1);
  other.sync();
  CHECK(other.verdict_of(1).kind == record::VerdictKind::accepted);
  CHECK(centre.balance(chens_account) == Money::yuan(960));

  TestTill again(centre, pharmacy, till.enrolled.terminal);  // the way out: enrol again
  CHECK(again.enrolled.epoch == 2);
  sell(again, 1);
  again.sync();
  CHECK(again.verdict_of(1).kind == record::VerdictKind::accepted);
}

// A question for the feed that was long under way, behind entries that overtook it, looks the same as a restored
// backup.
TEST_CASE("a log that ends before what came is refused, and keeps nobody from going on") {
  TestCentre centre;
  TestTill till(centre, pharmacy);
  auto of_before = till.sync_request();
  sell(till, 2);
  till.sync();

  SECTION("a question of before that comes late, of an empty log") {}
  SECTION("or of a log that had entries") {
    of_before = till.sync_request();
    sell(till, 1);
    till.sync();
  }
  const auto response = till.send(of_before);
  CHECK(response.status == 423);
  CHECK(code_of(response) == "log_behind");
  sell(till, 1);
  till.sync();
  CHECK(till.verdict_of(till.log.size()).kind == record::VerdictKind::accepted);
}

TEST_CASE("a request of another terminal or epoch is refused without harm") {
  TestCentre centre;
  TestTill till(centre, pharmacy), other(centre, pharmacy);
  auto request = till.sync_request();
  request.terminal = other.enrolled.terminal;
  CHECK(till.send(request).status == 401);
  request = till.sync_request();
  request.epoch = 2;
  CHECK(code_of(till.send(request)) == "wrong_epoch");
  till.sync();
}

TEST_CASE("an entry that cannot be read is refused and the log goes on behind it") {
  TestCentre centre;
  TestTill till(centre, pharmacy);
  sell(till, 1);
  record::Entry broken = till.log.back();
  broken.head.seq = 2;
  broken.public_bytes = "{\"not\":\"an entry\"}";
  broken.hash = record::chain_hash(till.log.back().hash, 2, broken.public_bytes, broken.salt, broken.personal_bytes);
  till.log.push_back(broken);
  record::Entry stranger = till.log.front();  // says that it is seq 1
  stranger.hash = record::chain_hash(broken.hash, 3, stranger.public_bytes, stranger.salt, stranger.personal_bytes);
  till.log.push_back(stranger);
  sell(till, 1);
  till.sync();
  CHECK(till.acknowledged == 4);
  CHECK(till.verdict_of(2).kind == record::VerdictKind::refused);
  CHECK(till.verdict_of(2).reason == "malformed");
  CHECK(till.verdict_of(3).reason == "head_mismatch");
  CHECK(till.verdict_of(4).kind == record::VerdictKind::accepted);
  CHECK(centre.balance(chens_account) == Money::yuan(980));
}

TEST_CASE("a snapshot says which of the terminal's entries it contains") {
  TestCentre centre;
  TestTill till(centre, pharmacy), other(centre, pharmacy);
  sell(till, 2);
  CHECK(till.person(chen_wei)->applied_seq == 0);
  till.sync();
  CHECK(till.person(chen_wei)->applied_seq == 2);
  CHECK(till.person(chen_wei)->applied_epoch == 1);
  CHECK(other.person(chen_wei)->applied_seq == 0);
}

}  // namespace gongji::centre
