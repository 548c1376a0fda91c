#include "card/scanner/scanner.h"

#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/eventfd.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "card/scanner/scan_framer.h"
#include "offline/base/check.h"

namespace gongji::card {
namespace {

constexpr std::chrono::milliseconds back_off_first{100};
constexpr std::chrono::milliseconds back_off_max{2'000};

}  // namespace

int open_serial(const std::string& path) {
  const int device = ::open(path.c_str(), O_RDONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
  if (device < 0) return -1;
  termios settings{};
  if (::tcgetattr(device, &settings) != 0) {
    ::close(device);
    return -1;
  }
  ::cfmakeraw(&settings);
  settings.c_cflag |= CLOCAL | CREAD;
  settings.c_cc[VMIN] = 1;
  settings.c_cc[VTIME] = 0;
  if (::tcsetattr(device, TCSANOW, &settings) != 0) {
    ::close(device);
    return -1;
  }
  return device;
}

Scanner::Scanner(Opener open, const Clock& clock, Handler handler)
    : open_(std::move(open)), clock_(clock), handler_(std::move(handler)), stop_(::eventfd(0, EFD_CLOEXEC)) {
  GONGJI_CHECK(stop_ >= 0 && open_ && handler_);
  thread_ = std::thread([this] { run(); });
}

Scanner::~Scanner() {
  const std::uint64_t one = 1;
  GONGJI_CHECK(::write(stop_, &one, sizeof one) == static_cast<ssize_t>(sizeof one));
  thread_.join();
  ::close(stop_);
}

void Scanner::run() {
  std::chrono::milliseconds wait = back_off_first;
  while (true) {
    const int device = open_();
    if (device >= 0) {
      handler_({ScannerEvent::Kind::plugged, {}});
      const SteadyTime since = clock_.steady();
      serve(device);
      ::close(device);
      handler_({ScannerEvent::Kind::unplugged, {}});
      if (clock_.steady() - since >= back_off_max) wait = back_off_first;  // it worked for a while
    }
    pollfd stop{stop_, POLLIN, 0};
    if (::poll(&stop, 1, static_cast<int>(wait.count())) > 0) return;
    wait = std::min(back_off_max, wait * 2);
  }
}

// Until the device goes away or the scanner is to stop.
void Scanner::serve(int device) {
  ScanFramer framer;
  std::array<std::uint8_t, 256> buffer{};
  while (true) {
    std::array<pollfd, 2> waits{{{stop_, POLLIN, 0}, {device, POLLIN, 0}}};
    int timeout = -1;
    if (const std::optional<SteadyTime> at = framer.expires()) {
      timeout = static_cast<int>(std::max<std::int64_t>(0, (*at - clock_.steady()).count()));
    }
    const int ready = ::poll(waits.data(), waits.size(), timeout);
    if (ready < 0 && errno == EINTR) continue;
    if (ready < 0 || waits[0].revents != 0) break;
    std::size_t count = 0;
    if (waits[1].revents != 0) {
      const ssize_t got = ::read(device, buffer.data(), buffer.size());
      if (got < 0 && (errno == EINTR || errno == EAGAIN)) continue;
      if (got <= 0) break;
      count = static_cast<std::size_t>(got);
    }
    for (Secret& text : framer.feed({buffer.data(), count}, clock_.steady())) {
      handler_({ScannerEvent::Kind::scanned, std::move(text)});
    }
  }
  ::explicit_bzero(buffer.data(), buffer.size());
}

}  // namespace gongji::card
