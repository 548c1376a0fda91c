// ask_daemon.h — one request to the daemon of this machine, as its configuration says.
#pragma once

#include <chrono>
#include <nlohmann/json.hpp>
#include <string>

#include "offline/base/result.h"
#include "terminal/settings/config.h"

namespace gongji::terminal {

struct DaemonAnswer {
  unsigned status = 0;
  nlohmann::json body;
};

// `body` "" asks with GET, anything else is posted.  Blocks the calling thread.
// Errors: daemon_unreachable.
Result<DaemonAnswer> ask_daemon(const Config& config, const std::string& path, const std::string& body,
                                std::chrono::milliseconds deadline);

}  // namespace gongji::terminal
