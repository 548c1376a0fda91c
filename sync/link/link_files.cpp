// link_files.cpp — what the feed only tells of: files of rules, roots; and this till's next certificate.
#include <boost/asio/use_awaitable.hpp>

#include "offline/seal/sm3.h"
#include "sync/link/link_state.h"
#include "sync/link/troubles.h"

namespace gongji::link {

namespace asio = boost::asio;

namespace {
constexpr std::chrono::hours renew_pause{1};  // after a request that came to nothing
}

asio::awaitable<Result<void>> Link::State::take_files(const record::FeedBatch& feed) {
  for (const record::FeedItem& item : feed.items) {
    if (const auto* roots = std::get_if<record::RootsNotice>(&item)) {
      if (!options.take_roots(roots->roots_pem)) co_return trouble(troubles::not_kept, "roots");
      reload_tls();
      continue;
    }
    const auto* notice = std::get_if<record::RulesNotice>(&item);
    if (notice == nullptr || !options.rules) continue;
    const std::string name = "rules " + to_hex(notice->digest);
    if (notice->withdrawn) {
      if (!options.rules->drop(notice->digest)) co_return trouble(troubles::not_kept, name);
      continue;
    }
    if (options.rules->has(notice->digest)) continue;
    auto fetched_step = fetch_rules(*notice);
    auto fetched = co_await std::move(fetched_step);
    if (!fetched) co_return fetched.error();
    if (*fetched && !options.rules->take(notice->digest, **fetched)) co_return trouble(troubles::not_kept, name);
  }
  co_return Result<void>();
}

// In parts; absent where the centre does not have it any more.
asio::awaitable<Result<std::optional<std::string>>> Link::State::fetch_rules(record::RulesNotice notice) {
  std::string text;
  while (text.size() < notice.bytes) {
    protocol::RulesRequest request;
    request.digest = notice.digest;
    request.from = text.size();
    auto response_step = exchange(log, "/v1/rules", protocol::encode(request), options.sync_deadline);
    auto response = co_await std::move(response_step);
    if (!response) co_return response.error();
    if (response->status == 404) co_return std::optional<std::string>();
    if (response->status != 200) co_return refusal_of(*response, "rules");
    const auto answer = protocol::decode_rules_answer(response->body);
    if (!answer) co_return trouble(troubles::answer_unusable, answer.error().path, answer.error().detail);
    if (answer->total != notice.bytes || answer->part.empty()) co_return trouble(troubles::answer_unusable, "rules");
    text += as_text(answer->part);
  }
  if (seal::sm3(as_bytes(text)) != notice.digest) co_return trouble(troubles::answer_unusable, "rules", "digest");
  co_return std::optional(std::move(text));
}

void Link::State::reload_tls() {
  counter.reload_tls();
  log.reload_tls();
}

// What goes wrong here is tried again later; the present certificate is still good.
asio::awaitable<void> Link::State::renew(WallTime now) {
  if (version < 2 || clock.steady() < renew_not_before) co_return;
  const auto csr_pem = options.renewal_due(now);
  if (!csr_pem) co_return;
  renew_not_before = clock.steady().plus(renew_pause);
  auto response_step =
      exchange(log, "/v1/renew", protocol::encode(protocol::RenewRequest{*csr_pem}), options.sync_deadline);
  const auto response = co_await std::move(response_step);
  if (!response || response->status != 200) co_return;
  const auto answer = protocol::decode_renew_answer(response->body);
  if (answer && options.take_certificate(answer->certificate_pem)) reload_tls();
}

}  // namespace gongji::link
