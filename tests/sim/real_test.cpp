// Worlds with the product's own SM2, SM3, AES and zstd, where the other programs of the simulator have stand-ins
// (docs/SIMULATION.md): what those leave out meets the same faults here.
#include <catch2/catch.hpp>

#include "offline/seal/sm3.h"
#include "tests/sim/children.h"

namespace gongji::sim {

TEST_CASE("a few small fleets hold with real signatures, digests, ciphers and compression, too") {
  REQUIRE(to_hex(seal::sm3(as_bytes("abc"))) == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0");
  Outcome all;
  std::uint64_t next = 1;
  run_in_children(
      2,
      [&](Given& given) {
        Setting setting;
        setting.seed = next;
        setting.tills = 3;
        setting.days = 2;
        given.story = make_story(setting);
        return next++ <= 6;
      },
      [&](const Given& given, const Outcome& outcome) {
        INFO("seed " << given.story.setting.seed);
        CHECK(outcome.broken == "");
        all.heard += outcome.heard;
        all.faults += outcome.faults;
      });
  // A run that never reaches a case shows nothing about it.
  CHECK(all.heard.on_hold > 0);
  CHECK(all.heard.taken_back > 0);
  for (const Fault fault : {Fault::message_twice, Fault::line_down, Fault::process_death, Fault::power_cut}) {
    INFO(name_of(fault));
    CHECK(all.faults.of[static_cast<std::size_t>(fault)] > 0);
  }
}

}  // namespace gongji::sim
