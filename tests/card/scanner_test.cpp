#include "card/scanner/scanner.h"

#include <fcntl.h>
#include <pty.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <condition_variable>
#include <deque>
#include <mutex>

#include "card/scanner/scan_framer.h"
#include "offline/base/bytes.h"

namespace gongji::card {
namespace {

using Kind = ScannerEvent::Kind;

constexpr SteadyTime start{1'000};
SteadyTime after(int ms) {
  return start.plus(std::chrono::milliseconds(ms));
}

std::vector<std::string> feed(ScanFramer& framer, std::string_view bytes, SteadyTime now) {
  std::vector<std::string> out;
  for (const Secret& frame : framer.feed(as_bytes(bytes), now)) out.push_back(frame.reveal());
  return out;
}

using Frames = std::vector<std::string>;

// Waits for events of a Scanner's thread, in order.
class Events {
 public:
  Scanner::Handler handler() {
    return [this](const ScannerEvent& event) {
      const std::lock_guard<std::mutex> lock(guard_);
      events_.push_back(event);
      came_.notify_all();
    };
  }
  // "plugged", "unplugged", the scanned text, or "(nothing)" after ten seconds.
  std::string next() {
    std::unique_lock<std::mutex> lock(guard_);
    if (!came_.wait_for(lock, std::chrono::seconds(10), [this] { return !events_.empty(); })) return "(nothing)";
    const ScannerEvent event = events_.front();
    events_.pop_front();
    if (event.kind == Kind::plugged) return "plugged";
    return event.kind == Kind::unplugged ? "unplugged" : event.text.reveal();
  }

 private:
  std::mutex guard_;
  std::condition_variable came_;
  std::deque<ScannerEvent> events_;
};

// A scanner made of a pseudo terminal; `path` is where the device node would be.
struct PretendDevice {
  PretendDevice() {
    char name[128] = {};
    REQUIRE(::openpty(&scanner, &line, name, nullptr, nullptr) == 0);
    path = name;
  }
  ~PretendDevice() { unplug(); }
  void unplug() {
    if (scanner >= 0) ::close(scanner);
    if (line >= 0) ::close(line);
    scanner = line = -1;
  }
  void scan(std::string_view bytes) const {
    REQUIRE(::write(scanner, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()));
  }
  int scanner = -1;
  int line = -1;
  std::string path;
};

}  // namespace

TEST_CASE("CR, LF and CRLF all end a code, and empty codes are nothing") {
  ScanFramer framer;
  CHECK(feed(framer, "one\rtwo\nthree\r\n\r\n\nfour\r", start) == Frames{"one", "two", "three", "four"});
  CHECK_FALSE(framer.expires());
}

TEST_CASE("fragments of one code are joined") {
  ScanFramer framer;
  CHECK(feed(framer, "690123", start).empty());
  CHECK(feed(framer, "4567892", after(199)).empty());
  CHECK(framer.expires() == after(399));
  CHECK(feed(framer, "\r", after(398)) == Frames{"6901234567892"});
  CHECK(framer.dropped() == 0);
}

TEST_CASE("a fragment without an end is dropped after 200 ms and does not become the front of the next code") {
  ScanFramer framer;
  CHECK(feed(framer, "42401", start).empty());
  CHECK(feed(framer, "", after(200)).empty());
  CHECK_FALSE(framer.expires());
  CHECK(framer.dropped() == 1);
  CHECK(feed(framer, "8", after(300)).empty());
  CHECK(feed(framer, "123\r", after(500)) == Frames{"123"});
  CHECK(framer.dropped() == 2);
}

TEST_CASE("a code of the greatest length passes, one more byte drops it to its end") {
  ScanFramer framer;
  const std::string longest(ScanFramer::frame_bytes_max, '7');
  CHECK(feed(framer, longest + "\r", start) == Frames{longest});
  CHECK(feed(framer, longest + "7", start).empty());
  CHECK(feed(framer, "7777\rgood\r", after(1)) == Frames{"good"});
  CHECK(framer.dropped() == 1);
}

TEST_CASE("a scanner on a serial line is read, unplugged and found again") {
  Events events;
  auto device = std::make_unique<PretendDevice>();
  std::mutex guard;
  std::string path = device->path;
  Scanner scanner(
      [&] {
        const std::lock_guard<std::mutex> lock(guard);
        return open_serial(path);
      },
      system_clock(), events.handler());
  REQUIRE(events.next() == "plugged");
  device->scan("4240123456789");
  device->scan("012345678420000\r\n");
  CHECK(events.next() == "4240123456789012345678420000");
  device->scan("6901234567892\r");
  CHECK(events.next() == "6901234567892");
  device->unplug();
  REQUIRE(events.next() == "unplugged");
  auto other = std::make_unique<PretendDevice>();
  {
    const std::lock_guard<std::mutex> lock(guard);
    path = other->path;
  }
  REQUIRE(events.next() == "plugged");
  other->scan("81000000000000000001\n");
  CHECK(events.next() == "81000000000000000001");
}

TEST_CASE("a scanner that is plugged in later is found then") {
  Events events;
  std::mutex guard;
  std::string path = "/nonexistent/scanner";
  int attempts = 0;
  std::condition_variable tried;
  Scanner scanner(
      [&] {
        const std::lock_guard<std::mutex> lock(guard);
        ++attempts;
        tried.notify_all();
        return open_serial(path);
      },
      system_clock(), events.handler());
  PretendDevice device;
  {
    std::unique_lock<std::mutex> lock(guard);
    REQUIRE(tried.wait_for(lock, std::chrono::seconds(10), [&] { return attempts >= 2; }));
    path = device.path;
  }
  CHECK(events.next() == "plugged");
}

TEST_CASE("what is no terminal is no scanner") {
  CHECK(open_serial("/dev/null") == -1);
  CHECK(open_serial("/nonexistent") == -1);
}

TEST_CASE("the line passes bytes as they are, without echo") {
  const PretendDevice device;
  const int line = open_serial(device.path);
  REQUIRE(line >= 0);
  device.scan(std::string("\x03\x04\r", 3));  // would be interrupt and end of file on a person's terminal
  char got[8] = {};
  ssize_t count = 0;
  for (int i = 0; i < 1000 && count <= 0; ++i) {
    count = ::read(line, got, sizeof got);
    if (count <= 0) ::usleep(1000);
  }
  CHECK(std::string(got, static_cast<std::size_t>(std::max<ssize_t>(count, 0))) == "\x03\x04\r");
  ::fcntl(device.scanner, F_SETFL, O_NONBLOCK);
  CHECK(::read(device.scanner, got, sizeof got) == -1);  // nothing came back
  ::close(line);
}

}  // namespace gongji::card
