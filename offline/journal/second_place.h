// second_place.h — what an operator may keep of a journal in a second place: a copy of it,
// and an anchor.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string_view>

#include "offline/base/result.h"

namespace gongji::journal {

struct Identity;

// A continuous copy of the journal on another disk.
struct SecondPlace {
  std::filesystem::path directory;  // must be there; each terminal and epoch has a folder of its own in it
  // A sale is answered when it is in both places; while the second place fails nothing is sold.  Otherwise the copy
  // follows behind, and the till goes on without it.
  bool before_answer = false;
};

struct SecondCopyState {
  bool configured = false;
  bool has_all = false;  // that was committed
  bool before_answer = false;
  std::optional<Trouble> problem;  // why nothing can be copied now
};

// Why a journal may be older than what was answered: nothing is promised on it until the centre has opened a new epoch.
// Numbers stand in the file.
enum class Doubt : std::uint8_t {
  none = 0,
  behind_anchor = 1,        // the anchor knows entries that are not here
  differs_from_anchor = 2,  // the anchor knows another entry under this number
  anchor_missing = 3,       // one was written, and is not where it should be
  anchor_unusable = 4,      // what is there is another till's, or was changed
  centre_differs = 5,       // the centre has had more of this log, or another one
};
std::string_view name_of(Doubt doubt);

struct AnchorState {
  bool configured = false;
  std::optional<std::uint64_t> written_seq;  // since the start
  std::optional<Trouble> problem;            // why none can be written now
};

// Where a terminal's copy lies.
std::filesystem::path copy_folder(const std::filesystem::path& directory, const Identity& identity);

}  // namespace gongji::journal
