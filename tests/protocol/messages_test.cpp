#include "sync/protocol/messages.h"

#include <catch2/catch.hpp>

#include "sync/protocol/frames.h"
#include "sync/protocol/troubles.h"
#include "tests/protocol/samples.h"

namespace gongji::protocol {
namespace {

using samples::bytes_of;
using samples::sale_id;
using samples::shares;
using samples::signed_text;

SyncRequest two_entries() {
  SyncRequest request;
  request.terminal = "T-000001";
  request.epoch = 2;
  request.from = 17;
  for (int i = 0; i < 2; ++i) {
    record::Entry entry;
    entry.head.terminal = "T-000001";
    entry.head.epoch = 2;
    entry.head.seq = 17 + static_cast<std::uint64_t>(i);
    entry.public_bytes = "{\"public\":" + std::to_string(i) + "}";
    entry.personal_bytes = i == 0 ? std::string() : std::string("\x00\xff王", 5);
    entry.salt.fill(static_cast<std::uint8_t>(i + 1));
    request.entries.push_back(entry);
  }
  request.head_hash.fill(9);
  request.head_signature = bytes_of(64, 1);
  request.feed_cursor = 5;
  request.released_holds = {"H-1", "H-2"};
  request.run = 4'711;
  request.closed_grants = {{Id{}, 17}};
  return request;
}

// Checks that decoding `body` fails with `text` at `path`.
template <class T>
void expect_trouble(const Result<T>& outcome, const TroubleText& text, const std::string& path) {
  REQUIRE(outcome.has_error());
  CHECK(std::string(outcome.error().text->code) == std::string(text.code));
  CHECK(outcome.error().path == path);
}

}  // namespace

TEST_CASE("every control message comes back as it was") {
  const Problem problem{"unknown_person", "没有此人。", "No such person."};
  CHECK(*decode_problem(encode(problem)) == problem);

  EnrolRequest enrol;
  enrol.code = Secret("01JD0000000000000000000001");
  enrol.csr_pem = "-----BEGIN CERTIFICATE REQUEST-----\n";
  enrol.sign_public_key = bytes_of(65, 4);
  enrol.software = "gongji 0.1.0";
  const auto enrol_back = decode_enrol_request(encode(enrol));
  REQUIRE(enrol_back.has_value());
  CHECK(enrol_back->code == enrol.code);
  CHECK(enrol_back->csr_pem == enrol.csr_pem);
  CHECK(enrol_back->sign_public_key == enrol.sign_public_key);
  CHECK(enrol_back->software == enrol.software);

  EnrolAnswer answer;
  answer.terminal = "T-000001";
  answer.epoch = 3;
  answer.certificate_pem = "certificate";
  answer.ca_pem = "ca";
  answer.centre_public_key = bytes_of(65, 4);
  answer.authority_public_key = bytes_of(65, 5);
  answer.site_key = bytes_of(32, 6);
  answer.terms = signed_text("{}");
  answer.registration = signed_text("{\"epoch\":3}");
  const auto answer_back = decode_enrol_answer(encode(answer));
  REQUIRE(answer_back.has_value());
  CHECK(answer_back->terminal == answer.terminal);
  CHECK(answer_back->epoch == 3);
  CHECK(answer_back->certificate_pem == "certificate");
  CHECK(answer_back->ca_pem == "ca");
  CHECK(answer_back->centre_public_key == answer.centre_public_key);
  CHECK(answer_back->authority_public_key == answer.authority_public_key);
  CHECK(answer_back->site_key == answer.site_key);
  CHECK(answer_back->terms == answer.terms);
  CHECK(answer_back->registration == answer.registration);

  const PersonRequest person{{"03", Secret("A00000001"), Secret("42010099")}};
  const auto person_back = decode_person_request(encode(person));
  REQUIRE(person_back.has_value());
  CHECK(person_back->credential.mdtrt_cert_type == "03");
  CHECK(person_back->credential.mdtrt_cert_no == person.credential.mdtrt_cert_no);
  CHECK(person_back->credential.card_sn == person.credential.card_sn);

  const PersonAnswer snapshot{signed_text("{\"a\":\"王\"}")};
  CHECK(decode_person_answer(encode(snapshot))->snapshot == snapshot.snapshot);

  HoldRequest hold;
  hold.sale_id = sale_id;
  hold.psn_no = "42010000000000000001";
  hold.counters = {{"wuhan-employee", "op.fund", *Day::from_civil(2026, 1, 1), Money::fen(4900)}};
  hold.fund = Money::fen(4900);
  hold.accounts = {{"self", settlement::AccountKind::current, Money::fen(100)},
                   {"42010000000000000004", settlement::AccountKind::prior, Money::fen(200)}};
  const auto hold_back = decode_hold_request(encode(hold));
  REQUIRE(hold_back.has_value());
  CHECK(hold_back->sale_id == sale_id);
  CHECK(hold_back->psn_no == hold.psn_no);
  CHECK(hold_back->counters == hold.counters);
  CHECK(hold_back->fund == hold.fund);
  CHECK(hold_back->accounts == hold.accounts);

  CHECK_FALSE(hold_back->prescription.has_value());
  hold.prescription = PrescriptionUse{Secret("RX-1"), {{"XTEST", {15'000}}, {"XOTHER", {10'000}}}};
  const auto on_prescription = decode_hold_request(encode(hold));
  REQUIRE(on_prescription.has_value());
  REQUIRE(on_prescription->prescription.has_value());
  CHECK(on_prescription->prescription->number == hold.prescription->number);
  CHECK(on_prescription->prescription->goods == hold.prescription->goods);
  hold.prescription->goods.clear();
  CHECK_FALSE(decode_hold_request(encode(hold)).has_value());

  HoldAnswer held{"H-1", WallTime{1'790'000'000'000}};
  CHECK_FALSE(decode_hold_answer(encode(held))->prescription_verified);
  held.prescription_verified = true;
  CHECK(decode_hold_answer(encode(held))->prescription_verified);
  CHECK(decode_hold_answer(encode(held))->hold_id == "H-1");
  CHECK(decode_hold_answer(encode(held))->expires == held.expires);

  const StatementRequest day{*parse_day("2026-11-21")};
  CHECK(decode_statement_request(encode(day))->day == day.day);

  StatementAnswer statement;
  statement.sales = 3;
  statement.cancels = 1;
  statement.papers = 2;
  statement.medfee = Money::yuan(100);
  statement.shares = shares(1, 2, 3, 4);
  statement.lines = {{1, 17, to_string(sale_id), "adjusted", shares(5, 6, 7, 8)}};
  const auto statement_back = decode_statement_answer(encode(statement));
  REQUIRE(statement_back.has_value());
  CHECK(statement_back->sales == 3);
  CHECK(statement_back->cancels == 1);
  CHECK(statement_back->papers == 2);
  CHECK(statement_back->medfee == statement.medfee);
  CHECK(statement_back->shares == statement.shares);
  CHECK(statement_back->lines == statement.lines);
  CHECK_FALSE(statement_back->next);
}

TEST_CASE("a plain statement travels as it always did, a detailed one with its details and its place") {
  const StatementRequest plain{*parse_day("2026-11-21")};
  CHECK(encode(plain) == R"({"day":"2026-11-21"})");
  CHECK_FALSE(decode_statement_request(encode(plain))->detailed);
  const StatementRequest detailed{*parse_day("2026-11-21"), true, {2, 17}};
  CHECK(encode(detailed) == R"({"after":{"epoch":2,"seq":17},"day":"2026-11-21","detailed":true})");
  const auto asked = decode_statement_request(encode(detailed));
  REQUIRE(asked.has_value());
  CHECK(asked->detailed);
  CHECK(asked->after.epoch == 2);
  CHECK(asked->after.seq == 17);

  StatementAnswer answer;
  answer.lines = {{1, 17, "01KB0000000000000000000001", "paper", shares(0, 0, 0, 8),
                   StatementDetail{"H42010000001-1", "310", "11", Money::fen(8)}}};
  answer.next = StatementPlace{1, 17};
  const auto back = decode_statement_answer(encode(answer));
  REQUIRE(back.has_value());
  CHECK(back->lines == answer.lines);
  REQUIRE(back->next);
  CHECK(back->next->seq == 17);
}

TEST_CASE("an entry whose personal part is gone travels with the digest of that part") {
  SyncRequest request = two_entries();
  request.entries[1].personal_bytes.clear();
  request.entries[1].salt = {};
  request.entries[1].personal_digest.emplace().fill(7);
  const auto back = decode_sync_request(encode(request));
  REQUIRE(back.has_value());
  CHECK(back->entries == request.entries);
}

TEST_CASE("a sync request carries each entry's bytes as they were written") {
  const SyncRequest request = two_entries();
  const auto back = decode_sync_request(encode(request));
  REQUIRE(back.has_value());
  CHECK(back->terminal == request.terminal);
  CHECK(back->epoch == request.epoch);
  CHECK(back->from == request.from);
  CHECK(back->entries == request.entries);
  CHECK(back->head_hash == request.head_hash);
  CHECK(back->head_signature == request.head_signature);
  CHECK(back->feed_cursor == request.feed_cursor);
  CHECK(back->released_holds == request.released_holds);
  CHECK(back->run == request.run);
  CHECK(back->closed_grants == request.closed_grants);

  SyncAnswer answer;
  answer.acknowledged_seq = 18;
  answer.open_holds = {"H-3"};
  answer.feed = signed_text("{\"from\":1}");
  answer.more_feed = true;
  const auto answer_back = decode_sync_answer(encode(answer));
  REQUIRE(answer_back.has_value());
  CHECK(answer_back->acknowledged_seq == 18);
  CHECK(answer_back->open_holds == answer.open_holds);
  CHECK(answer_back->feed == answer.feed);
  CHECK(answer_back->more_feed);
}

TEST_CASE("only the very start of a log may come without a signature") {
  SyncRequest request;
  request.terminal = "T-1";
  CHECK(decode_sync_request(encode(request)).has_value());
  request.from = 2;
  expect_trouble(decode_sync_request(encode(request)), troubles::value_invalid, "head_signature");
  request = two_entries();
  request.head_signature.clear();
  expect_trouble(decode_sync_request(encode(request)), troubles::value_invalid, "head_signature");
}

TEST_CASE("a wrong member is named by its path") {
  using namespace troubles;
  expect_trouble(decode_problem("[]"), not_json, "");
  expect_trouble(decode_problem("{\"code\":\"x\""), not_json, "");
  expect_trouble(decode_problem("{\"code\":\"x\",\"code\":\"y\",\"zh\":\"\",\"en\":\"\"}"), not_json, "");
  expect_trouble(decode_problem("{\"code\":\"\xff\",\"zh\":\"\",\"en\":\"\"}"), not_json, "");
  expect_trouble(decode_problem("{\"code\":\"x\",\"zh\":\"\"}"), member_missing, "en");
  expect_trouble(decode_problem("{\"code\":\"x\",\"zh\":\"\",\"en\":\"\",\"de\":\"\"}"), member_unknown, "de");
  expect_trouble(decode_problem("{\"code\":7,\"zh\":\"\",\"en\":\"\"}"), value_invalid, "code");
  expect_trouble(decode_problem(std::string(control_bytes_max + 1, ' ')), too_large, "");

  const std::string head = "{\"sale_id\":\"01JD0000000000000000000001\",\"psn_no\":\"1\",\"counters\":[],\"fund\":";
  const std::string tail = ",\"accounts\":[{\"owner\":\"self\",\"kind\":\"prior\",\"amount\":1},";
  expect_trouble(decode_hold_request(head + "1.5" + tail + "{}]}"), value_invalid, "fund");
  expect_trouble(decode_hold_request(head + "-1" + tail + "{}]}"), value_invalid, "fund");
  expect_trouble(decode_hold_request(head + "18446744073709551615" + tail + "{}]}"), value_invalid, "fund");
  expect_trouble(decode_hold_request(head + "0" + tail + "{}]}"), member_missing, "accounts[1].owner");
  expect_trouble(decode_hold_request(head + "0" + tail + "7]}"), value_invalid, "accounts[1]");
  expect_trouble(decode_hold_request(head + "0" + tail + "{\"owner\":\"self\",\"kind\":\"prior\",\"amount\":0}]}"),
                 value_invalid, "accounts[1].amount");
  expect_trouble(decode_hold_request(head + "0" + tail + "{\"owner\":\"self\",\"kind\":\"gold\",\"amount\":1}]}"),
                 value_invalid, "accounts[1].kind");
  expect_trouble(decode_statement_request("{\"day\":\"2026-02-30\"}"), value_invalid, "day");
  std::string deep = "{\"a\":";
  for (int i = 0; i < 1000; ++i) deep += '[';
  expect_trouble(decode_problem(deep), not_json, "");
}

TEST_CASE("frames that do not add up are refused") {
  const std::string whole = encode(two_entries());
  expect_trouble(decode_sync_request(whole + "x"), troubles::frames_broken, "");
  expect_trouble(decode_sync_request(whole.substr(0, whole.size() - 1)), troubles::frames_broken, "frame[6]");
  expect_trouble(decode_sync_request(""), troubles::frames_broken, "frame[0]");
  expect_trouble(decode_sync_request(std::string("\x7f\xff\xff\xff", 4)), troubles::frames_broken, "frame[0]");
  expect_trouble(decode_sync_request(std::string(sync_body_bytes_max + 1, '\0')), troubles::too_large, "");

  SyncRequest short_salt = two_entries();
  short_salt.entries.resize(1);
  std::string body = encode(short_salt);
  body.resize(body.size() - 20);  // the salt's frame
  append_frame(body, "fifteen bytes!!");
  expect_trouble(decode_sync_request(body), troubles::frames_broken, "entries[0].salt");
}

TEST_CASE("a full batch passes and one entry more is refused") {
  SyncRequest request = two_entries();
  request.entries.resize(sync_entries_max);
  CHECK(decode_sync_request(encode(request))->entries.size() == sync_entries_max);

  std::string body;
  append_frame(
      body, "{\"terminal\":\"T\",\"epoch\":1,\"from\":1,\"count\":501,\"head_hash\":\"" + std::string(64, '0') +
                "\",\"head_signature\":\"\",\"feed_cursor\":0,\"released_holds\":[],\"run\":1,\"closed_grants\":[]}");
  expect_trouble(decode_sync_request(body), troubles::value_invalid, "count");
}

TEST_CASE("a batch of entries at its byte limit fits into a body with its frames") {
  SyncRequest request = two_entries();
  request.entries.assign(sync_entries_max, request.entries[0]);
  for (auto& entry : request.entries) entry.public_bytes.assign(sync_bytes_max / sync_entries_max, 'x');
  request.released_holds.assign(1'000, std::string(64, 'H'));
  CHECK(decode_sync_request(encode(request)).has_value());
}

TEST_CASE("a sync request with any byte changed is read or refused, never worse") {
  const std::string whole = encode(two_entries());
  SeededRandom random(20261121);
  for (std::size_t at = 0; at < whole.size(); ++at) {
    std::uint8_t change = 0;
    random.fill({&change, 1});
    std::string damaged = whole;
    damaged[at] = static_cast<char>(change);
    const auto outcome = decode_sync_request(damaged);
    if (outcome.has_value()) {
      CHECK(outcome->entries.size() <= 2);
    } else {
      CHECK_FALSE(std::string(outcome.error().text->code).empty());
    }
    CHECK(decode_sync_request(std::string_view(whole).substr(0, at)).has_error());
  }
}

TEST_CASE("an enrolment code has one form") {
  const EnrolmentCode code{Secret("01JD0000000000000000000001"), std::string(64, 'a')};
  const std::string text = to_string(code);
  CHECK(text == "GJ1-01JD0000000000000000000001-" + std::string(64, 'a'));
  const auto back = parse_enrolment_code(text);
  REQUIRE(back.has_value());
  CHECK(back->secret == code.secret);
  CHECK(back->ca_sm3_hex == code.ca_sm3_hex);

  CHECK_FALSE(parse_enrolment_code(""));
  CHECK_FALSE(parse_enrolment_code(text + "a"));
  CHECK_FALSE(parse_enrolment_code("GJ2" + text.substr(3)));
  CHECK_FALSE(parse_enrolment_code(text.substr(0, text.size() - 1) + "g"));
  std::string no_dash = text;
  no_dash[30] = 'A';
  CHECK_FALSE(parse_enrolment_code(no_dash));
}

TEST_CASE("text that is not UTF-8 is replaced, not thrown at") {
  const PersonRequest request{{"01", Secret("\xff\xfe"), Secret()}};
  CHECK(decode_person_request(encode(request))->credential.mdtrt_cert_no.reveal() == "\xEF\xBF\xBD\xEF\xBF\xBD");
}

}  // namespace gongji::protocol
