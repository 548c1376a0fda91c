// queue.h — `gongji queue`: what is not sent yet, how old it is, how much money; what is promised of the last `days`
// days (1..31), by state; and how much this till may still promise without the line.  Reads the journal's public
// columns without keys; the daemon may run or not.
#pragma once

#include <iosfwd>

#include "offline/base/clock.h"
#include "offline/base/result.h"
#include "terminal/settings/config.h"

namespace gongji::terminal {

Result<void> print_queue(std::ostream& out, const Config& config, bool json, int days, Language language,
                         const Clock& clock);

}  // namespace gongji::terminal
