// claim_check.h — what the reader of claims would say of a claim, without writing it as text.
//
// The engine trusts a claim only as its reader accepts it (claim_json.h).  Who has one as values, from bytes of its
// own, asks here.
#pragma once

#include "offline/settlement/claim.h"

namespace gongji::settlement {

// True exactly where ClaimReader accepts claim_to_json(claim); false too for what that function must not be given, a
// value without a name or below zero.  Pure; any thread.  Cost: one look at each member, no memory; a claim whose text
// may be longer than claim_text_bytes_max is written to find out.
bool is_readable(const Claim& claim);

}  // namespace gongji::settlement
