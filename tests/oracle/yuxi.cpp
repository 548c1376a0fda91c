// yuxi.cpp — Yuxi by hand, all benefits.
#include <algorithm>
#include <set>

#include "tests/oracle/sale.h"

namespace gongji::testing {

using namespace settlement;

namespace {

class Yuxi {
 public:
  Yuxi(Sale& sale, bool reported) : sale_(sale), claim_(sale.claim), reported_(reported) {}

  void settle() {
    for (const char* name : {"op.fund", "op.day_deductible", "chronic.deductible", "chronic.fund", "special.deductible",
                             "inpatient.fund"}) {
      sale_.counters.try_emplace(name, 0);
    }
    if (claim_.site.designated && !sale_.pharmacy()) level_ = claim_.site.dedc_hosp_lv;
    if (claim_.site.designated && sale_.pharmacy() && claim_.site.dual_channel && sale_.prescription()) {  // 23
      level_ = claim_.visit.rx_hosp_lv.value_or(0);
    }
    if (level_ == 9) level_ = 1;  // village rooms, community stations
    sale_.split([&](const Line& line, std::int64_t rest) {
      return level_ == 0 ? std::int64_t{0} : Sale::own_first_part(line, rest);
    });
    const std::int64_t rest = sale_.in_scope_sum();
    if (level_ == 0 || rest == 0) return;

    const std::string benefit = the_benefit();
    if (benefit == "special" && level_ != 2 && level_ != 3) return;  // 11: second and third level only
    const auto retired = is_retired_by_hand(claim_, false);
    if (claim_.visit.region == Region::temporary || benefit.empty() || !retired.has_value()) Sale::not_in_pack();
    retired_ = *retired;
    weights_.assign(sale_.in_scope.begin(), sale_.in_scope.end());

    if (benefit == "op") {
      op(rest);
    } else if (benefit == "chronic") {
      chronic(rest);
    } else if (benefit == "special") {
      special(rest);
    } else if (benefit == "negotiated") {
      negotiated();
    } else {
      // 12 the inpatient deductible, 14 half of it
      Fraction threshold = sale_.open("inpatient.deductible." + level_name());
      if (benefit == "day_surgery") threshold = threshold * Fraction::percent(50);
      as_inpatient(sale_.take_deductible(rest, threshold.half_up(), ""));
    }
    if (sale_.fund > 0) sale_.spread_fund(weights_);
  }

 private:
  std::string the_benefit() const {
    if (claim_.visit.benefit.has_value()) {
      for (const char* known : {"op", "chronic", "special", "emergency", "negotiated", "day_surgery"}) {
        if (*claim_.visit.benefit == known) return known;
      }
      return "";
    }
    const std::string& type = claim_.visit.med_type;
    if (type == "11") return "op";
    if (type == "14") return "chronic";
    if (type == "1301") return "emergency";
    if (type == "18") return "negotiated";
    return type == "28" ? "day_surgery" : "";
  }
  std::string level_name() const { return level_ == 4 ? "other" : "level_" + std::to_string(level_); }
  Fraction inpatient_ratio() const {
    const std::string who = level_ == 4 ? "" : retired_ ? ".retired" : ".on_job";
    return Fraction::ppm(sale_.open("inpatient.ratio." + level_name() + who));
  }

  void op(std::int64_t rest) {  // 8, 9
    static constexpr int thresholds[] = {0, 3'000, 6'000, 9'000}, reported[] = {0, 2'000, 4'000, 6'000};
    static constexpr int percent[] = {0, 60, 55, 50};
    const std::int64_t threshold = level_ == 4 ? sale_.open("op.deductible.other")
                                   : reported_ ? reported[level_]
                                               : thresholds[level_];
    rest = sale_.take_deductible(rest, threshold, "op.day_deductible");
    if (rest == 0) return;
    const int more = !retired_ ? 0 : reported_ ? 10 : 5;
    const Fraction ratio =
        level_ == 4 ? Fraction::ppm(sale_.open("op.ratio.other")) : Fraction::percent(percent[level_] + more);
    sale_.decided_by(ratio);
    const std::int64_t due = (Fraction(rest) * ratio).half_up();
    const std::int64_t paid = sale_.within(due, 600'000, "op.fund");
    std::int64_t beyond = 0;
    if (paid < due) {
      const Fraction unused = Fraction(rest) - Fraction(paid) / ratio;
      const Fraction higher = inpatient_ratio();
      sale_.decided_by(higher);
      const std::int64_t share = (unused * higher).half_up();
      if (share > 0) beyond = sale_.within(share, sale_.open("inpatient.cap"), "inpatient.fund");
    }
    sale_.counters["op.fund"] += paid;
    sale_.counters["inpatient.fund"] += beyond;
    sale_.fund = paid + beyond;
  }

  void chronic(std::int64_t rest) {  // 10
    rest = sale_.take_deductible(rest, 30'000, "chronic.deductible");
    if (rest == 0) return;
    const std::set<std::string> different(claim_.visit.diseases.begin(), claim_.visit.diseases.end());
    std::int64_t limit = 300'000;
    for (std::size_t i = 1; i < different.size(); ++i) limit += 100'000;
    if (limit > 500'000) limit = 500'000;
    sale_.decided_by(Fraction::percent(80));
    sale_.fund = sale_.within((Fraction(rest) * Fraction::percent(80)).half_up(), limit, "chronic.fund");
    sale_.counters["chronic.fund"] += sale_.fund;
  }

  void special(std::int64_t rest) {  // 11
    if (sale_.names_disease("renal_failure") || sale_.names_disease("severe_psychosis")) {
      return under_the_inpatient_cap(rest, Fraction::percent(90));
    }
    as_inpatient(sale_.take_deductible(rest, 80'000, "special.deductible"));
  }

  void negotiated() {  // 13: each drug has its own deductible; goods without a drug's code have no share
    std::int64_t rest = 0;
    for (std::size_t i = 0; i < claim_.lines.size(); ++i) {
      const Line& line = claim_.lines[i];
      if (line.kind != LineKind::drug || line.med_list_codg.empty()) {
        weights_[i] = 0;
        continue;
      }
      if (sale_.in_scope[i] == 0) continue;
      const std::string counter = "negotiated." + line.med_list_codg + ".deductible";
      const bool known = sale_.counters.contains(counter);
      const std::int64_t left = sale_.take_deductible(sale_.in_scope[i], 80'000, counter);
      if (!known && sale_.counters[counter] == 0) sale_.counters.erase(counter);
      weights_[i] = left;
      rest += left;
    }
    as_inpatient(rest);
  }

  void as_inpatient(std::int64_t rest) {
    if (rest > 0) under_the_inpatient_cap(rest, inpatient_ratio());
  }
  void under_the_inpatient_cap(std::int64_t rest, const Fraction& ratio) {
    sale_.decided_by(ratio);
    const std::int64_t due = (Fraction(rest) * ratio).half_up();
    if (due == 0) return;
    sale_.fund = sale_.within(due, sale_.open("inpatient.cap"), "inpatient.fund");
    sale_.counters["inpatient.fund"] += sale_.fund;
  }

  Sale& sale_;
  const Claim& claim_;
  const bool reported_;
  int level_ = 0;  // 0 = no share, 4 = other
  bool retired_ = false;
  std::vector<Fraction::Wide> weights_;
};

}  // namespace

void settle_yuxi(Sale& sale, const std::string& version) {
  Yuxi(sale, version == "2024-11-01").settle();
}

}  // namespace gongji::testing
