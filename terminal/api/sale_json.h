// sale_json.h — a sale or a paper as /api/v1 shows it.
#pragma once

#include <string>

#include "offline/journal/journal.h"
#include "offline/packs/pack_set.h"

namespace gongji::terminal {

// `entry` is a sale or a paper.  The trace is not stored: claim and pack give it again, where `packs` has the pack that
// the sale was settled by; otherwise the settlement stands without one.
std::string sale_json(const packs::PackSet& packs, const journal::StoredEntry& entry, bool replayed);

}  // namespace gongji::terminal
