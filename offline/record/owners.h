// owners.h — whose account paid, without saying who: "self", "family-1", "family-2", …
//
// Numbers follow the first appearance of an owner in claim.accounts, then in settlement.accounts.  The personal part
// lists the owners in that order.  Also for whoever puts owners back from another source than the personal part (an
// entry that came back from its receipt).
#pragma once

#include <string>
#include <vector>

#include "offline/settlement/claim.h"
#include "offline/settlement/settlement.h"

namespace gongji::record {

// The owners other than "self", each once, in the order of their numbers.  `settled` may be null.
std::vector<std::string> family_of(const settlement::Claim& claim, const settlement::Settlement* settled);

std::string public_owner(const std::string& owner, const std::vector<std::string>& family);

// Puts the owners back.  False where a name is not of this family; what was changed until then stays.
bool restore_owners(settlement::Claim& claim, settlement::Settlement* settled, const std::vector<std::string>& family);

}  // namespace gongji::record
