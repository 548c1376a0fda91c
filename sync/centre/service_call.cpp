// service_call.cpp — the way of a call: read, booked, answered.
#include <spdlog/spdlog.h>

#include "offline/base/check.h"
#include "offline/record/feed_groups.h"
#include "sync/centre/service_detail.h"
#include "sync/protocol/frames.h"
#include "sync/protocol/message_parts.h"

namespace gongji::centre {

http::Response CentreService::handle(const http::Request& request, WallTime now) {
  Call call = read(request);
  book(call, now);
  return finish(std::move(call));
}

// Up to here nothing depends on anything but the request and the versions that we speak.
Call CentreService::read(const http::Request& request) const {
  Call call;
  call.request = &request;
  if (request.method == "GET" && request.path() == "/healthz") {
    call.is_text = true;
    call.reply = Reply("ok\n");
    return call;
  }
  auto agreed = agree(request);
  if (auto* refused = std::get_if<Refused>(&agreed)) {
    call.reply = Reply(std::move(*refused));
    return call;
  }
  call.version = std::get<std::uint32_t>(agreed);
  if (const auto coding = request.find("Content-Encoding")) {
    if (*coding != "zstd") {
      call.reply = refuse(400, "malformed", "只支持 zstd 压缩。", "Only zstd is understood as Content-Encoding.");
      return call;
    }
    auto outcome = protocol::decompress(request.body, protocol::sync_body_bytes_max);
    if (outcome.has_error()) {
      const bool large = outcome.error().text->code == "G5205";
      Refused refused = malformed(outcome.error());
      if (large) refused = {413, {"too_large", refused.problem.zh, refused.problem.en}};
      call.reply = Reply(std::move(refused));
      return call;
    }
    call.unpacked = *std::move(outcome);
    call.is_packed = true;
  }
  if (auto refused = refuse_path(call)) call.reply = Reply(*std::move(refused));
  return call;
}

std::optional<CentreService::Refused> CentreService::refuse_path(const Call& call) {
  const std::string_view path = call.request->path();
  const bool later = path == "/v1/rules" || path == "/v1/renew" || path == "/v1/retire";
  const bool known = path == "/v1/enrol" || path == "/v1/person" || path == "/v1/hold" || path == "/v1/sync" ||
                     path == "/v1/statement" || path == "/v1/epoch" || (later && *call.version >= 2);
  if (!known) return refuse(404, "unknown_path", "没有这个接口。", "There is no such path.");
  if (call.request->method != "POST") return refuse(405, "unknown_method", "只接受 POST。", "Only POST is answered.");
  if (call.body().size() > (path == "/v1/sync" ? protocol::sync_body_bytes_max : protocol::control_bytes_max)) {
    return refuse(413, "too_large", "消息超过上限。", "The message is over its limit.");
  }
  return std::nullopt;
}

// Only for a terminal that the ledger has spoken well of: nobody else costs more than what they sent.
Call CentreService::prepare(const http::Request& request, WallTime now) {
  Call call = read(request);
  if (call.reply || request.path() != "/v1/sync" || request.peer_name.empty()) return call;
  call.sync = SyncInHand{protocol::decode_sync_request(call.body(), *call.version), nullptr};
  if (call.sync->request.has_error() || call.sync->request->terminal != request.peer_name) return call;
  const protocol::SyncRequest& sync = *call.sync->request;
  const auto end = log_ends_.came(sync);
  if (!end || sync.entries.empty()) return call;
  EntriesInHand entries = read_entries(sync.from, sync.entries);
  key_names(sealing_, entries);
  seal_personal(sealing_, sync, now, entries);
  if (end->before) entries.followed = follow(*end->before, sync, end->raw, &end->key);
  call.sync->entries = std::make_shared<const EntriesInHand>(std::move(entries));
  return call;
}

void CentreService::book(Call& call, WallTime now) {
  if (call.reply) return;
  if (call.request->path() == "/v1/sync" && !call.sync) {
    call.sync = SyncInHand{protocol::decode_sync_request(call.body(), *call.version), nullptr};
  }
  call.reply = dispatch(call, now);
}

http::Response CentreService::finish(Call call) const {
  GONGJI_CHECK(call.reply.has_value());
  const http::Request& request = *call.request;
  Reply& reply = *call.reply;
  if (call.is_text) return http::Response::text(200, std::move(reply.body));
  if (reply.told) {
    protocol::SyncAnswer& answer = reply.told->answer;
    answer.feed.bytes =
        reply.told->grouped ? record::encode_grouped(reply.told->batch) : record::encode(reply.told->batch);
    answer.feed.signature = parts_.keys->sign(record::feed_tag, as_bytes(answer.feed.bytes));
    reply.body = protocol::encode(answer);
  }
  if (reply.refused && call.version) {
    spdlog::info("{} {}: {} {}", request.peer_name, request.path(), reply.refused->status, reply.refused->problem.code);
  }
  auto response = reply.refused ? http::Response::json(reply.refused->status, protocol::encode(reply.refused->problem))
                                : http::Response::json(200, std::move(reply.body));
  if (reply.refused && reply.refused->status == 503) response.headers.push_back({"Retry-After", "2"});
  response.headers.push_back({std::string(protocol::version_header),
                              call.version ? std::to_string(*call.version) : protocol::to_string(parts_.speaks)});
  const auto accepted = request.find("Accept-Encoding");
  if (response.body.size() > protocol::compress_above_bytes && accepted &&
      accepted->find("zstd") != std::string_view::npos) {
    response.body = protocol::compress(response.body);
    response.headers.push_back({"Content-Encoding", "zstd"});
  }
  return response;
}

}  // namespace gongji::centre
