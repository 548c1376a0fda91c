#include "tests/sim/virtual_time.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <map>
#include <utility>

#include "offline/base/check.h"

namespace gongji::sim {

namespace {

// Everybody's clocks begin some time after zero: a zero often means "never".
constexpr std::chrono::hours started{1};

microseconds the_time{0};
Alarm* offered = nullptr;
std::map<int, Alarm*>& alarms() {
  static std::map<int, Alarm*> all;
  return all;
}

}  // namespace

microseconds virtual_now() {
  return the_time;
}

void set_virtual_now(microseconds now) {
  the_time = now;
}

Alarm::Alarm() = default;

// The descriptor itself belongs to the event loop, which closes it.
Alarm::~Alarm() {
  if (offered == this) offered = nullptr;
  alarms().erase(descriptor_);
}

void Alarm::offer() {
  offered = this;
}

void Alarm::ring() {
  due_.reset();
  ringing_ = true;
}

int take_alarm() {
  GONGJI_CHECK_WHY(offered != nullptr, "an event loop outside of the simulated machines");
  Alarm* const alarm = std::exchange(offered, nullptr);
  alarm->descriptor_ = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  GONGJI_CHECK(alarm->descriptor_ >= 0);
  alarms()[alarm->descriptor_] = alarm;
  return alarm->descriptor_;
}

bool set_alarm(int descriptor, std::optional<microseconds> due) {
  const auto found = alarms().find(descriptor);
  if (found == alarms().end()) return false;
  found->second->ringing_ = false;
  found->second->due_ = due;
  return true;
}

bool watch_alarm(int descriptor, int loop, void* name) {
  const auto found = alarms().find(descriptor);
  if (found == alarms().end()) return false;
  found->second->loop_ = loop;
  found->second->name_ = name;
  return true;
}

bool is_ringing(int loop, void*& name) {
  for (const auto& [descriptor, alarm] : alarms()) {
    if (alarm->loop_ != loop || !alarm->ringing_) continue;
    name = alarm->name_;
    return true;
  }
  return false;
}

}  // namespace gongji::sim

// What the linker takes instead of the libraries' own.
namespace std::chrono::_V2 {

steady_clock::time_point steady_clock::now() noexcept {
  return time_point(gongji::sim::virtual_now() + gongji::sim::started);
}

system_clock::time_point system_clock::now() noexcept {
  return time_point(gongji::sim::virtual_now() + std::chrono::hours(24 * 365 * 56));
}

}  // namespace std::chrono::_V2

extern "C" {

int timerfd_create(clockid_t, int) noexcept {
  return gongji::sim::take_alarm();
}

int timerfd_settime(int descriptor, int flags, const itimerspec* wished, itimerspec*) noexcept {
  using namespace std::chrono;
  std::optional<microseconds> due;
  const auto span = seconds(wished->it_value.tv_sec) + nanoseconds(wished->it_value.tv_nsec);
  // Asio asks for "at once" as a moment long ago.
  const bool at_once = (flags & TFD_TIMER_ABSTIME) != 0;
  if (span != nanoseconds(0)) due = gongji::sim::virtual_now() + (at_once ? microseconds(0) : ceil<microseconds>(span));
  return gongji::sim::set_alarm(descriptor, due) ? 0 : -1;
}

int epoll_ctl(int loop, int operation, int descriptor, epoll_event* event) noexcept {
  if (operation == EPOLL_CTL_ADD) gongji::sim::watch_alarm(descriptor, loop, event->data.ptr);
  return static_cast<int>(::syscall(SYS_epoll_ctl, loop, operation, descriptor, event));
}

// A till has no descriptor but its alarm, so the kernel has nothing to tell; and nobody may sleep here.
int epoll_wait(int loop, epoll_event* events, int, int wait_ms) {
  GONGJI_CHECK_WHY(wait_ms == 0, "an event loop that waits for real time");
  void* name = nullptr;
  if (!gongji::sim::is_ringing(loop, name)) return 0;
  events[0].events = EPOLLIN;
  events[0].data.ptr = name;
  return 1;
}

}  // extern "C"
