// run_seeds.h — the command line of gongji-sim.
#pragma once

namespace gongji::sim {

// 0: everything held; 1: something broke, told with its seed and a shrunk story; 2: the command makes no sense.
int run_command(int count, char** arguments);

}  // namespace gongji::sim
