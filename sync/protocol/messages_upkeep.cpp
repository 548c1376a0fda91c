// What keeps a terminal fit: rules, its certificate, and its end.  From version 2 of the protocol on.
#include "sync/protocol/message_parts.h"

namespace gongji::protocol {

using nlohmann::json;

std::string encode(const RulesRequest& request) {
  return write(json{{"digest", to_hex(request.digest)}, {"from", request.from}});
}

Result<RulesRequest> decode_rules_request(std::string_view body) {
  auto parsed = parse_object(body, control_bytes_max);
  if (parsed.has_error()) return parsed.error();
  JsonReader reader(*parsed);
  RulesRequest request;
  request.digest = reader.digest("digest");
  request.from = static_cast<std::uint64_t>(reader.integer("from", 0, rules_bytes_max));
  if (auto done = reader.finish(); done.has_error()) return done.error();
  return request;
}

std::string encode(const RulesAnswer& answer) {
  return write(json{{"total", answer.total}, {"part", to_base64(answer.part)}});
}

Result<RulesAnswer> decode_rules_answer(std::string_view body) {
  auto parsed = parse_object(body, control_bytes_max);
  if (parsed.has_error()) return parsed.error();
  JsonReader reader(*parsed);
  RulesAnswer answer;
  answer.total = static_cast<std::uint64_t>(reader.integer("total", 1, rules_bytes_max));
  answer.part = reader.base64("part", rules_part_bytes_max);
  if (auto done = reader.finish(); done.has_error()) return done.error();
  return answer;
}

std::string encode(const RenewRequest& request) {
  return write(json{{"csr_pem", request.csr_pem}});
}

Result<RenewRequest> decode_renew_request(std::string_view body) {
  auto parsed = parse_object(body, control_bytes_max);
  if (parsed.has_error()) return parsed.error();
  JsonReader reader(*parsed);
  RenewRequest request;
  request.csr_pem = reader.text("csr_pem", csr_bytes_max, 1);
  if (auto done = reader.finish(); done.has_error()) return done.error();
  return request;
}

std::string encode(const RenewAnswer& answer) {
  return write(json{{"certificate_pem", answer.certificate_pem}});
}

Result<RenewAnswer> decode_renew_answer(std::string_view body) {
  auto parsed = parse_object(body, control_bytes_max);
  if (parsed.has_error()) return parsed.error();
  JsonReader reader(*parsed);
  RenewAnswer answer;
  answer.certificate_pem = reader.text("certificate_pem", certificate_bytes_max, 1);
  if (auto done = reader.finish(); done.has_error()) return done.error();
  return answer;
}

std::string encode(const RetireRequest& request) {
  return write(json{{"terminal", request.terminal},
                    {"epoch", request.epoch},
                    {"last_seq", request.last_seq},
                    {"last_hash", to_hex(request.last_hash)},
                    {"signature", to_base64(request.signature)},
                    {"forced", request.forced}});
}

Result<RetireRequest> decode_retire_request(std::string_view body) {
  auto parsed = parse_object(body, control_bytes_max);
  if (parsed.has_error()) return parsed.error();
  JsonReader reader(*parsed);
  RetireRequest request;
  request.terminal = reader.text("terminal", terminal_bytes_max, 1);
  request.epoch = static_cast<std::uint32_t>(reader.integer("epoch", 1, UINT32_MAX));
  request.last_seq = static_cast<std::uint64_t>(reader.integer("last_seq"));
  request.last_hash = reader.digest("last_hash");
  request.signature = reader.base64("signature", signature_bytes, signature_bytes);
  request.forced = reader.flag("forced");
  if (auto done = reader.finish(); done.has_error()) return done.error();
  return request;
}

std::string encode(const RetireAnswer& answer) {
  return write(json{{"acknowledged_seq", answer.acknowledged_seq}, {"grants", answer.grants}, {"holds", answer.holds}});
}

Result<RetireAnswer> decode_retire_answer(std::string_view body) {
  auto parsed = parse_object(body, control_bytes_max);
  if (parsed.has_error()) return parsed.error();
  JsonReader reader(*parsed);
  RetireAnswer answer;
  answer.acknowledged_seq = static_cast<std::uint64_t>(reader.integer("acknowledged_seq"));
  answer.grants = static_cast<std::uint64_t>(reader.integer("grants"));
  answer.holds = static_cast<std::uint64_t>(reader.integer("holds"));
  if (auto done = reader.finish(); done.has_error()) return done.error();
  return answer;
}

}  // namespace gongji::protocol
