#include "tests/settlement/oracle.h"

namespace gongji::testing {

using namespace settlement;

namespace {

__extension__ using Wide = __int128;

// half up, by the schoolbook: add half of the divisor, drop the rest
std::int64_t rounded(Wide numerator, Wide denominator) {
  return static_cast<std::int64_t>((2 * numerator + denominator) / (2 * denominator));
}

bool starts(const std::string& text, const char* with) {
  return text.rfind(with, 0) == 0;
}

std::int64_t counter(const Claim& claim, const char* name) {
  for (const Counter& each : claim.ytd) {
    if (each.name == name) return each.value.in_fen();
  }
  return 0;
}

// Article 7: from the month after the formalities.
bool retired(const Claim& claim) {
  if (claim.person.retired_on.has_value()) {
    const Day on = *claim.person.retired_on;
    const Day now = claim.begntime.day;
    return now.year() * 12 + now.month() > on.year() * 12 + on.month();
  }
  return starts(claim.person.psn_type, "12") || starts(claim.person.psn_type, "1112");
}

bool category_known(const Claim& claim) {
  return claim.person.retired_on.has_value() || starts(claim.person.psn_type, "11") ||
         starts(claim.person.psn_type, "12");
}

}  // namespace

OracleAnswer wuhan_by_hand(const Claim& claim) {
  OracleAnswer answer;
  answer.counter_deductible = counter(claim, "op.deductible");
  answer.counter_fund = counter(claim, "op.fund");

  const bool pharmacy = claim.site.fixmedins_type == 2;
  if (!claim.site.designated && claim.acct_used_flag != AccountUse::none) {
    answer.refused = RefusalCode::site_not_designated;
    return answer;
  }
  const Day today = claim.begntime.day;
  if ((claim.person.entitled_from.has_value() && today < *claim.person.entitled_from) ||
      (claim.person.entitled_to.has_value() && *claim.person.entitled_to < today)) {
    answer.refused = RefusalCode::waiting_period;
    return answer;
  }

  const bool first_parts = claim.site.designated && !pharmacy;
  const bool elsewhere = claim.visit.region == Region::referred || claim.visit.region == Region::temporary;
  for (const Line& line : claim.lines) {
    const std::int64_t amount = line.det_item_fee_sumamt.in_fen();
    answer.medfee += amount;
    const bool never = line.kind == LineKind::other || line.excluded;
    answer.account_may_pay.push_back(!never && !(pharmacy && line.kind == LineKind::service));
    if (never || line.chrgitm_lv == LineClass::c) {
      answer.own_cost += amount;
      answer.line_in_scope.push_back(0);
      continue;
    }
    std::int64_t rest = amount;
    if (line.pric_uplmt_amt.has_value()) {
      const std::int64_t most =
          rounded(static_cast<Wide>(line.pric_uplmt_amt->millionths) * line.cnt.ten_thousandths, 100'000'000);
      if (rest > most) {
        answer.over_limit += rest - most;
        rest = most;
      }
    }
    if (first_parts && elsewhere) {
      const std::int64_t part = rounded(rest, 10);
      answer.first_part += part;
      rest -= part;
    }
    if (first_parts && line.chrgitm_lv == LineClass::b) {
      std::int64_t part = 0;
      if (line.kind == LineKind::drug || line.kind == LineKind::service) {
        part = rounded(rest, 10);
      } else if (line.selfpay_prop.has_value()) {
        part = rounded(static_cast<Wide>(rest) * line.selfpay_prop->in_ppm(), 1'000'000);
      }
      answer.first_part += part;
      rest -= part;
    }
    answer.in_scope += rest;
    answer.line_in_scope.push_back(rest);
  }

  const bool ranked = claim.site.dedc_hosp_lv >= 1 && claim.site.dedc_hosp_lv <= 3;
  const bool fund_possible = claim.site.designated && !pharmacy && ranked && answer.in_scope > 0;
  if (fund_possible) {
    if (claim.visit.settled == Settled::late || claim.visit.med_type != "11" || !category_known(claim)) {
      answer.refused = RefusalCode::benefit_not_in_pack;
      return answer;
    }
    const bool old = retired(claim);
    std::int64_t rest = answer.in_scope;
    // Article 14, fen by fen would be the law's own way; the smaller of two is the same
    const std::int64_t threshold = old ? 50'000 : 70'000;
    while (answer.counter_deductible < threshold && rest > 0) {
      const std::int64_t gap = threshold - answer.counter_deductible;
      const std::int64_t step = gap < rest ? gap : rest;
      answer.counter_deductible += step;
      answer.deductible += step;
      rest -= step;
    }
    // Article 15: the person's own percentage, the fund the rest
    const std::int64_t own_percent[2][4] = {{0, 20, 40, 50}, {0, 16, 32, 40}};
    const std::int64_t percent = 100 - own_percent[old ? 1 : 0][claim.site.dedc_hosp_lv];
    const std::int64_t due = rounded(static_cast<Wide>(rest) * percent, 100);
    const std::int64_t limit = old ? 400'000 : 350'000;
    for (std::int64_t unit = 1'000'000'000; unit > 0; unit /= 10) {
      while (answer.fund + unit <= due && answer.counter_fund + unit <= limit) {
        answer.fund += unit;
        answer.counter_fund += unit;
      }
    }
  }

  // What accounts may pay of each line is what the fund leaves of it; the sum over payable lines is all that matters
  // for the totals, and the fund's part of those lines is found by the caller from the engine's column.
  answer.cash = answer.medfee - answer.fund;
  return answer;
}

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
