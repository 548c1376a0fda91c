#include "offline/journal/new_run.h"

#include <array>

#include "offline/record/canonical.h"

namespace gongji::journal {

std::uint64_t new_run(Random& random) {
  std::array<std::uint8_t, 8> octets{};
  random.fill(octets);
  std::uint64_t number = 0;
  for (const std::uint8_t octet : octets) number = number << 8U | octet;
  return number % static_cast<std::uint64_t>(record::integer_max) + 1;
}

}  // namespace gongji::journal
