// samples.h — one of each message, always the same: what the published vectors are made from.
#pragma once

#include <string>
#include <vector>

#include "sync/protocol/messages.h"

namespace gongji::protocol::samples {

// A message as it travels: a control message is UTF-8 text, a sync request is frames.
struct Sample {
  std::string name;  // of its file: "sync_request"
  std::string body;
};

// Of version 1 of the protocol: what every peer that ever shipped understands.
std::vector<Sample> of_version_1();
// Of version 2: what came with it, or has members that it brought.
std::vector<Sample> of_version_2();
// Of version 3: entries in the compact form, and a feed with a run of verdicts.
std::vector<Sample> of_version_3();

// What they are made of.
inline const Id sale_id = *parse_id("01JD0000000000000000000001");
Bytes bytes_of(std::size_t count, std::uint8_t first);  // rising
record::Signed signed_text(std::string text);           // not a signature: a vector shows where its bytes stand
record::PayerShares shares(std::int64_t fund, std::int64_t account, std::int64_t family, std::int64_t cash);

SyncRequest sync_request();
SyncAnswer sync_answer();

}  // namespace gongji::protocol::samples
