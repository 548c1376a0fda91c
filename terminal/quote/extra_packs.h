// extra_packs.h — the built-in packs and what a command line adds to them.  Unlike a till, a command takes what is not
// signed, because its answers decide nothing; it says so.
#pragma once

#include <filesystem>
#include <iosfwd>
#include <vector>

#include "offline/base/result.h"
#include "offline/packs/packs.h"

namespace gongji::terminal {

struct ExtraPacks {
  std::vector<std::filesystem::path> folders;      // DIR/<scheme>/<version>.json, not signed
  std::vector<std::filesystem::path> supplements;  // supplements, or signed files of any kind
  std::vector<std::filesystem::path> authorities;  // public keys; with any, signed files must be signed by one of them
};

// Errors: those of packs::read_public_key and packs::PackSetBuilder; a wrong signature is always one.
Result<packs::PackSet> load_extra_packs(const ExtraPacks& extra, bool activate_reported);

// A line for each file that was not proven to be an authority's.
void note_unproven(std::ostream& err, const packs::PackSet& packs, bool authorities_known, Language language);

}  // namespace gongji::terminal
