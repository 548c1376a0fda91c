#include "sync/protocol/messages.h"

#include <nlohmann/json.hpp>

#include "sync/protocol/fsi_envelope.h"
#include "sync/protocol/json_reader.h"
#include "sync/protocol/message_parts.h"

namespace gongji::protocol {
namespace {

using nlohmann::json;

constexpr std::string_view enrolment_prefix = "GJ1-";
constexpr std::size_t secret_characters = 26;
constexpr std::size_t fingerprint_characters = 64;
constexpr std::size_t prescription_bytes_max = 64;
constexpr std::int64_t quantity_max = 99'999'999'999'999;  // ten-thousandths

// Ends a decode: the value, or what the reader found first.
template <class T>
Result<T> finished(JsonReader& reader, T value) {
  if (auto outcome = reader.finish(); outcome.has_error()) return outcome.error();
  return value;
}

std::string_view name_of(settlement::AccountKind kind) {
  return kind == settlement::AccountKind::current ? "current" : "prior";
}

json to_json(const AccountShare& share) {
  return {{"owner", share.owner}, {"kind", name_of(share.kind)}, {"amount", share.amount.in_fen()}};
}

json to_json(const StatementPlace& place) {
  return {{"epoch", place.epoch}, {"seq", place.seq}};
}

StatementPlace read_place(JsonReader reader, JsonReader& outer) {
  StatementPlace place;
  place.epoch = static_cast<std::uint32_t>(reader.integer("epoch", 0, UINT32_MAX));
  place.seq = static_cast<std::uint64_t>(reader.integer("seq"));
  outer.take(reader);
  return place;
}

PrescriptionUse read_prescription(JsonReader& reader) {
  JsonReader inner = reader.object("prescription");
  PrescriptionUse use;
  use.number = inner.secret("number", prescription_bytes_max, 1);
  for (JsonReader& each : inner.objects("goods", settlement::lines_max)) {
    Goods goods;
    goods.med_list_codg = each.text("med_list_codg", 64, 1);
    goods.cnt.ten_thousandths = each.integer("cnt", 0, quantity_max);
    inner.take(each);
    use.goods.push_back(std::move(goods));
  }
  if (use.goods.empty() && !inner.failed()) inner.refuse("goods", "expected at least one");
  reader.take(inner);
  return use;
}

}  // namespace

std::string to_string(const EnrolmentCode& code) {
  return std::string(enrolment_prefix) + code.secret.reveal() + "-" + code.ca_sm3_hex;
}

std::optional<EnrolmentCode> parse_enrolment_code(std::string_view text) {
  constexpr std::size_t length = enrolment_prefix.size() + secret_characters + 1 + fingerprint_characters;
  if (text.size() != length || !text.starts_with(enrolment_prefix)) return std::nullopt;
  const std::string_view secret = text.substr(enrolment_prefix.size(), secret_characters);
  const std::string_view fingerprint = text.substr(length - fingerprint_characters);
  if (text[enrolment_prefix.size() + secret_characters] != '-') return std::nullopt;
  if (!parse_id(secret) || !digest_from_hex(fingerprint)) return std::nullopt;
  return EnrolmentCode{Secret(std::string(secret)), to_hex(*digest_from_hex(fingerprint))};
}

std::string encode(const Problem& problem) {
  return write(json{{"code", problem.code}, {"zh", problem.zh}, {"en", problem.en}});
}

Result<Problem> decode_problem(std::string_view body) {
  auto parsed = parse_object(body, control_bytes_max);
  if (parsed.has_error()) return parsed.error();
  JsonReader reader(*parsed);
  Problem problem;
  problem.code = reader.text("code", 64, 1);
  problem.zh = reader.text("zh", 2000);
  problem.en = reader.text("en", 2000);
  return finished(reader, std::move(problem));
}

std::string encode(const EnrolRequest& request) {
  return write(json{{"code", request.code.reveal()},
                    {"csr_pem", request.csr_pem},
                    {"sign_public_key", to_base64(request.sign_public_key)},
                    {"software", request.software}});
}

Result<EnrolRequest> decode_enrol_request(std::string_view body) {
  auto parsed = parse_object(body, control_bytes_max);
  if (parsed.has_error()) return parsed.error();
  JsonReader reader(*parsed);
  EnrolRequest request;
  request.code = reader.secret("code", secret_characters, secret_characters);
  request.csr_pem = reader.text("csr_pem", csr_bytes_max, 1);
  request.sign_public_key = reader.base64("sign_public_key", public_key_bytes, public_key_bytes);
  request.software = reader.text("software", software_bytes_max);
  return finished(reader, std::move(request));
}

std::string encode(const EnrolAnswer& answer) {
  return write(json{{"terminal", answer.terminal},
                    {"epoch", answer.epoch},
                    {"certificate_pem", answer.certificate_pem},
                    {"ca_pem", answer.ca_pem},
                    {"centre_public_key", to_base64(answer.centre_public_key)},
                    {"authority_public_key", to_base64(answer.authority_public_key)},
                    {"site_key", to_base64(answer.site_key)},
                    {"terms", to_json(answer.terms)},
                    {"registration", to_json(answer.registration)}});
}

Result<EnrolAnswer> decode_enrol_answer(std::string_view body) {
  auto parsed = parse_object(body, control_bytes_max);
  if (parsed.has_error()) return parsed.error();
  JsonReader reader(*parsed);
  EnrolAnswer answer;
  answer.terminal = reader.text("terminal", terminal_bytes_max, 1);
  answer.epoch = static_cast<std::uint32_t>(reader.integer("epoch", 1, UINT32_MAX));
  answer.certificate_pem = reader.text("certificate_pem", certificate_bytes_max, 1);
  answer.ca_pem = reader.text("ca_pem", 32 << 10, 1);
  answer.centre_public_key = reader.base64("centre_public_key", public_key_bytes, public_key_bytes);
  answer.authority_public_key = reader.base64("authority_public_key", public_key_bytes, public_key_bytes);
  answer.site_key = reader.base64("site_key", 32, 32);
  answer.terms = read_signed(reader.object("terms"), control_bytes_max, reader);
  answer.registration = read_signed(reader.object("registration"), control_bytes_max, reader);
  return finished(reader, std::move(answer));
}

std::string encode(const PersonRequest& request) {
  const Credential& credential = request.credential;
  return write(json{{"credential",
                     {{"mdtrt_cert_type", credential.mdtrt_cert_type},
                      {"mdtrt_cert_no", credential.mdtrt_cert_no.reveal()},
                      {"card_sn", credential.card_sn.reveal()}}}});
}

Result<PersonRequest> decode_person_request(std::string_view body) {
  auto parsed = parse_object(body, control_bytes_max);
  if (parsed.has_error()) return parsed.error();
  JsonReader reader(*parsed);
  JsonReader inner = reader.object("credential");
  PersonRequest request;
  request.credential.mdtrt_cert_type = inner.one_of("mdtrt_cert_type", {"01", "02", "03"});
  request.credential.mdtrt_cert_no = inner.secret("mdtrt_cert_no", 512, 1);
  request.credential.card_sn = inner.secret("card_sn", 64);
  reader.take(inner);
  return finished(reader, std::move(request));
}

std::string encode(const PersonAnswer& answer) {
  return write(json{{"snapshot", to_json(answer.snapshot)}});
}

Result<PersonAnswer> decode_person_answer(std::string_view body) {
  auto parsed = parse_object(body, control_bytes_max);
  if (parsed.has_error()) return parsed.error();
  JsonReader reader(*parsed);
  PersonAnswer answer;
  answer.snapshot = read_signed(reader.object("snapshot"), control_bytes_max, reader);
  return finished(reader, std::move(answer));
}

std::string encode(const HoldRequest& request) {
  json counters = json::array(), accounts = json::array();
  for (const auto& counter : request.counters) {
    counters.push_back({{"scheme", counter.scheme},
                        {"name", counter.name},
                        {"since", to_string(counter.since)},
                        {"value", counter.value.in_fen()}});
  }
  for (const auto& share : request.accounts) accounts.push_back(to_json(share));
  json out{{"sale_id", to_string(request.sale_id)}, {"psn_no", request.psn_no},
           {"counters", std::move(counters)},       {"fund", request.fund.in_fen()},
           {"accounts", std::move(accounts)},       {"closed_grants", to_json(request.closed_grants)}};
  if (request.prescription) {
    json goods = json::array();
    for (const Goods& one : request.prescription->goods) {
      goods.push_back({{"med_list_codg", one.med_list_codg}, {"cnt", one.cnt.ten_thousandths}});
    }
    out["prescription"] = {{"number", request.prescription->number.reveal()}, {"goods", std::move(goods)}};
  }
  if (!request.released_holds.empty()) out["released_holds"] = request.released_holds;
  if (request.opening.from > 0) out["opening"] = {{"run", request.opening.run}, {"from", request.opening.from}};
  return write(out);
}

Result<HoldRequest> decode_hold_request(std::string_view body) {
  auto parsed = parse_object(body, control_bytes_max);
  if (parsed.has_error()) return parsed.error();
  JsonReader reader(*parsed);
  HoldRequest request;
  request.sale_id = reader.id("sale_id");
  request.psn_no = reader.text("psn_no", psn_no_bytes_max, 1);
  for (JsonReader& inner : reader.objects("counters", counters_max)) {
    settlement::Counted counter;
    counter.scheme = inner.text("scheme", 64, 1);
    counter.name = inner.text("name", 64, 1);
    counter.since = inner.day("since");
    counter.value = inner.money("value", Money::fen(1));
    reader.take(inner);
    request.counters.push_back(std::move(counter));
  }
  request.fund = reader.money("fund");
  for (JsonReader& inner : reader.objects("accounts", account_shares_max)) {
    AccountShare share;
    share.owner = inner.text("owner", psn_no_bytes_max, 1);
    share.kind = inner.one_of("kind", {"current", "prior"}) == "current" ? settlement::AccountKind::current
                                                                         : settlement::AccountKind::prior;
    share.amount = inner.money("amount", Money::fen(1));
    reader.take(inner);
    request.accounts.push_back(std::move(share));
  }
  request.closed_grants = read_closed_grants(reader);
  if (reader.has("prescription")) request.prescription = read_prescription(reader);
  if (reader.has("released_holds")) {
    request.released_holds = reader.texts("released_holds", holds_max, hold_id_bytes_max);
  }
  if (reader.has("opening")) {
    JsonReader inner = reader.object("opening");
    request.opening.run = static_cast<std::uint64_t>(inner.integer("run", 1));
    request.opening.from = static_cast<std::uint64_t>(inner.integer("from", 1));
    reader.take(inner);
  }
  return finished(reader, std::move(request));
}

std::string encode(const HoldAnswer& answer) {
  json out{{"hold_id", answer.hold_id}, {"expires", answer.expires.ms}};
  if (answer.prescription_verified) out["prescription_verified"] = true;
  return write(out);
}

Result<HoldAnswer> decode_hold_answer(std::string_view body) {
  auto parsed = parse_object(body, control_bytes_max);
  if (parsed.has_error()) return parsed.error();
  JsonReader reader(*parsed);
  HoldAnswer answer;
  answer.hold_id = reader.text("hold_id", hold_id_bytes_max, 1);
  answer.expires = reader.time("expires");
  if (reader.has("prescription_verified")) answer.prescription_verified = reader.flag("prescription_verified");
  return finished(reader, std::move(answer));
}

std::string encode(const StatementRequest& request) {
  json out{{"day", gongji::to_string(request.day)}};
  if (request.detailed) {
    out["detailed"] = true;
    out["after"] = to_json(request.after);
  }
  return write(out);
}

Result<StatementRequest> decode_statement_request(std::string_view body) {
  auto parsed = parse_object(body, control_bytes_max);
  if (parsed.has_error()) return parsed.error();
  JsonReader reader(*parsed);
  StatementRequest request;
  request.day = reader.day("day");
  if (reader.has("detailed")) {
    request.detailed = reader.flag("detailed");
    request.after = read_place(reader.object("after"), reader);
  }
  return finished(reader, request);
}

std::string encode(const StatementAnswer& answer) {
  json lines = json::array();
  for (const auto& line : answer.lines) {
    json one{{"epoch", line.epoch},
             {"seq", line.seq},
             {"sale_id", line.sale_id},
             {"state", line.state},
             {"shares", to_json(line.shares)}};
    if (line.detail) {
      one["detail"] = {{"msgid", line.detail->msgid},
                       {"insutype", line.detail->insutype},
                       {"clr_type", line.detail->clr_type},
                       {"medfee", line.detail->medfee.in_fen()}};
    }
    lines.push_back(std::move(one));
  }
  json out{{"sales", answer.sales},
           {"cancels", answer.cancels},
           {"papers", answer.papers},
           {"medfee", answer.medfee.in_fen()},
           {"shares", to_json(answer.shares)},
           {"lines", std::move(lines)}};
  if (answer.next) out["next"] = to_json(*answer.next);
  return write(out);
}

Result<StatementAnswer> decode_statement_answer(std::string_view body) {
  auto parsed = parse_object(body, sync_bytes_max);
  if (parsed.has_error()) return parsed.error();
  JsonReader reader(*parsed);
  StatementAnswer answer;
  answer.sales = static_cast<std::uint64_t>(reader.integer("sales"));
  answer.cancels = static_cast<std::uint64_t>(reader.integer("cancels"));
  answer.papers = static_cast<std::uint64_t>(reader.integer("papers"));
  answer.medfee = reader.money("medfee", Money{}, Money::fen(json_integer_max));
  answer.shares = read_shares(reader.object("shares"), reader);
  for (JsonReader& inner : reader.objects("lines", statement_lines_max)) {
    StatementLine line;
    line.epoch = static_cast<std::uint32_t>(inner.integer("epoch", 1, UINT32_MAX));
    line.seq = static_cast<std::uint64_t>(inner.integer("seq", 1));
    line.sale_id = inner.text("sale_id", 26);
    line.state = inner.one_of("state", {"accepted", "adjusted", "refused", "cancelled", "paper"});
    line.shares = read_shares(inner.object("shares"), inner);
    if (inner.has("detail")) {
      JsonReader detail = inner.object("detail");
      line.detail = StatementDetail{detail.text("msgid", msgid_bytes_max), detail.text("insutype", 6),
                                    detail.text("clr_type", 6), detail.money("medfee")};
      inner.take(detail);
    }
    reader.take(inner);
    answer.lines.push_back(std::move(line));
  }
  if (reader.has("next")) answer.next = read_place(reader.object("next"), reader);
  return finished(reader, std::move(answer));
}

}  // namespace gongji::protocol
