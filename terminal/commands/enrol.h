// enrol.h — `gongji enrol`: makes this terminal's keys, and registers them with the centre by a one-time code.
//
// The code carries the SM3 fingerprint of the centre's CA, so the very first connection is already authenticated.
#pragma once

#include <iosfwd>
#include <string>

#include "offline/base/result.h"
#include "terminal/settings/config.h"

namespace gongji::terminal {

// Writes keys/, tls/{key,certificate,ca}.pem and, last, identity.json: without that file the terminal is not enrolled.
// Errors: already_enrolled, code_invalid, trouble of the wire, enrol_refused.
Result<std::string> enrol(const Config& config, std::string_view code);  // the terminal's name

}  // namespace gongji::terminal
