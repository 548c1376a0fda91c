// residents.cpp — Shanxi, Suyu and Zaozhuang by hand.
#include <algorithm>

#include "tests/oracle/sale.h"

namespace gongji::testing {

using namespace settlement;

namespace {

bool local_or_filed(const Claim& claim) {
  return claim.visit.region != Region::temporary && claim.visit.settled == Settled::direct;
}

}  // namespace

void settle_shanxi(Sale& sale) {
  const Claim& claim = sale.claim;
  for (const char* name : {"op.fund", "op.day_fund", "two_disease.deductible"}) sale.counters.try_emplace(name, 0);
  sale.split([](const Line&, std::int64_t) { return std::int64_t{0}; });
  std::int64_t rest = sale.in_scope_sum();
  bool possible = claim.site.designated && !sale.pharmacy();
  if (claim.site.designated && sale.pharmacy()) {  // special drugs are the same in hospital and pharmacy
    possible = claim.site.dual_channel && sale.prescription() && claim.visit.med_type == "18" &&
               claim.visit.rx_hosp_lv.has_value();
  }
  if (!possible || rest == 0) return;

  const std::string& type = claim.visit.med_type;
  std::string benefit = type == "11" ? "op" : type == "9901" ? "two_disease" : "";
  if (type == "14") benefit = "chronic";
  if (type == "18") benefit = "special_drug";
  if (claim.visit.benefit.has_value()) benefit = *claim.visit.benefit;
  const Day today = claim.begntime.day;
  if (benefit == "chronic" && today < *Day::from_civil(2021, 4, 1)) benefit = "";
  if (!local_or_filed(claim)) Sale::not_in_pack();

  const std::vector<Fraction::Wide> even(sale.in_scope.begin(), sale.in_scope.end());
  if (benefit == "op") {
    std::int64_t by_class[2] = {0, 0};
    std::vector<Fraction::Wide> weights;
    for (std::size_t i = 0; i < claim.lines.size(); ++i) {
      const bool b = claim.lines[i].chrgitm_lv == LineClass::b;
      by_class[b ? 1 : 0] += sale.in_scope[i];
      weights.push_back(static_cast<Fraction::Wide>(sale.in_scope[i]) * (b ? 50 : 60));
    }
    std::int64_t due = 0;
    for (const int b : {0, 1}) {
      if (by_class[b] == 0) continue;
      const Fraction ratio = Fraction::percent(b == 0 ? 60 : 50);
      sale.decided_by(ratio);
      due += (Fraction(by_class[b]) * ratio).half_up();
    }
    sale.fund = sale.within(sale.within(due, 5'000, "op.day_fund"), 20'000, "op.fund");
    sale.counters["op.day_fund"] += sale.fund;
    sale.counters["op.fund"] += sale.fund;
    sale.spread_fund(weights);
  } else if (benefit == "two_disease") {
    const bool lowered = today >= *Day::from_civil(2021, 3, 1);
    rest = sale.take_deductible(rest, lowered ? 3'000 : 6'000, "two_disease.deductible");
    if (rest == 0) return;
    const Fraction ratio = Fraction::ppm(sale.open("two_disease.ratio"));
    sale.decided_by(ratio);
    const std::int64_t due = (Fraction(rest) * ratio).half_up();
    if (due > 0) sale.fund = std::min(due, sale.open("two_disease.cap"));
    sale.spread_fund(even);
  } else if (benefit == "chronic" || benefit == "special_drug") {
    const Fraction ratio = Fraction::ppm(sale.open(benefit + ".ratio"));
    sale.decided_by(ratio);
    sale.fund = (Fraction(rest) * ratio).half_up();
    sale.spread_fund(even);
  } else {
    Sale::not_in_pack();
  }
}

void settle_suyu(Sale& sale) {
  const Claim& claim = sale.claim;
  sale.counters.try_emplace("inpatient.fund", 0);
  sale.counters.try_emplace("op.account", 0);
  sale.split([](const Line&, std::int64_t) { return std::int64_t{0}; });
  const std::int64_t cost = sale.in_scope_sum();
  if (!claim.site.designated || sale.pharmacy() || cost == 0) return;

  std::string benefit;
  for (const char* outpatient : {"11", "12", "13", "14", "1301", "9901"}) {
    if (claim.visit.med_type == outpatient) benefit = "op";
  }
  if (benefit == "op" && (sale.names_disease("transplant") || sale.names_disease("dialysis"))) benefit = "inpatient";
  if (claim.visit.med_type == "21") benefit = "inpatient";
  if (claim.visit.benefit.has_value()) benefit = *claim.visit.benefit;
  if (benefit == "op") return;                                  // accounts only
  if (benefit == "inpatient" && !claim.visit.approved) return;  // 五.2
  if (benefit != "inpatient" || !local_or_filed(claim) || !claim.visit.place.has_value()) Sale::not_in_pack();

  // 四.2: the place decides the deductible and takes points off
  const Place place = *claim.visit.place;
  const std::int64_t threshold = place == Place::district ? 50'000 : place == Place::city ? 80'000 : 100'000;
  const int off = place == Place::district ? 0 : place == Place::city ? 10 : 20;
  if (sale.take_deductible(cost, threshold, "") == 0) return;
  std::int64_t class_b = 0;
  for (std::size_t i = 0; i < claim.lines.size(); ++i) {
    const Line& line = claim.lines[i];
    if (line.kind == LineKind::drug && line.chrgitm_lv == LineClass::b) class_b += sale.in_scope[i];
  }
  const Fraction part_b(class_b, cost);
  struct Band {
    std::int64_t from, to;
    int percent;
  };
  Fraction due = 0;
  std::int64_t points = 0, points_b = 0;  // fen x percent, had all been of one kind
  for (const Band& band : {Band{0, 500'000, 50}, Band{500'000, 1'000'000, 55}, Band{1'000'000, 3'000'000, 60},
                           Band{3'000'000, cost, 70}}) {
    const std::int64_t width = std::min(band.to, cost) - std::max(band.from, threshold);
    if (width <= 0) continue;
    const int percent = band.percent - off, percent_b = percent - 10;
    sale.decided_by(Fraction::percent(percent));
    due = due + Fraction(width) *
                    ((Fraction(1) - part_b) * Fraction::percent(percent) + part_b * Fraction::percent(percent_b));
    points += width * percent;
    points_b += width * percent_b;
  }
  sale.averaged = class_b > 0;
  sale.fund = sale.within(due.half_up(), 4'000'000, "inpatient.fund");
  sale.counters["inpatient.fund"] += sale.fund;
  std::vector<Fraction::Wide> weights;
  for (std::size_t i = 0; i < claim.lines.size(); ++i) {
    const Line& line = claim.lines[i];
    const bool b = line.kind == LineKind::drug && line.chrgitm_lv == LineClass::b;
    weights.push_back(static_cast<Fraction::Wide>(sale.in_scope[i]) * (b ? points_b : points));
  }
  sale.spread_fund(weights);
}

void settle_zaozhuang(Sale& sale) {
  const Claim& claim = sale.claim;
  const bool possible = claim.site.designated && !sale.pharmacy();
  sale.split([&](const Line& line, std::int64_t rest) {
    return possible ? Sale::own_first_part(line, rest) : std::int64_t{0};
  });
  std::int64_t rest = sale.in_scope_sum();
  if (!possible || rest == 0) return;
  std::string benefit;
  const std::string& type = claim.visit.med_type;
  if (type == "11" || type == "12" || type == "13" || type == "1301") benefit = "op";
  if (type == "14") benefit = "chronic";
  if (type == "9901") benefit = "two_disease";
  if (type == "21") benefit = "inpatient";
  if (claim.visit.benefit.has_value()) benefit = *claim.visit.benefit;
  const bool known = benefit == "op" || benefit == "chronic" || benefit == "two_disease" || benefit == "inpatient";
  if (!known || !local_or_filed(claim)) Sale::not_in_pack();
  if (benefit == "op") rest = sale.take_deductible(rest, sale.open("op.deductible"), "");
  if (rest == 0) return;
  const Fraction ratio = Fraction::ppm(sale.open(benefit + ".ratio"));
  sale.decided_by(ratio);
  sale.fund = (Fraction(rest) * ratio).half_up();
  sale.spread_fund({sale.in_scope.begin(), sale.in_scope.end()});
}

}  // namespace gongji::testing
