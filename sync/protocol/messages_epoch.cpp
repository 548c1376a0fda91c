#include "sync/protocol/message_parts.h"

namespace gongji::protocol {

using nlohmann::json;

std::string encode(const EpochRequest& request) {
  return write(json{{"terminal", request.terminal},
                    {"epoch", request.epoch},
                    {"reason", request.reason},
                    {"last_seq", request.last_seq},
                    {"last_hash", to_hex(request.last_hash)},
                    {"signature", to_base64(request.signature)}});
}

Result<EpochRequest> decode_epoch_request(std::string_view body) {
  auto parsed = parse_object(body, control_bytes_max);
  if (parsed.has_error()) return parsed.error();
  JsonReader reader(*parsed);
  EpochRequest request;
  request.terminal = reader.text("terminal", terminal_bytes_max, 1);
  request.epoch = static_cast<std::uint32_t>(reader.integer("epoch", 1, UINT32_MAX));
  request.reason = reader.text("reason", 64, 1);
  request.last_seq = static_cast<std::uint64_t>(reader.integer("last_seq"));
  request.last_hash = reader.digest("last_hash");
  request.signature = reader.base64("signature", signature_bytes, signature_bytes);
  if (auto done = reader.finish(); done.has_error()) return done.error();
  return request;
}

std::string encode(const EpochAnswer& answer) {
  return write(
      json{{"epoch", answer.epoch}, {"terms", to_json(answer.terms)}, {"registration", to_json(answer.registration)}});
}

Result<EpochAnswer> decode_epoch_answer(std::string_view body) {
  auto parsed = parse_object(body, control_bytes_max);
  if (parsed.has_error()) return parsed.error();
  JsonReader reader(*parsed);
  EpochAnswer answer;
  answer.epoch = static_cast<std::uint32_t>(reader.integer("epoch", 1, UINT32_MAX));
  answer.terms = read_signed(reader.object("terms"), control_bytes_max, reader);
  answer.registration = read_signed(reader.object("registration"), control_bytes_max, reader);
  if (auto done = reader.finish(); done.has_error()) return done.error();
  return answer;
}

}  // namespace gongji::protocol
