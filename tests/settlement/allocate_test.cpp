#include <rapidcheck/catch.h>

#include <catch2/catch.hpp>

#include "offline/settlement/work.h"
#include "tests/settlement/fairness.h"

using namespace gongji;
using namespace gongji::settlement;
using namespace gongji::testing;

namespace {

std::vector<std::int64_t> allocated(std::int64_t total, const std::vector<std::int64_t>& weights) {
  std::vector<std::int64_t> shares(weights.size(), -1);
  allocate(total, weights.data(), weights.size(), shares.data());
  return shares;
}

}  // namespace

TEST_CASE("a fen that does not divide goes to the largest remainder, and in a tie to the earlier line") {
  CHECK(allocated(1, {1, 1, 1}) == std::vector<std::int64_t>{1, 0, 0});
  CHECK(allocated(2, {1, 1, 1}) == std::vector<std::int64_t>{1, 1, 0});
  CHECK(allocated(5, {5, 10, 5}) == std::vector<std::int64_t>{1, 3, 1});
  CHECK(allocated(10, {3, 3, 4}) == std::vector<std::int64_t>{3, 3, 4});
  CHECK(allocated(0, {0, 0}) == std::vector<std::int64_t>{0, 0});
  CHECK(allocated(7, {0, 9, 0}) == std::vector<std::int64_t>{0, 7, 0});
}

TEST_CASE("every division is fair, with few lines and many, small amounts and the largest") {
  rc::prop("any weights", [] {
    const auto count = *rc::gen::inRange<std::size_t>(1, lines_max + 1);
    const auto most = *rc::gen::elementOf(std::vector<std::int64_t>{3, 100, 1'000'000, amount_max.in_fen()});
    const auto weights = *rc::gen::container<std::vector<std::int64_t>>(count, rc::gen::inRange<std::int64_t>(0, most));
    std::int64_t sum = 0;
    for (const std::int64_t weight : weights) sum += weight;
    const auto total = *rc::gen::inRange<std::int64_t>(0, sum + 1);
    const auto shares = allocated(total, weights);
    std::int64_t given = 0;
    for (std::size_t i = 0; i < count; ++i) {
      RC_ASSERT(shares[i] >= 0);
      RC_ASSERT(shares[i] <= weights[i]);
      given += shares[i];
    }
    RC_ASSERT(given == total);
    RC_ASSERT(is_fair(shares, weights));
  });
}

TEST_CASE("the judge of fairness notices an unfair division") {
  CHECK(is_fair({1, 0, 0}, {1, 1, 1}));
  CHECK_FALSE(is_fair({0, 1, 0}, {1, 1, 1}));
  CHECK_FALSE(is_fair({2, 0}, {1, 1}));
  CHECK_FALSE(is_fair({1, 2}, {5, 4}));
}

TEST_CASE("a share is rounded half up once, at every size") {
  CHECK(share_half_up(3337, 800'000) == 2670);
  CHECK(share_half_up(5, 100'000) == 1);
  CHECK(share_half_up(4, 100'000) == 0);
  CHECK(share_half_up(199'999'999'999'800, 500'000) == 99'999'999'999'900);
  CHECK(share_half_up(9'000'000'000'001, 500'000) == 4'500'000'000'001);
}
