// queue.h — `gongji queue`: what is not sent yet, how old it is, how much money.  Reads the journal's public columns
// without keys; the daemon may run or not.
#pragma once

#include <iosfwd>

#include "offline/base/clock.h"
#include "offline/base/result.h"
#include "terminal/settings/config.h"

namespace gongji::terminal {

Result<void> print_queue(std::ostream& out, const Config& config, bool json, Language language, const Clock& clock);

}  // namespace gongji::terminal
