// law_texts.h — the texts behind a PackSet, byte for byte, for whoever must hand them on: a settlement can be computed
// again elsewhere only from the very text that decided it.
//
// Thread safety: values; any thread.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "offline/base/result.h"
#include "offline/packs/packs.h"

namespace gongji::packs {

struct LawText {
  enum class Kind : std::uint8_t { pack, supplement, signed_file };
  Kind kind = Kind::pack;
  std::string scheme;   // of the pack or supplement; "" of a signed file (signed_file.h)
  std::string origin;   // names it in messages: "wuhan-employee/2023-02-01.json"
  std::string text;     // the file's bytes
  std::string sources;  // of a pack: the sources.json beside it
  bool operator==(const LawText&) const = default;
};

std::vector<LawText> built_in_law_texts();
// The packs of a folder as PackSetBuilder::add_directory takes it.  Errors: unreadable, nothing_there, not_json.
Result<std::vector<LawText>> read_law_texts(const std::filesystem::path& directory);
// What the region's authority signed: every *.json of the folder.  Errors: unreadable.
Result<std::vector<LawText>> read_signed_texts(const std::filesystem::path& directory);
// A supplement, or a signed file.  Errors: unreadable, not_json.
Result<LawText> read_supplement_text(const std::filesystem::path& file);

// The set that these texts give; a later pack of the same name replaces an earlier one.  Whose key signed a file is not
// asked here: the digest of a sale's rules says whether they are those that decided it.  Errors as PackSetBuilder's.
Result<PackSet> packs_of(const std::vector<LawText>& texts, bool activate_reported);

}  // namespace gongji::packs
