// kept_form.h — snapshots and grants in the compact form (compact.h), for whoever keeps them.
//
// What was signed is the canonical form, encode() of the same value: nothing else is read by decode_snapshot(), so it
// is had back byte for byte.  decode_… gives the troubles of entry.h's decode(). Pure; any thread.
#pragma once

#include <string>
#include <string_view>

#include "offline/record/grant.h"
#include "offline/record/snapshot.h"

namespace gongji::record {

std::string encode_compact(const Snapshot& snapshot);
Result<Snapshot> decode_compact_snapshot(std::string_view bytes);

std::string encode_compact(const Grant& grant);
Result<Grant> decode_compact_grant(std::string_view bytes);

}  // namespace gongji::record
