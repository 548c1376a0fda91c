// bring_in.h — `gongji journal bring-in`: entries of an earlier epoch that the centre has not had, after they were put
// back (gongji audit rebuild --epoch).  The daemon may run.
#pragma once

#include <cstdint>

#include "offline/base/result.h"
#include "terminal/settings/config.h"

namespace gongji::terminal {

struct BroughtIn {
  std::uint64_t sent = 0;
  std::uint64_t acknowledged_seq = 0;  // of that epoch
};

// Errors in order: not_enrolled, earlier_epoch_absent, of the journal, of the line, refused (late_log_differs: the log
// does not continue what the centre has), signature wrong.
Result<BroughtIn> bring_in(const Config& config, std::uint32_t epoch);

}  // namespace gongji::terminal
