// quote.h — `gongji quote`: claims as JSON Lines in, answers as JSON Lines out.
//
// It needs no daemon, card, database or network.  Answers come in the order of the claims; those whose claims have
// arrived are written before it waits for more, so that it can be used as a partner in a conversation.
// Memory does not grow with the number of lines; a line above 1 MiB gets an out_of_range answer and is skipped.
#pragma once

#include <filesystem>
#include <iosfwd>
#include <optional>
#include <vector>

#include "offline/base/result.h"

namespace gongji::terminal {

struct QuoteOptions {
  std::vector<std::filesystem::path> packs;        // folders, added to the built-in packs
  std::vector<std::filesystem::path> supplements;  // files, signed or not: `err` says which are not
  std::vector<std::filesystem::path> authorities;  // public keys: signed files must be signed by one of these
  bool trace = true;
  std::optional<Language> explain;
  bool activate_reported = false;
};

// Exit status: 0 every line was answered, 1 a line was unusable or the output could not be written, 2 the packs or
// supplements cannot be loaded (then `err` says why and nothing was answered).
int run_quote(const QuoteOptions& options, int in_fd, int out_fd, std::ostream& err);

}  // namespace gongji::terminal
