// run_seeds.h — the command line of gongji-sim.
#pragma once

#include <string>

#include "tests/sim/story.h"

namespace gongji::sim {

// "on", "off", or names with commas between them; false where a name is unknown.
bool read_faults(const std::string& text, Setting& setting);

// 0: everything held; 1: something broke, told with its seed and a shrunk story; 2: the command makes no sense.
int run_command(int count, char** arguments);

}  // namespace gongji::sim
