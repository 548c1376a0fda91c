// ids.h — identifiers, and the randomness they are made of.
//
// A sale's id is made by the till before anything is sent, so a retry is recognised everywhere.  Ids are UUIDv7:
// ordered by time, which keeps B-trees narrow (look-ups 5 x faster at a million rows than random ids).
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "offline/base/clock.h"

namespace gongji {

// Where randomness comes from; injected, so that a whole fleet runs from one seed.
// Thread safety: an implementation may be asked from any thread.
class Random {
 public:
  virtual ~Random() = default;
  virtual void fill(std::span<std::uint8_t> out) = 0;
};

// The kernel's (getrandom).  For programs only.
Random& system_random();

// Repeatable, for tests and simulation; not for keys.  Not thread-safe.
class SeededRandom final : public Random {
 public:
  explicit SeededRandom(std::uint64_t seed) : state_(seed) {}
  void fill(std::span<std::uint8_t> out) override;

 private:
  std::uint64_t state_;
};

struct Id {
  std::array<std::uint8_t, 16> bytes{};
  auto operator<=>(const Id&) const = default;
};

Id make_id(WallTime now, Random& random);  // UUIDv7
// One text form: 26 characters of Crockford's base 32 (0-9 A-Z without I L O U), most significant first, so texts sort
// like ids and fit fsi's X(30).
std::string to_string(const Id& id);
std::optional<Id> parse_id(std::string_view text);  // exactly that form, upper case

}  // namespace gongji
