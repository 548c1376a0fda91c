// rule_packs.h — the packs of this till: those that are built in and what the region's authority signed.
#pragma once

#include "offline/base/result.h"
#include "offline/packs/packs.h"
#include "terminal/settings/config.h"

namespace gongji::terminal {

// `enrolled_authority` is the key that came with the enrolment; empty before it.
// Errors: those of packs::read_public_key and packs::PackSetBuilder.
Result<packs::PackSet> load_rule_packs(const Config& config, const Bytes& enrolled_authority);

}  // namespace gongji::terminal
