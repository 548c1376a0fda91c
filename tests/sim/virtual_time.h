// virtual_time.h — the only time that a simulated world has.
//
// virtual_time.cpp defines std::chrono's clocks and the timers of Asio's event loop (timerfd, and epoll's waits for
// them) anew for the program that it is linked into.  So whatever the product asks, by whatever road, it gets virtual
// time: a wait of an hour costs nothing, and nothing depends on how busy this machine is.  clock_gettime stays real,
// for measuring the simulator.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

namespace gongji::sim {

using std::chrono::microseconds;
using std::chrono::milliseconds;

// Since the world began.
microseconds virtual_now();
void set_virtual_now(microseconds now);

// The timer of one event loop, while this is the one that a new io_context takes.  One event loop has one.
class Alarm {
 public:
  Alarm();
  ~Alarm();
  Alarm(const Alarm&) = delete;
  Alarm& operator=(const Alarm&) = delete;

  // Makes this the one that the next io_context takes for its own.
  void offer();
  std::optional<microseconds> due() const { return due_; }
  // Wakes its event loop: poll it then.
  void ring();

 private:
  friend int take_alarm();
  friend bool set_alarm(int descriptor, std::optional<microseconds> due);
  friend bool watch_alarm(int descriptor, int loop, void* name);
  friend bool is_ringing(int loop, void*& name);

  int descriptor_ = -1;
  int loop_ = -1;         // the epoll descriptor that waits for it, and
  void* name_ = nullptr;  // what that calls it
  bool ringing_ = false;
  std::optional<microseconds> due_;
};

}  // namespace gongji::sim
