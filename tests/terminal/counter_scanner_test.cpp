#include "terminal/checkout/counter_scanner.h"

#include <catch2/catch.hpp>

#include <pty.h>
#include <termios.h>
#include <unistd.h>

#include <atomic>
#include <thread>

using namespace gongji;
using namespace gongji::terminal;

namespace {

constexpr const char* voucher = "4240000000000000000000420000";

// A scanner on a pseudo terminal: what is written to `keys` is scanned.
struct Counter {
  Counter() {
    int slave = -1;
    REQUIRE(::openpty(&keys, &slave, nullptr, nullptr, nullptr) == 0);
    termios raw{};
    ::cfmakeraw(&raw);
    ::tcsetattr(slave, TCSANOW, &raw);
    device = slave;
    scanner.emplace([this] { return device.exchange(-1); }, clock);
  }
  ~Counter() {
    scanner.reset();
    ::close(keys);
  }
  void scan(const std::string& text) {
    const std::string frame = text + "\r";
    REQUIRE(::write(keys, frame.data(), frame.size()) == static_cast<ssize_t>(frame.size()));
  }
  bool seen() const {
    for (int i = 0; i < 5'000; ++i) {
      if (scanner->voucher()) return true;
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return false;
  }

  ManualClock clock{WallTime{1'800'000'000'000}};
  int keys = -1;
  std::atomic<int> device{-1};
  std::optional<CounterScanner> scanner;
};

}  // namespace

TEST_CASE("a scanned e-voucher is good for a minute, and for one sale") {
  Counter counter;
  CHECK_FALSE(counter.scanner->voucher());
  counter.scan("6901234567892");  // goods are not ours
  counter.scan(voucher);
  REQUIRE(counter.seen());
  CHECK(counter.scanner->voucher()->reveal() == voucher);
  counter.clock.advance(voucher_life - std::chrono::milliseconds(1));
  CHECK(counter.scanner->voucher());
  counter.clock.advance(std::chrono::milliseconds(1));
  CHECK_FALSE(counter.scanner->voucher());
  counter.scan(voucher);
  REQUIRE(counter.seen());
  counter.scanner->forget();
  CHECK_FALSE(counter.scanner->voucher());
}

TEST_CASE("a scanned offline voucher is taken like an e-voucher") {
  Counter counter;
  const std::string code = "20066456590942208" + std::string(272, '0');
  counter.scan(code);
  REQUIRE(counter.seen());
  CHECK(counter.scanner->voucher()->reveal() == code);
}
