// The sync exchange: frames upward, JSON downward.
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

#include "offline/base/check.h"
#include "sync/protocol/frames.h"
#include "sync/protocol/json_reader.h"
#include "sync/protocol/message_parts.h"
#include "sync/protocol/messages.h"
#include "sync/protocol/troubles.h"

namespace gongji::protocol {
namespace {

using nlohmann::json;

std::string_view text_of(const record::Salt& salt) {
  return as_text({salt.data(), salt.size()});
}

}  // namespace

std::string encode(const SyncRequest& request, std::uint32_t version) {
  GONGJI_CHECK(request.entries.size() <= sync_entries_max);
  json head{{"terminal", request.terminal},
            {"epoch", request.epoch},
            {"from", request.from},
            {"count", request.entries.size()},
            {"head_hash", to_hex(request.head_hash)},
            {"head_signature", to_base64(request.head_signature)},
            {"feed_cursor", request.feed_cursor},
            {"released_holds", request.released_holds},
            {"run", request.run},
            {"closed_grants", to_json(request.closed_grants)}};
  if (version >= 2 && !request.software.empty()) head["software"] = request.software;
  if (version >= openings_since && request.run_from > 0) head["run_from"] = request.run_from;
  if (request.behind) {
    GONGJI_CHECK(version >= syncs_behind_since);
    head["behind"] = true;
  }
  const std::string first = write(head);
  std::size_t bytes = first.size() + 4;
  for (const auto& entry : request.entries) bytes += entry.public_bytes.size() + entry.personal_bytes.size() + 64;
  std::string body;
  body.reserve(bytes);
  append_frame(body, first);
  for (const auto& entry : request.entries) {
    append_frame(body, entry.public_bytes);
    append_frame(body, entry.personal_bytes);
    append_frame(body, entry.personal_digest ? as_text(*entry.personal_digest) : text_of(entry.salt));
  }
  return body;
}

Result<SyncRequest> decode_sync_request(std::string_view body, std::uint32_t version) {
  if (body.size() > sync_body_bytes_max) {
    return trouble(troubles::too_large, {}, fmt::format("got {} bytes, limit {}", body.size(), sync_body_bytes_max));
  }
  FrameReader frames(body);
  auto head = frames.next();
  if (head.has_error()) return head.error();
  auto parsed = parse_object(*head, control_bytes_max);
  if (parsed.has_error()) return parsed.error();

  JsonReader reader(*parsed);
  SyncRequest request;
  request.terminal = reader.text("terminal", terminal_bytes_max, 1);
  request.epoch = static_cast<std::uint32_t>(reader.integer("epoch", 1, UINT32_MAX));
  request.from = static_cast<std::uint64_t>(
      reader.integer("from", 1, json_integer_max - static_cast<std::int64_t>(sync_entries_max)));
  const auto count = reader.integer("count", 0, sync_entries_max);
  request.head_hash = reader.digest("head_hash");
  request.head_signature = reader.base64("head_signature", signature_bytes);
  request.feed_cursor = static_cast<std::uint64_t>(reader.integer("feed_cursor"));
  request.released_holds = reader.texts("released_holds", holds_max, hold_id_bytes_max);
  request.run = static_cast<std::uint64_t>(reader.integer("run", 1));
  request.closed_grants = read_closed_grants(reader);
  if (version >= 2 && reader.has("software")) request.software = reader.text("software", software_bytes_max, 1);
  if (version >= openings_since && reader.has("run_from")) {
    request.run_from = static_cast<std::uint64_t>(reader.integer("run_from", 1));
  }
  if (version >= syncs_behind_since && reader.has("behind")) request.behind = reader.flag("behind");
  const bool unsigned_start = request.from == 1 && count == 0 && request.head_signature.empty();
  if (!reader.failed() && !unsigned_start && request.head_signature.size() != signature_bytes) {
    reader.refuse("head_signature", fmt::format("expected {} bytes", signature_bytes));
  }
  if (auto outcome = reader.finish(); outcome.has_error()) return outcome.error();

  for (std::int64_t i = 0; i < count; ++i) {
    auto public_bytes = frames.next();
    if (public_bytes.has_error()) return public_bytes.error();
    auto personal_bytes = frames.next();
    if (personal_bytes.has_error()) return personal_bytes.error();
    auto salt = frames.next();
    if (salt.has_error()) return salt.error();
    record::Entry entry;
    const bool gone = personal_bytes->empty() && salt->size() == Digest().size();
    if (!gone && salt->size() != entry.salt.size()) {
      return trouble(troubles::frames_broken, fmt::format("entries[{}].salt", i),
                     fmt::format("{} bytes", salt->size()));
    }
    entry.head.terminal = request.terminal;
    entry.head.epoch = request.epoch;
    entry.head.seq = request.from + static_cast<std::uint64_t>(i);
    entry.public_bytes = std::string(*public_bytes);
    entry.personal_bytes = std::string(*personal_bytes);
    const ByteView salt_bytes = as_bytes(*salt);
    if (gone) entry.personal_digest.emplace();
    std::copy(salt_bytes.begin(), salt_bytes.end(), gone ? entry.personal_digest->begin() : entry.salt.begin());
    request.entries.push_back(std::move(entry));
  }
  if (!frames.at_end()) return trouble(troubles::frames_broken, {}, "bytes after the last frame");
  return request;
}

std::string encode(const SyncAnswer& answer) {
  // As write() would, without a look at each character of a feed that is base64.
  std::string out = "{\"acknowledged_seq\":" + std::to_string(answer.acknowledged_seq);
  out.append(",\"feed\":{\"bytes\":\"").append(to_base64(as_bytes(answer.feed.bytes)));
  out.append("\",\"signature\":\"").append(to_base64(answer.feed.signature));
  out.append("\"},\"more_feed\":").append(answer.more_feed ? "true" : "false");
  out.append(",\"open_holds\":").append(write(json(answer.open_holds))).append("}");
  return out;
}

Result<SyncAnswer> decode_sync_answer(std::string_view body) {
  auto parsed = parse_object(body, sync_bytes_max);
  if (parsed.has_error()) return parsed.error();
  JsonReader reader(*parsed);
  SyncAnswer answer;
  answer.acknowledged_seq = static_cast<std::uint64_t>(reader.integer("acknowledged_seq"));
  answer.open_holds = reader.texts("open_holds", holds_max, hold_id_bytes_max);
  answer.feed = read_signed(reader.object("feed"), sync_bytes_max, reader);
  answer.more_feed = reader.flag("more_feed");
  if (auto outcome = reader.finish(); outcome.has_error()) return outcome.error();
  return answer;
}

}  // namespace gongji::protocol
