// call.h — one call of a terminal on its way through the centre: what came, what was found out before it is booked, and
// what it is answered.  CentreService::prepare(), book() and finish() take it from one to the next.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "offline/record/verdict.h"
#include "sync/centre/entries_in_hand.h"
#include "sync/http/message.h"
#include "sync/protocol/messages.h"

namespace gongji::centre {

struct Refused {
  unsigned status = 0;
  protocol::Problem problem;
};

// A feed that is still to be signed and encoded.
struct Told {
  protocol::SyncAnswer answer;  // without its feed
  record::FeedBatch batch;
  bool grouped = false;
};

// Exactly one of the three: `refused`, `told`, or else `body`.
struct Reply {
  std::string body;
  std::optional<Refused> refused;
  std::optional<Told> told;
  Reply(std::string text) : body(std::move(text)) {}       // NOLINT(google-explicit-constructor)
  Reply(Refused refusal) : refused(std::move(refusal)) {}  // NOLINT(google-explicit-constructor)
  Reply(Told feed) : told(std::move(feed)) {}              // NOLINT(google-explicit-constructor)
};

struct SyncInHand {
  Result<protocol::SyncRequest> request;
  std::shared_ptr<const EntriesInHand> entries;  // nullptr: not looked at yet
};

struct Call {
  const http::Request* request = nullptr;  // outlives the call
  bool is_packed = false;
  std::string unpacked;                  // of a packed one
  std::optional<Reply> reply;            // there is nothing to book, or it is booked
  bool is_text = false;                  // the reply's body is no message of ours
  std::optional<std::uint32_t> version;  // that both speak
  std::optional<SyncInHand> sync;        // of /v1/sync

  const std::string& body() const { return is_packed ? unpacked : request->body; }
};

}  // namespace gongji::centre
