// sign_rules.h — an authority signs a supplement, a pack or an activation, but only one that loads.
#pragma once

#include <filesystem>
#include <vector>

#include "offline/base/result.h"
#include "offline/packs/signed_file.h"

namespace gongji::packs {

// `file` holds what is signed; a pack has its sources.json beside it.  It is loaded with the built-in packs and those
// of `folders` first: what is broken, or fits no pack, is not signed.  The signed file goes to `out`. Errors in order:
// those of PackSetBuilder, not_written.
Result<void> sign_rules(const seal::Sm2PrivateKey& key, SignedKind kind, const std::filesystem::path& file,
                        const std::vector<std::filesystem::path>& folders, const std::filesystem::path& out);

}  // namespace gongji::packs
