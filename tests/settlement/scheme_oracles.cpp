#include "tests/settlement/scheme_oracles.h"

#include <string>

namespace gongji::testing {

using namespace settlement;

namespace {

__extension__ using Wide = __int128;

std::int64_t nearest(Wide numerator, Wide denominator) {
  const Wide down = numerator / denominator;
  return static_cast<std::int64_t>(2 * (numerator - down * denominator) >= denominator ? down + 1 : down);
}

std::int64_t before(const Claim& claim, const std::string& name) {
  for (const Counter& each : claim.ytd) {
    if (each.name == name) return each.value.in_fen();
  }
  return 0;
}

}  // namespace

std::optional<FundByHand> shanghai_by_hand(const Claim& claim, int level, std::int64_t rest) {
  FundByHand answer;
  const auto& person = claim.person;
  const bool retired = person.retired_on.has_value() ? claim.begntime.day >= *person.retired_on
                                                     : person.psn_type.rfind("12", 0) == 0 || person.psn_type == "1112";
  const bool early = retired && person.retired_on.has_value() && person.retired_on->year() <= 2000;
  const int threshold = !retired ? 500 : early ? 200 : 300;
  const std::int64_t missing = threshold * 100 - before(claim, "op.deductible");
  answer.deductible = missing <= 0 ? 0 : missing < rest ? missing : rest;
  rest -= answer.deductible;
  if (rest == 0) return answer;
  if (level > 3) return std::nullopt;
  const int percent = 85 - 5 * level + (retired ? 5 : 0) + (early ? 5 : 0);

  const std::int64_t due = nearest(static_cast<Wide>(rest) * percent, 100);
  const std::int64_t open = 61'000'000 - before(claim, "fund");
  answer.fund = open <= 0 ? 0 : open < due ? open : due;
  if (answer.fund == due) return answer;
  // `fund` at `percent` stands for fund * 100 / percent of cost; the rest of the cost at 80 %
  answer.additional = nearest((static_cast<Wide>(rest) * percent - static_cast<Wide>(answer.fund) * 100) * 80,
                              static_cast<Wide>(percent) * 100);
  return answer;
}

FundByHand suyu_by_hand(const Claim& claim, std::int64_t in_scope, std::int64_t class_b) {
  FundByHand answer;
  const Place place = *claim.visit.place;
  const std::int64_t threshold = place == Place::district ? 50'000 : place == Place::city ? 80'000 : 100'000;
  const int lower = place == Place::district ? 0 : place == Place::city ? 10 : 20;
  answer.deductible = in_scope < threshold ? in_scope : threshold;
  Wide sum = 0;  // fen x percent x in-scope cost
  for (std::int64_t fen = threshold + 1; fen <= in_scope; ++fen) {
    const int band = fen <= 500'000 ? 50 : fen <= 1'000'000 ? 55 : fen <= 3'000'000 ? 60 : 70;
    sum += static_cast<Wide>(band - lower) * (in_scope - class_b) + static_cast<Wide>(band - lower - 10) * class_b;
  }
  if (sum > 0) answer.fund = nearest(sum, static_cast<Wide>(100) * in_scope);
  const std::int64_t open = 4'000'000 - before(claim, "inpatient.fund");
  if (answer.fund > open) answer.fund = open > 0 ? open : 0;
  return answer;
}

}  // namespace gongji::testing
