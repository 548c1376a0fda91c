// supplement.h — what comes beside a pack: a region's own parameters, and the activation of a reported version; inside
// this module only.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "offline/base/bytes.h"
#include "offline/packs/pack_file.h"

namespace gongji::packs {

inline constexpr std::size_t prefixes_max = 100;

struct Supplement {
  std::string scheme;
  std::string origin;                 // "supplement <file>"
  std::string digest;                 // hex, of the file's bytes (of the content where it is signed)
  std::vector<std::string> prefixes;  // for persons insured there; empty = in the whole scheme
  SourceList sources;
  std::vector<DatedRow> rows;

  bool holds_in(std::string_view place) const;
};

// A reported version decides from this day on, for persons insured in these places.
struct Activation {
  std::string pack, pack_digest;  // the version, and the very bytes, that were looked at
  std::string origin;
  Day first_day;
  std::vector<std::string> prefixes;
};

// Both throw Fault.
Supplement read_supplement(std::string_view text, std::string_view origin);
Activation read_activation(std::string_view text, std::string_view origin);

// The supplement's rows take the place of the pack's rows of the same id on the days of the supplement's; the pack's
// own hold on the others.  Faults: not_valid (another unit), conflict (two of them give one row for one day; a source
// of one name and another text).
void merge(PackFile& pack, const std::vector<const Supplement*>& supplements);

// Whether some pack of the supplement's scheme has each of its rows; otherwise a Fault, supplement_without_row.
void check_rows_exist(const Supplement& supplement, const std::vector<PackFile>& packs);

// What an answer of this day is computed from: the pack's own digest where no row of a supplement is in force,
// otherwise "sm3:" SM3("gongji.supplemented.v1" | the pack's digest | that of each such supplement, in ascending
// order).
std::string digest_on(const PackFile& pack, Day day);

}  // namespace gongji::packs
