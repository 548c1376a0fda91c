#include "tests/protocol/samples.h"

#include "offline/record/feed_groups.h"

namespace gongji::protocol::samples {

Bytes bytes_of(std::size_t count, std::uint8_t first) {
  Bytes out(count);
  for (std::size_t i = 0; i < count; ++i) out[i] = static_cast<std::uint8_t>(first + i);
  return out;
}

record::Signed signed_text(std::string text) {
  return {std::move(text), bytes_of(64, 7)};
}

record::PayerShares shares(std::int64_t fund, std::int64_t account, std::int64_t family, std::int64_t cash) {
  return {Money::fen(fund), Money::fen(account), Money::fen(family), Money::fen(cash)};
}

namespace {

const WallTime moment{1'795'141'875'000};

Digest digest_of(std::uint8_t first) {
  Digest out{};
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = static_cast<std::uint8_t>(first + i);
  return out;
}

EnrolRequest enrol_request() {
  return {Secret("01JD0000000000000000000001"),
          "-----BEGIN CERTIFICATE REQUEST-----\nMAA=\n-----END CERTIFICATE REQUEST-----\n", bytes_of(65, 4),
          "gongji 0.1.0"};
}

EnrolAnswer enrol_answer() {
  EnrolAnswer answer;
  answer.terminal = "T-000001";
  answer.epoch = 1;
  answer.certificate_pem = "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n";
  answer.ca_pem = "-----BEGIN CERTIFICATE-----\nMAE=\n-----END CERTIFICATE-----\n";
  answer.centre_public_key = bytes_of(65, 4);
  answer.authority_public_key = bytes_of(65, 5);
  answer.site_key = bytes_of(32, 6);
  answer.terms = signed_text("{\"terminal\":\"T-000001\"}");
  answer.registration = signed_text("{\"epoch\":1}");
  return answer;
}

HoldRequest hold_request() {
  HoldRequest hold;
  hold.sale_id = sale_id;
  hold.psn_no = "42010000000000000001";
  hold.counters = {{"wuhan-employee", "outpatient_fund", *Day::from_civil(2026, 1, 1), Money::fen(8'000)}};
  hold.fund = Money::fen(8'000);
  hold.accounts = {{"self", settlement::AccountKind::current, Money::fen(2'000)},
                   {"42010000000000000002", settlement::AccountKind::prior, Money::fen(500)}};
  hold.closed_grants = {{sale_id, 17}};
  return hold;
}

StatementAnswer statement_answer() {
  StatementAnswer answer;
  answer.sales = 2;
  answer.cancels = 1;
  answer.papers = 1;
  answer.medfee = Money::fen(12'345);
  answer.shares = shares(8'000, 2'000, 500, 1'845);
  answer.lines = {{1, 17, to_string(sale_id), "adjusted", shares(8'000, 2'000, 500, 1'845)}};
  return answer;
}

EpochRequest epoch_request() {
  return {"T-000001", 1, "behind_anchor", 17, digest_of(1), bytes_of(64, 9)};
}

}  // namespace

SyncRequest sync_request() {
  SyncRequest request;
  request.terminal = "T-000001";
  request.epoch = 1;
  request.from = 17;
  for (int i = 0; i < 2; ++i) {
    record::Entry entry;
    entry.head.terminal = request.terminal;
    entry.head.epoch = 1;
    entry.head.seq = request.from + static_cast<std::uint64_t>(i);
    entry.public_bytes = "{\"seq\":" + std::to_string(17 + i) + ",\"terminal\":\"T-000001\"}";
    // The personal part of the second is gone: its digest travels in place of the salt.
    if (i == 0) entry.personal_bytes = "{\"psn_no\":\"42010000000000000001\"}";
    if (i == 0) entry.salt.fill(0x5a);
    if (i == 1) entry.personal_digest = digest_of(0x40);
    request.entries.push_back(std::move(entry));
  }
  request.head_hash = digest_of(0x80);
  request.head_signature = bytes_of(64, 1);
  request.feed_cursor = 4;
  request.released_holds = {"H-1"};
  request.run = 3;
  request.closed_grants = {{sale_id, 12}};
  return request;
}

SyncAnswer sync_answer() {
  SyncAnswer answer;
  answer.acknowledged_seq = 18;
  answer.open_holds = {"H-2"};
  answer.feed = signed_text("{\"centre_time\":1795141875000,\"from\":5,\"items\":[],\"terminal\":\"T-000001\"}");
  answer.more_feed = true;
  return answer;
}

std::vector<Sample> of_version_1() {
  PersonRequest person;
  person.credential = {"03", Secret("A00000001"), Secret("42010099")};
  EpochAnswer epoch;
  epoch.epoch = 2;
  epoch.terms = signed_text("{\"epoch\":2}");
  epoch.registration = signed_text("{\"epoch\":2}");
  return {
      {"problem", encode(Problem{"unknown_person", "没有查到该参保人。", "No such person."})},
      {"enrol_request", encode(enrol_request())},
      {"enrol_answer", encode(enrol_answer())},
      {"person_request", encode(person)},
      {"person_answer", encode(PersonAnswer{signed_text("{\"psn_no\":\"42010000000000000001\"}")})},
      {"hold_request", encode(hold_request())},
      {"hold_answer", encode(HoldAnswer{"H-3", moment})},
      {"sync_request", encode(sync_request())},
      {"sync_answer", encode(sync_answer())},
      {"epoch_request", encode(epoch_request())},
      {"epoch_answer", encode(epoch)},
      {"statement_request", encode(StatementRequest{*Day::from_civil(2026, 11, 21)})},
      {"statement_answer", encode(statement_answer())},
  };
}

std::vector<Sample> of_version_2() {
  SyncRequest sync = sync_request();
  sync.software = "gongji 0.1.0";
  sync.run_from = 4;
  record::FeedBatch feed;
  feed.terminal = "T-000001";
  feed.from = 5;
  feed.centre_time = moment;
  feed.items = {record::RulesNotice{digest_of(3), 71'234, false}, record::RulesNotice{digest_of(4), 0, true},
                record::RootsNotice{{"-----BEGIN CERTIFICATE-----\nMAE=\n-----END CERTIFICATE-----\n"}},
                record::GrantRecall{hold_request().sale_id},
                record::TermsNotice{signed_text("{\"terminal\":\"T-000001\"}")}};
  HoldRequest hold = hold_request();
  hold.prescription = PrescriptionUse{Secret("RX-1"), {{"XB01ACA056A012020279489", {20'000}}}};
  hold.opening = {4711, 4};
  hold.released_holds = {"H-1"};
  return {
      {"hold_request", encode(hold)},
      {"hold_answer", encode(HoldAnswer{"H-3", moment, true})},
      {"sync_request", encode(sync, 2)},
      {"feed", record::encode(feed)},
      {"rules_request", encode(RulesRequest{digest_of(3), 131'072})},
      {"rules_answer", encode(RulesAnswer{71'234, bytes_of(48, 0x20)})},
      {"renew_request",
       encode(RenewRequest{"-----BEGIN CERTIFICATE REQUEST-----\nMAA=\n-----END CERTIFICATE REQUEST-----\n"})},
      {"renew_answer", encode(RenewAnswer{"-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n"})},
      {"retire_request", encode(RetireRequest{"T-000001", 1, 17, digest_of(1), bytes_of(64, 9), false})},
      {"retire_answer", encode(RetireAnswer{17, 1, 0})},
  };
}

std::vector<Sample> of_version_3() {
  SyncRequest sync = sync_request();
  sync.software = "gongji 0.1.0";
  record::Cancel cancel;
  cancel.cancel_id = sale_id;
  cancel.sale_id = sale_id;
  cancel.sale_seq = 3;
  cancel.key = {"P42010000001", "P42010000001202611210001", "2103", digest_of(5)};
  cancel.opter = "0007";
  cancel.person_key = to_hex(digest_of(6));
  cancel.reason = "customer";
  for (record::Entry& entry : sync.entries) {
    record::Head head = entry.head;
    head.at = moment;
    const auto made = record::make_entry(head, cancel, entry.salt, Digest{}, record::Form::compact);
    entry.public_bytes = made.public_bytes;
    if (!entry.personal_digest) entry.personal_bytes = made.personal_bytes;
  }
  record::FeedBatch feed;
  feed.terminal = "T-000001";
  feed.from = 17;
  feed.centre_time = moment;
  record::Verdict verdict;
  verdict.at = moment;
  for (const std::uint64_t seq : {41, 42, 43, 45}) {
    verdict.seq = seq;
    verdict.stands = shares(0, 500 * static_cast<std::int64_t>(seq), 0, 2'500);
    feed.items.emplace_back(verdict);
  }
  verdict.seq = 46;
  verdict.kind = record::VerdictKind::adjusted;
  verdict.reason = "fund_recomputed";
  verdict.stands = shares(8'000, 2'000, 500, 1'845);
  verdict.difference = shares(-100, 0, 0, 100);
  feed.items.emplace_back(verdict);
  feed.items.emplace_back(record::GrantRecall{hold_request().sale_id});
  return {{"sync_request", encode(sync, 3)}, {"feed", record::encode_grouped(feed)}};
}

}  // namespace gongji::protocol::samples
