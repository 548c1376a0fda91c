#include "terminal/commands/bring_in.h"

#include "offline/journal/earlier.h"
#include "offline/seal/key_store.h"
#include "sync/http/client.h"
#include "sync/link/troubles.h"
#include "sync/protocol/messages.h"
#include "terminal/settings/identity.h"
#include "terminal/settings/link_options.h"
#include "terminal/troubles.h"

namespace gongji::terminal {
namespace {

constexpr std::chrono::milliseconds sync_deadline{30'000};

Result<record::FeedBatch> send(const Config& config, const TerminalIdentity& identity,
                               const protocol::SyncRequest& request, std::uint64_t& acknowledged_seq) {
  const http::Request wire = centre_request("/v1/sync", protocol::encode(request));
  const auto response = http::call_and_wait(client_options(config), wire, sync_deadline);
  if (!response) return response.error();
  if (response->status != 200) {
    const auto problem = protocol::decode_problem(response->body);
    return trouble(link::troubles::refused, {}, problem ? problem->code : std::to_string(response->status));
  }
  const auto answer = protocol::decode_sync_answer(response->body);
  if (!answer) return answer.error();
  if (!record::verify(identity.centre_public_key, record::feed_tag, answer->feed)) {
    return trouble(link::troubles::signature_wrong, "feed");
  }
  acknowledged_seq = answer->acknowledged_seq;
  return record::decode_feed(answer->feed.bytes);
}

}  // namespace

Result<BroughtIn> bring_in(const Config& config, std::uint32_t epoch) {
  const auto identity = load_identity(config);
  if (!identity) return identity.error();
  const auto file = journal::earlier_file(config.journal_file(), epoch);
  if (epoch >= identity->epoch || !std::filesystem::exists(file)) {
    return trouble(troubles::earlier_epoch_absent, file.string());
  }
  auto keys = seal::KeyStore::open(config.keys_directory(), system_random());
  if (!keys) return keys.error();
  auto journal = journal::Journal::open(file, {identity->terminal, epoch}, std::move(*keys), system_random());
  if (!journal) return journal.error();

  BroughtIn done;
  while (true) {
    auto stretch = (*journal)->unsent(protocol::sync_entries_max, protocol::sync_bytes_max);
    if (!stretch) return stretch.error();
    if (stretch->entries.empty()) {
      done.acknowledged_seq = stretch->head_seq;
      return done;
    }
    protocol::SyncRequest request;
    request.terminal = identity->terminal;
    request.epoch = epoch;
    request.from = stretch->from;
    request.head_hash = stretch->head_hash;
    request.head_signature = stretch->head_signature;
    request.run = (*journal)->run();
    request.entries = std::move(stretch->entries);
    std::uint64_t acknowledged_seq = 0;
    const auto batch = send(config, *identity, request, acknowledged_seq);
    if (!batch) return batch.error();
    if (acknowledged_seq < request.from) return trouble(link::troubles::answer_unusable, "acknowledged_seq");
    if (auto kept = (*journal)->acknowledge(acknowledged_seq, batch->centre_time); !kept) return kept.error();
    done.sent += request.entries.size();
  }
}

}  // namespace gongji::terminal
