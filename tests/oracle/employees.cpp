// employees.cpp — Wuhan and Shanghai by hand.
#include "tests/oracle/sale.h"

namespace gongji::testing {

using namespace settlement;

void settle_wuhan(Sale& sale, const std::string& version) {
  const Claim& claim = sale.claim;
  const bool draft = version == "draft-2022", reported = version == "2023-04-10";
  sale.counters.try_emplace("op.deductible", 0);
  sale.counters.try_emplace("op.fund", 0);

  // where it is: 1 to 3 a level, 4 a pharmacy with an external prescription, 0 nowhere with a share
  int place = 0;
  bool first_parts = claim.site.designated;
  if (claim.site.designated && !sale.pharmacy()) {
    place = claim.site.dedc_hosp_lv <= 3 ? claim.site.dedc_hosp_lv : 0;
  } else if (claim.site.designated) {
    if (reported && sale.prescription()) {
      place = 4;
    } else if (draft && sale.prescription() && claim.visit.rx_hosp_lv.has_value()) {
      place = *claim.visit.rx_hosp_lv <= 3 ? *claim.visit.rx_hosp_lv : 0;
    } else {
      first_parts = false;
    }
  }
  const bool late = claim.visit.settled == Settled::late;
  if (draft && sale.elsewhere()) {  // 23, 24
    place = 0;
    first_parts = false;
  }
  if (draft && late) {
    const Day presented = claim.visit.presented_on.value_or(claim.begntime.day);
    const bool in_time = presented <= *Day::from_civil(claim.begntime.day.year() + 1, 3, 31);
    if (claim.visit.region != Region::filed || !in_time) {
      place = 0;
      first_parts = false;
    }
  }

  sale.split([&](const Line& line, std::int64_t rest) {
    if (!first_parts) return std::int64_t{0};
    if (draft) return Sale::own_first_part(line, rest);
    std::int64_t part = 0;
    if (sale.elsewhere()) part = (Fraction(rest) * Fraction::percent(10)).half_up();   // 17(2)
    const bool fixed = line.kind == LineKind::drug || line.kind == LineKind::service;  // 15, last paragraph
    if (fixed && line.chrgitm_lv == LineClass::b) {
      part += (Fraction(rest - part) * Fraction::percent(10)).half_up();
    } else if (!fixed) {
      part += Sale::own_first_part(line, rest - part);
    }
    return part;
  });
  std::int64_t rest = sale.in_scope_sum();
  if (place == 0 || rest == 0) return;

  if (late && !draft) Sale::not_in_pack();
  if (claim.visit.benefit.has_value() ? *claim.visit.benefit != "op" : claim.visit.med_type != "11") {
    Sale::not_in_pack();
  }
  const auto retired = is_retired_by_hand(claim, true);  // 7, draft 8
  if (!retired.has_value()) Sale::not_in_pack();

  if (!reported) rest = sale.take_deductible(rest, *retired ? 50'000 : 70'000, "op.deductible");
  if (rest == 0) return;
  static constexpr int own_share[] = {0, 20, 40, 50};  // percent, on-job
  Fraction ratio = Fraction(1) - Fraction::percent(own_share[place % 4]);
  if (reported) {
    static constexpr int on_job[] = {0, 85, 65, 55, 85}, old[] = {0, 90, 75, 65, 90};
    ratio = Fraction::percent(*retired ? old[place] : on_job[place]);
  } else if (*retired) {
    // a retired person bears 80 % of what an on-job person bears
    ratio = Fraction(1) - Fraction::percent(own_share[place]) * Fraction::percent(80);
  }
  sale.decided_by(ratio);
  const std::int64_t limit = !*retired ? 350'000 : reported ? 450'000 : 400'000;
  sale.fund = sale.within((Fraction(rest) * ratio).half_up(), limit, "op.fund");
  sale.counters["op.fund"] += sale.fund;
  sale.spread_fund({sale.in_scope.begin(), sale.in_scope.end()});
}

void settle_shanghai(Sale& sale, const std::string& version) {
  const Claim& claim = sale.claim;
  sale.counters.try_emplace("op.deductible", 0);
  sale.counters.try_emplace("fund", 0);

  int level = 0;
  if (claim.site.designated) {
    if (!sale.pharmacy()) level = claim.site.dedc_hosp_lv;
    if (sale.pharmacy() && sale.prescription()) level = claim.visit.rx_hosp_lv.value_or(0);
  }
  sale.split([&](const Line& line, std::int64_t rest) {
    return level == 0 ? std::int64_t{0} : Sale::own_first_part(line, rest);
  });
  const std::int64_t account_first = sale.pay_in_scope_first();
  std::int64_t rest = sale.in_scope_sum() - account_first;
  if (level == 0 || rest == 0) return;

  if (claim.visit.region == Region::temporary || claim.visit.settled == Settled::late) Sale::not_in_pack();
  const std::string& type = claim.visit.med_type;
  if (claim.visit.benefit.has_value() ? *claim.visit.benefit != "op" : type != "11" && type != "13") {
    Sale::not_in_pack();
  }
  const auto retired = is_retired_by_hand(claim, false);
  if (!retired.has_value()) Sale::not_in_pack();
  const bool by_2000 = *retired && claim.person.retired_on.has_value() && claim.person.retired_on->year() < 2001;

  rest = sale.take_deductible(rest, !*retired ? 50'000 : by_2000 ? 20'000 : 30'000, "op.deductible");
  if (rest == 0) return;
  Fraction ratio = 0;
  if (level <= 3) {
    static constexpr int table[][3] = {{80, 75, 70}, {85, 80, 75}, {90, 85, 80}};
    ratio = Fraction::percent(table[!*retired ? 0 : by_2000 ? 2 : 1][level - 1]);
  } else {
    ratio = Fraction::ppm(sale.open("ratio.unranked"));
  }
  sale.decided_by(ratio);
  const std::int64_t due = (Fraction(rest) * ratio).half_up();
  std::int64_t ceiling = version == "2023-07-01" ? 61'000'000 : version == "2024-07-01" ? 63'000'000 : 65'000'000;
  if (version == "2026-07-01") {
    const bool surely_within = sale.counters["fund"] + due <= 65'000'000;  // ceilings only rose
    if (due > 0 && (!surely_within || sale.figures.contains("ceiling"))) ceiling = sale.open("ceiling");
  }
  sale.fund = sale.within(due, ceiling, "fund");
  if (sale.fund < due) {
    const Fraction unused = Fraction(rest) - Fraction(sale.fund) / ratio;  // of the in-scope cost
    sale.additional = (unused * Fraction::percent(80)).half_up();
  }
  sale.counters["fund"] += sale.fund;
  std::vector<Fraction::Wide> weights;
  for (std::size_t i = 0; i < sale.in_scope.size(); ++i) weights.push_back(sale.in_scope[i] - sale.account_share[i]);
  sale.spread_fund(weights);
}

}  // namespace gongji::testing
