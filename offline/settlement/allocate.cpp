// allocate.cpp — dividing a sum of fen over lines so that the column adds up exactly.
#include <algorithm>
#include <array>

#include "offline/base/check.h"
#include "offline/settlement/work.h"

namespace gongji::settlement {

void allocate(std::int64_t total, const std::int64_t* weights, std::size_t count, std::int64_t* shares) {
  GONGJI_CHECK(count <= lines_max && total >= 0);
  __extension__ using Wide = unsigned __int128;
  std::int64_t sum = 0;
  for (std::size_t i = 0; i < count; ++i) {
    GONGJI_CHECK(weights[i] >= 0 && !__builtin_add_overflow(sum, weights[i], &sum));
    shares[i] = 0;
  }
  if (total == 0) return;
  GONGJI_CHECK(sum > 0);
  if (total == sum) {
    std::copy(weights, weights + count, shares);
    return;
  }

  std::array<std::int64_t, lines_max> rest;
  std::int64_t left = total;
  const auto divisor = static_cast<std::uint64_t>(sum);
  for (std::size_t i = 0; i < count; ++i) {
    const Wide product = static_cast<Wide>(total) * static_cast<Wide>(weights[i]);
    std::uint64_t share = 0;
    if (product < (Wide{1} << 64)) {
      share = static_cast<std::uint64_t>(product) / divisor;
    } else {
      share = static_cast<std::uint64_t>(product / divisor);
    }
    shares[i] = static_cast<std::int64_t>(share);
    rest[i] = static_cast<std::int64_t>(static_cast<std::uint64_t>(product - static_cast<Wide>(share) * divisor));
    left -= shares[i];
  }
  if (left == 0) return;

  // Fewer fen are left than lines have a remainder, so nobody without one is reached.
  if (left < 8) {
    for (; left > 0; --left) {
      std::size_t largest = 0;
      for (std::size_t i = 1; i < count; ++i) {
        if (rest[i] > rest[largest]) largest = i;
      }
      ++shares[largest];
      rest[largest] = 0;
    }
    return;
  }
  std::array<std::uint16_t, lines_max> order;
  for (std::size_t i = 0; i < count; ++i) order[i] = static_cast<std::uint16_t>(i);
  // in no order among themselves: each gets one
  const auto behind = order.begin() + static_cast<std::ptrdiff_t>(left);
  std::nth_element(
      order.begin(), behind, order.begin() + static_cast<std::ptrdiff_t>(count),
      [&rest](std::uint16_t a, std::uint16_t b) { return rest[a] != rest[b] ? rest[a] > rest[b] : a < b; });
  for (auto line = order.begin(); line != behind; ++line) ++shares[*line];
}

}  // namespace gongji::settlement
