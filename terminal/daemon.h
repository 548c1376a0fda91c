// daemon.h — puts the parts of gongjid together, serves, and ends cleanly.
//
// Threads: one for io (HTTP, the link, the checkout's coroutines), one writer (the journal), one for the card.
#pragma once

#include "offline/base/result.h"
#include "terminal/settings/config.h"

namespace gongji::terminal {

// Runs until SIGTERM or SIGINT.  Prints "gongjid ready on HOST:PORT" once requests are served.
// Errors: whatever keeps it from starting.
Result<void> run_daemon(const Config& config);

}  // namespace gongji::terminal
