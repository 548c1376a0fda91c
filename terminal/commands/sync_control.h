// sync_control.h — `gongji sync now|status|pause|resume`, through the running daemon.
#pragma once

#include <iosfwd>
#include <string>

#include "offline/base/result.h"
#include "terminal/settings/config.h"

namespace gongji::terminal {

// `action`: "status", "now", "pause", "resume"; `minutes` for a pause.  Prints the state behind it, or what the daemon
// says against it.  False where the daemon did not do it.  Errors: daemon_unreachable.
Result<bool> control_sync(std::ostream& out, const Config& config, const std::string& action, int minutes, bool json,
                          Language language);

}  // namespace gongji::terminal
