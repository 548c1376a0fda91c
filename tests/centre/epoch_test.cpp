#include <catch2/catch.hpp>

#include "tests/centre/fixture.h"

namespace gongji::centre {
namespace {

const std::string chens_account = "person:" + chen_wei + ":prior";

void sell(TestTill& till, int count) {
  for (int i = 0; i < count; ++i) till.append(till.sale(*till.person(chen_wei), {Money::yuan(10)}));
}

protocol::EpochRequest epoch_request(const TestTill& till, const seal::KeyStore& keys) {
  protocol::EpochRequest request;
  request.terminal = till.enrolled.terminal;
  request.epoch = till.enrolled.epoch;
  request.reason = "behind_anchor";
  request.last_seq = till.log.size();
  if (!till.log.empty()) request.last_hash = till.log.back().hash;
  request.signature = keys.sign(
      record::head_tag, record::head_statement(request.terminal, request.epoch, request.last_seq, request.last_hash));
  return request;
}

http::Response ask(TestTill& till) {
  return till.post("/v1/epoch", protocol::encode(epoch_request(till, *till.keys)));
}

// The till takes the answer up: a new journal.
void begin_epoch(TestTill& till) {
  const auto response = ask(till);
  INFO(response.body);
  REQUIRE(response.status == 200);
  const auto answer = protocol::decode_epoch_answer(response.body);
  REQUIRE(answer.has_value());
  CHECK(record::decode_terms(answer->terms.bytes)->epoch == answer->epoch);
  till.enrolled.epoch = answer->epoch;
  till.log.clear();
  till.acknowledged = till.feed_cursor = 0;
  till.verdicts.clear();
}

// What a backup from after `kept` entries would send.
protocol::SyncRequest of_backup(const TestTill& till, std::size_t kept) {
  protocol::SyncRequest request;
  request.terminal = till.enrolled.terminal;
  request.epoch = till.enrolled.epoch;
  request.from = kept + 1;
  request.head_hash = till.log[kept - 1].hash;
  request.head_signature = till.keys->sign(
      record::head_tag, record::head_statement(request.terminal, request.epoch, kept, request.head_hash));
  return request;
}

}  // namespace

TEST_CASE("a restored backup is given a new epoch without a clerk, and what came of the old one stands") {
  TestCentre centre;
  TestTill till(centre, pharmacy);
  sell(till, 3);
  till.sync();
  CHECK(till.send(of_backup(till, 1)).status == 423);
  till.log.resize(1);
  begin_epoch(till);
  CHECK(till.enrolled.epoch == 2);
  CHECK(centre.balance(chens_account) == Money::yuan(970));
  sell(till, 1);
  till.sync();
  CHECK(till.verdict_of(1).kind == record::VerdictKind::accepted);
  CHECK(centre.balance(chens_account) == Money::yuan(960));
  CHECK(centre.in_balance());
}

TEST_CASE("an epoch whose answer was lost is told again, and not opened twice") {
  TestCentre centre;
  TestTill till(centre, pharmacy);
  sell(till, 2);
  till.sync();
  REQUIRE(ask(till).status == 200);
  begin_epoch(till);
  CHECK(till.enrolled.epoch == 2);
  sell(till, 1);
  till.sync();
  // An identity that was restored with the backup: the next one.
  till.enrolled.epoch = 1;
  auto stale = till.sync_request();
  stale.entries.clear();
  CHECK(code_of(till.send(stale)) == "wrong_epoch");
  begin_epoch(till);
  CHECK(till.enrolled.epoch == 3);
}

TEST_CASE("a new epoch is for a log that a backup explains, and for the terminal's own key") {
  TestCentre centre;
  TestTill till(centre, pharmacy), other(centre, pharmacy);
  sell(till, 2);
  till.sync();
  CHECK(code_of(till.post("/v1/epoch", protocol::encode(epoch_request(till, *other.keys)))) == "bad_signature");
  CHECK(till.post("/v1/epoch", protocol::encode(epoch_request(other, *other.keys))).status == 401);
  auto ahead = epoch_request(till, *till.keys);
  ahead.epoch = 7;
  CHECK(code_of(till.post("/v1/epoch", protocol::encode(ahead))) == "wrong_epoch");

  sell(till, 1);
  auto changed = till.sync_request();
  changed.entries[0].personal_bytes += " ";
  REQUIRE(till.send(changed).status == 423);
  CHECK(ask(till).status == 423);
}

TEST_CASE("late entries of an earlier epoch are booked in it, once, and only where they continue it") {
  TestCentre centre;
  TestTill till(centre, pharmacy);
  sell(till, 2);
  till.sync();
  sell(till, 2);  // never sent: the disk was lost, and the entries came back later
  const auto late = till.sync_request();
  const auto old_log = till.log;
  till.log.resize(2);
  begin_epoch(till);
  sell(till, 1);
  till.sync();
  CHECK(centre.balance(chens_account) == Money::yuan(970));

  for (int times = 0; times < 2; ++times) {
    const auto response = till.send(late);
    INFO(response.body);
    REQUIRE(response.status == 200);
    CHECK(protocol::decode_sync_answer(response.body)->acknowledged_seq == 4);
    CHECK(centre.balance(chens_account) == Money::yuan(950));
  }
  auto other_history = late;
  other_history.from = 4;
  other_history.entries.erase(other_history.entries.begin());
  other_history.entries[0].public_bytes = old_log[0].public_bytes;
  CHECK(code_of(till.send(other_history)) == "late_log_differs");
  // The present log goes on all the same.
  sell(till, 1);
  till.sync();
  CHECK(till.verdict_of(2).kind == record::VerdictKind::accepted);
  CHECK(centre.in_balance());
}

TEST_CASE("what was set aside for the old epoch is not free in the new one, and its late sale is still guaranteed") {
  TestCentre centre;
  TestTill till(centre, pharmacy);
  auto held = till.sale(*till.person(chen_wei), {Money::yuan(900)});
  REQUIRE(till.hold(held).status == 200);
  till.append(held);
  const auto late = till.sync_request();
  till.log.clear();  // lost with the disk
  begin_epoch(till);
  const auto again = till.sale(*till.person(chen_wei), {Money::yuan(900)});
  CHECK(again.settlement.totals.acct_pay == Money::yuan(100));  // the snapshot shows what is left
  centre.clock.advance(std::chrono::hours(2));
  till.sync();
  sell(till, 1);
  till.sync();
  REQUIRE(till.send(late).status == 200);
  CHECK(centre.balance(chens_account) == Money::yuan(1000 - 900 - 10));
  CHECK(centre.in_balance());
}

}  // namespace gongji::centre
