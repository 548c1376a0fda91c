// clock.h — `now` is an argument.
//
// Wall time (what people write on receipts; may jump) and steady time (what deadlines count; never goes back) are
// different types.  Only programs ask a real clock; everything below them is handed a time or a Clock.
#pragma once

#include <chrono>
#include <cstdint>

namespace gongji {

// Milliseconds since 1970-01-01T00:00:00Z.
struct WallTime {
  std::int64_t ms = 0;
  constexpr auto operator<=>(const WallTime&) const = default;
  constexpr WallTime plus(std::chrono::milliseconds span) const { return {ms + span.count()}; }
};
constexpr std::chrono::milliseconds operator-(WallTime a, WallTime b) {
  return std::chrono::milliseconds(a.ms - b.ms);
}

// Milliseconds since some moment before this process began; counts through suspend (CLOCK_BOOTTIME).
struct SteadyTime {
  std::int64_t ms = 0;
  constexpr auto operator<=>(const SteadyTime&) const = default;
  constexpr SteadyTime plus(std::chrono::milliseconds span) const { return {ms + span.count()}; }
};
constexpr std::chrono::milliseconds operator-(SteadyTime a, SteadyTime b) {
  return std::chrono::milliseconds(a.ms - b.ms);
}

// Thread safety: implementations may be asked from any thread.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual WallTime wall() const = 0;
  virtual SteadyTime steady() const = 0;
};

// The machine's clocks.  For programs only.
const Clock& system_clock();

// A clock that stands still until told otherwise.  For tests and simulation.
class ManualClock final : public Clock {
 public:
  explicit ManualClock(WallTime wall) : wall_(wall) {}
  WallTime wall() const override { return wall_; }
  SteadyTime steady() const override { return steady_; }
  void advance(std::chrono::milliseconds span) {
    wall_ = wall_.plus(span);
    steady_ = steady_.plus(span);
  }
  void set_wall(WallTime wall) { wall_ = wall; }  // a person turns the clock; steady time does not notice

 private:
  WallTime wall_;
  SteadyTime steady_{1'000};
};

}  // namespace gongji
