// retire.h — `gongji retire`: the end of a terminal.
//
// In this order, so that a crash or a fallen line between any two steps loses nothing: everything is sent and every
// verdict fetched; the centre is told, frees what it had set aside and refuses this terminal from then on; a mark is
// written; the keys are destroyed.  The journal stays, as evidence: its chain still verifies, and what it says of
// persons cannot be opened by anybody any more.  Run again, it goes on where it was cut short.
#pragma once

#include <cstdint>
#include <string>

#include "offline/base/clock.h"
#include "offline/base/ids.h"
#include "offline/base/result.h"
#include "terminal/settings/config.h"

namespace gongji::terminal {

struct Retired {
  std::string terminal;
  std::uint64_t acknowledged_seq = 0;  // as far as the centre has the log
  std::uint64_t given_up = 0;          // entries that it does not have; only where forced
  bool centre_told = false;
  std::uint64_t grants = 0, holds = 0;  // that the centre freed
  std::size_t files_destroyed = 0;
};

// The daemon must be stopped.  `force`: entries that cannot be sent are given up, and a centre that cannot be told is
// left to its operator.
// Errors in order: not_enrolled, daemon_runs, of keys and journal, unsent_left, centre_not_told, of files, keys_left.
Result<Retired> retire(const Config& config, bool force, const Clock& clock, Random& random);

}  // namespace gongji::terminal
