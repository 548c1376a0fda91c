// claim_draft.h — from what a till's software sends to a claim that waits for its person.
//
// A draft has visit, lines and time; site, person, counters and accounts are filled in by the checkout from the signed
// terms and the snapshot, whatever the sender believes about them.
#pragma once

#include <nlohmann/json.hpp>

#include "offline/base/result.h"
#include "terminal/checkout/sale.h"

namespace gongji::terminal {

// Reads `partial` (members of a claim of `gongji quote`, every number as text) into a claim; members that the checkout
// fills in may be absent.  Errors: member_invalid with the path below `path`, in the words of claim_json.h.
Result<settlement::Claim> draft_claim(nlohmann::json partial, std::string_view path);

// Body of POST /api/v1/sales: {"credential", "opter", "claim"}.  Fills all but `draft.key`.
Result<void> draft_from_api(const nlohmann::json& body, const std::string& key, SaleDraft& draft);

// {"read":"card"}, {"read":"voucher"} or {"mdtrt_cert_type","mdtrt_cert_no","card_sn"}.
Result<Credential> credential_from_json(const nlohmann::json& value, std::string_view path);

}  // namespace gongji::terminal
