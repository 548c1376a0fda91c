#include "offline/base/clock.h"

#include <time.h>

namespace gongji {
namespace {

std::int64_t read_ms(clockid_t which) {
  timespec now{};
  ::clock_gettime(which, &now);
  return static_cast<std::int64_t>(now.tv_sec) * 1000 + now.tv_nsec / 1'000'000;
}

class SystemClock final : public Clock {
 public:
  WallTime wall() const override { return {read_ms(CLOCK_REALTIME)}; }
  SteadyTime steady() const override { return {read_ms(CLOCK_BOOTTIME)}; }
};

}  // namespace

const Clock& system_clock() {
  static const SystemClock clock;
  return clock;
}

}  // namespace gongji
