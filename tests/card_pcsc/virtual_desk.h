// virtual_desk.h — the virtual reader that toolchain/virtual-reader has started around this program.
#pragma once

#include <catch2/catch.hpp>
#include <cstdlib>
#include <memory>
#include <string>

#include "card/card_reader.h"
#include "card/pcsc/pcsc_transport.h"
#include "card/troubles.h"
#include "card/vcard/performance.h"
#include "tests/support/print_trouble.h"

namespace gongji::card::test {

inline constexpr char reader_prefix[] = "Virtual PCD";
inline constexpr std::chrono::milliseconds patience{10'000};  // the service needs 400 ms to notice; a busy machine more

inline vcard::Persons persons() {
  return vcard::load_persons(GONGJI_PERSONS).value();
}

inline TransportFactory pcsc() {
  return [] { return make_pcsc_transport({reader_prefix}, system_clock()); };
}

template <class T>
const TroubleText* trouble_of(const Result<T>& result) {
  return result ? nullptr : result.error().text;
}

// Each test begins with an empty reader and a well-behaved card program.
class VirtualDesk {
 public:
  VirtualDesk() {
    const char* folder = std::getenv("GONGJI_VIRTUAL_READER");
    if (folder == nullptr) FAIL("start this program with: toolchain/virtual-reader run - -- PROGRAM");
    folder_ = folder;
    for (const char* line : {"delay 0", "strict-t0 off", "read-all on", "mute off"}) tell(line);
    clear();
  }

  // Obeys, or the test ends.
  std::string tell(const std::string& line) {
    const std::string answer = vcard::conduct(folder_ + "/vcard.sock", line);
    INFO(line << " -> " << answer);
    REQUIRE(answer.starts_with("ok"));
    return answer;
  }

  // Takes the card out and waits until the service has noticed.
  void clear() {
    (void)vcard::conduct(folder_ + "/vcard.sock", "remove");
    wait_for_card(false);
  }

  // Puts a card in and waits until the service has noticed.
  void insert(const std::string& name) {
    tell("insert " + name);
    wait_for_card(true);
  }

  void wait_for_card(bool present) {
    const auto eyes = pcsc()();
    const SteadyTime until = system_clock().steady().plus(patience);
    while (system_clock().steady() < until) {
      const auto readers = eyes->wait_for_change(std::chrono::milliseconds(500));
      if (!readers || readers->empty()) continue;
      const bool any = std::any_of(readers->begin(), readers->end(), [](const ReaderState& r) { return r.present; });
      if (any == present) return;
    }
    FAIL("the service did not notice the card in time");
  }

  void crash_service() { script("crash"); }
  void recover_service() { script("recover"); }

 private:
  void script(const std::string& verb) {
    const std::string line = std::string(GONGJI_VIRTUAL_READER_SCRIPT) + " " + verb + " '" + folder_ + "'";
    REQUIRE(std::system(line.c_str()) == 0);
  }

  std::string folder_;
};

}  // namespace gongji::card::test
