#include "tests/settlement/fairness.h"

namespace gongji::testing {

namespace {

__extension__ using Wide = __int128;

}  // namespace

bool is_fair(const std::vector<std::int64_t>& shares, const std::vector<std::int64_t>& weights) {
  Wide total = 0, sum = 0;
  for (const std::int64_t share : shares) total += share;
  for (const std::int64_t weight : weights) sum += weight;
  if (sum == 0) return total == 0;
  Wide least_up = -1, most_down = -1;
  std::size_t last_up = 0, first_down = 0;
  for (std::size_t i = 0; i < shares.size(); ++i) {
    const Wide quota = total * weights[i];  // in sum-ths of a fen
    const Wide share = static_cast<Wide>(shares[i]) * sum;
    if (share > quota + sum - 1 || share < quota - (sum - 1)) return false;  // off by a fen or more
    const Wide remainder = quota % sum;
    if (remainder == 0) {
      if (share != quota) return false;
      continue;
    }
    if (share > quota) {
      if (least_up < 0 || remainder <= least_up) {
        least_up = remainder;
        last_up = i;
      }
    } else if (remainder > most_down) {
      most_down = remainder;
      first_down = i;
    }
  }
  if (least_up < 0 || most_down < 0) return true;
  return least_up > most_down || (least_up == most_down && last_up < first_down);
}

}  // namespace gongji::testing
