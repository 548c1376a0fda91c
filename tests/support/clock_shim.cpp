// clock_shim.cpp — a wrong wall clock for a process that does not know: loaded with LD_PRELOAD, it stands before the
// calls that ask for the time.
//
//   GONGJI_SHIM_CLOCK_S  the wall clock is off by so many seconds ("-1800"); without it nothing is changed
//
// Clocks that say how long something took are the machine's own.  It asks the kernel itself and keeps nothing: an
// allocator of the process's own may ask for the time before it, or anything else, is ready.
//
// Threads: any.
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

#include <cstdlib>
#include <ctime>

namespace {

// 0 until this library is ready; nobody is told a time before that.
long off_by_seconds = 0;

__attribute__((constructor)) void read_settings() {
  const char* text = std::getenv("GONGJI_SHIM_CLOCK_S");
  if (text != nullptr) off_by_seconds = std::strtol(text, nullptr, 10);
}

int ask(clockid_t clock, timespec* now) {
  const long failed = ::syscall(SYS_clock_gettime, clock, now);
  const bool is_wall = clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE;
  if (failed == 0 && is_wall) now->tv_sec += off_by_seconds;
  return static_cast<int>(failed);
}

}  // namespace

extern "C" {

int clock_gettime(clockid_t clock, timespec* now) noexcept {
  return ask(clock, now);
}

int gettimeofday(timeval* now, void* zone) noexcept {
  if (zone != nullptr) ::syscall(SYS_gettimeofday, nullptr, zone);
  timespec exact{};
  const int failed = ask(CLOCK_REALTIME, &exact);
  now->tv_sec = exact.tv_sec;
  now->tv_usec = exact.tv_nsec / 1000;
  return failed;
}

time_t time(time_t* now) noexcept {
  timespec exact{};
  (void)ask(CLOCK_REALTIME, &exact);
  if (now != nullptr) *now = exact.tv_sec;
  return exact.tv_sec;
}
}
