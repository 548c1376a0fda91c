// gongji-sim — a fleet of tills in one process, thousands of worlds from their seeds (docs/SIMULATION.md).
#include <fmt/format.h>

#include "tests/sim/run_seeds.h"

int main(int count, char** arguments) {
  return gongji::sim::run_command(count, arguments);
}
