// stages.cpp — from in-scope cost to the fund's share, stage by stage as the benefit lists them.
#include <algorithm>

#include "offline/base/check.h"
#include "offline/settlement/work.h"

namespace gongji::settlement {

namespace {

__extension__ using Wide = __int128;

// Weights of single lines are in hundredths of a percent of a fen: exact for ratios of up to four decimals, and 200
// lines of the largest amount stay below 2^63.
constexpr std::int64_t ppm_per_weight = 100;

class Runner {
 public:
  Runner(Sheet& sheet, const Circumstances& circumstances)
      : sheet_(sheet), circumstances_(circumstances), left_(sheet.in_scope - sheet.first_paid) {}

  std::optional<Refusal> run() {
    for (const Stage& stage : circumstances_.benefit->stages) {
      std::visit([this](const auto& each) { apply(each); }, stage);
      if (unset_ != nullptr) return refuse(RefusalCode::parameter_unset, unset_, unset_->id);
    }
    // what all limits together leave counts under each of them
    for (std::size_t i = 0; i < limits_; ++i) sheet_.counters[limit_counters_[i]] += sheet_.fund;
    sheet_.fund += beyond_;
    if (beyond_counter_ != no_counter) sheet_.counters[beyond_counter_] += beyond_ + sheet_.additional;
    return std::nullopt;
  }

 private:
  void apply(const DeductibleStage& stage) {
    if (left_ == 0) return;
    const Row* row = look_up(stage.rows);
    if (row == nullptr) return;
    if (stage.for_each_code) return take_for_each_code(*row);
    std::int64_t due = *row->number;
    if (stage.part != no_row) {
      const Row* part = number(stage.part);
      if (part == nullptr) return;
      due = share_half_up(due, *part->number);
    }
    const std::int64_t used = stage.counter == no_counter ? 0 : sheet_.counters[stage.counter];
    const std::int64_t taken = std::min(left_, std::max<std::int64_t>(0, due - used));
    if (stage.part == no_row) {
      sheet_.tracer.add("deductible", {}, left_, left_ - taken, *row);
    } else {
      sheet_.tracer.add("deductible", {}, left_, left_ - taken, *row, [due] { return to_string(Money::fen(due)); });
    }
    if (stage.counter != no_counter) sheet_.counters[stage.counter] += taken;
    left_ -= taken;
    sheet_.deductible += taken;
  }

  // Drugs with a code, in the order of the lines; what is left of other lines has no share of this benefit.
  void take_for_each_code(const Row& row) {
    const CodeCounter& counter = *sheet_.policy.code_counter;
    sheet_.by_code = true;
    left_ = 0;
    for (std::size_t i = 0; i < sheet_.count; ++i) {
      const Line& line = sheet_.claim.lines[i];
      std::int64_t& weight = sheet_.lines[i].weight;
      std::int64_t& taken = sheet_.code_deductible[i];
      taken = 0;
      if (line.kind != LineKind::drug || line.med_list_codg.empty()) {
        weight = 0;
        continue;
      }
      if (weight == 0) continue;
      std::int64_t used = code_counter_before(sheet_.claim, counter, line.med_list_codg);
      for (std::size_t j = 0; j < i; ++j) {
        if (sheet_.claim.lines[j].med_list_codg == line.med_list_codg) used += sheet_.code_deductible[j];
      }
      taken = std::min(weight, std::max<std::int64_t>(0, *row.number - used));
      sheet_.tracer.add("deductible", line.feedetl_sn, weight, weight - taken, row);
      weight -= taken;
      left_ += weight;
      sheet_.deductible += taken;
    }
  }

  void apply(const RatioStage& stage) {
    if (left_ == 0) return;
    const Row* row = look_up(stage.rows);
    if (row == nullptr) return;
    sheet_.ratio_ppm = *row->number;
    exact_ = static_cast<Wide>(left_) * sheet_.ratio_ppm;
    sheet_.fund = share_half_up(left_, sheet_.ratio_ppm);
    sheet_.tracer.add("fund_ratio", {}, left_, sheet_.fund, *row);
  }

  void apply(const ClassRatioStage& stage) {
    if (left_ == 0) return;
    for (const LineClass each : {LineClass::a, LineClass::b}) {
      std::int64_t cost = 0;
      for (std::size_t i = 0; i < sheet_.count; ++i) {
        if (sheet_.claim.lines[i].chrgitm_lv == each) cost += sheet_.lines[i].in_scope;
      }
      if (cost == 0) continue;
      const Row* row = number(each == LineClass::a ? stage.class_a : stage.class_b);
      if (row == nullptr) return;
      const std::int64_t ratio = *row->number;
      for (std::size_t i = 0; i < sheet_.count; ++i) {
        if (sheet_.claim.lines[i].chrgitm_lv == each) {
          sheet_.lines[i].weight = sheet_.lines[i].in_scope * (ratio / ppm_per_weight);
        }
      }
      const std::int64_t share = share_half_up(cost, ratio);
      sheet_.tracer.add("class_ratio", {}, cost, share, *row);
      sheet_.fund += share;
      use_ratio(ratio);
    }
  }

  void apply(const BandStage& stage) {
    if (left_ == 0) return;
    const RowRef minus_ref = stage.minus.at(circumstances_.slot, circumstances_.category);
    std::int64_t minus = 0, minus_b = 0, class_b = 0;
    if (minus_ref != no_row) {
      const Row* row = number(minus_ref);
      if (row == nullptr) return;
      minus = *row->number;
      sheet_.tracer.add("ratio_lowered", {}, left_, left_, *row);
    }
    if (stage.class_b_drugs != no_row) {
      for (std::size_t i = 0; i < sheet_.count; ++i) {
        if (is_class_b_drug(i)) class_b += sheet_.lines[i].in_scope;
      }
      const Row* row = number(stage.class_b_drugs);
      if (row == nullptr) return;
      minus_b = *row->number;
      if (class_b > 0) sheet_.tracer.add("class_b_lowered", {}, class_b, class_b, *row);
    }

    // Shares are kept exact, as ppm x in-scope cost, until the end: below 2^120.
    const Wide whole = sheet_.in_scope;
    Wide due = 0, due_a = 0, due_b = 0;
    std::int64_t position = sheet_.in_scope - left_;
    std::size_t bands = 0;
    for (const BandStage::Band& band : stage.bands) {
      std::int64_t upto = sheet_.in_scope;
      if (band.upto != no_row) {
        const Row* row = number(band.upto);
        if (row == nullptr) return;
        upto = std::min(upto, *row->number);
      }
      if (upto <= position) continue;
      const Row* row = number(band.ratio);
      if (row == nullptr) return;
      const std::int64_t width = upto - position;
      const std::int64_t ratio = std::max<std::int64_t>(0, *row->number - minus);
      const std::int64_t ratio_b = std::max<std::int64_t>(0, ratio - minus_b);
      const Wide share = static_cast<Wide>(width) * (ratio * (whole - class_b) + static_cast<Wide>(ratio_b) * class_b);
      sheet_.tracer.add("band_ratio", {}, width, rounded(share, whole * ppm_whole), *row);
      due += share;
      due_a += static_cast<Wide>(width) * ratio;
      due_b += static_cast<Wide>(width) * ratio_b;
      position = upto;
      ++bands;
      use_ratio(ratio);
    }
    if (bands == 0) return;
    if (class_b > 0) sheet_.several_ratios = true;
    sheet_.fund = rounded(due, whole * ppm_whole);
    for (std::size_t i = 0; i < sheet_.count; ++i) {
      // the average ratio over the bands, in the unit of weights
      LineSheet& line = sheet_.lines[i];
      const Wide average = (is_class_b_drug(i) ? due_b : due_a) * line.in_scope / left_;
      line.weight = static_cast<std::int64_t>(average / ppm_per_weight);
    }
    sheet_.tracer.add("fund_bands", {}, left_, sheet_.fund, sheet_.policy.row(stage.bands.front().ratio),
                      [this] { return to_string(Money::fen(sheet_.fund)); });
  }

  void apply(const CapStage& stage) {
    if (sheet_.fund == 0) return;
    const RowRef ref = stage.rows.at(circumstances_.slot, circumstances_.category);
    const std::int64_t used = stage.counter == no_counter ? 0 : sheet_.counters[stage.counter];
    if (stage.at_least != no_row && ref != no_row && !sheet_.policy.row(ref).number.has_value()) {
      const Row* least = number(stage.at_least);
      if (least == nullptr) return;
      if (used + sheet_.fund > *least->number) {
        unset_ = &sheet_.policy.row(ref);
        return;
      }
      sheet_.tracer.add("cap", {}, sheet_.fund, sheet_.fund, *least);
      return count_under(stage.counter);
    }
    const Row* row = look_up(stage.rows);
    if (row == nullptr) return;
    std::int64_t limit = *row->number;
    if (stage.for_each_disease != no_row) {
      const Row* more = number(stage.for_each_disease);
      const Row* most = number(stage.at_most);
      if (more == nullptr || most == nullptr) return;
      limit = std::min(limit + *more->number * further_diseases(), *most->number);
    }
    const std::int64_t due = sheet_.fund;
    sheet_.fund = std::min(due, std::max<std::int64_t>(0, limit - used));
    if (limit == *row->number) {
      sheet_.tracer.add("cap", {}, due, sheet_.fund, *row);
    } else {
      sheet_.tracer.add("cap", {}, due, sheet_.fund, *row, [limit] { return to_string(Money::fen(limit)); });
    }
    count_under(stage.counter);
    if (sheet_.fund < due && stage.beyond.has_value()) pay_beyond(*stage.beyond);
  }

  // The cost that the limited share did not use, as an exact fraction, at the other ratio.
  void pay_beyond(const Beyond& beyond) {
    const Row* row = look_up(beyond.ratio);
    if (row == nullptr) return;
    const Wide unused = exact_ - static_cast<Wide>(sheet_.fund) * ppm_whole;  // ppm of the limited ratio
    const std::int64_t share = rounded(unused * *row->number, static_cast<Wide>(sheet_.ratio_ppm) * ppm_whole);
    sheet_.tracer.add(beyond.additional_fund ? "additional_fund" : "beyond_limit", {},
                      rounded(unused, sheet_.ratio_ppm), share, *row);
    std::int64_t paid = share;
    if (const RowRef ref = beyond.limit.at(circumstances_.slot, circumstances_.category); ref != no_row && share > 0) {
      const Row* limit = number(ref);
      if (limit == nullptr) return;
      const std::int64_t used = beyond.counter == no_counter ? 0 : sheet_.counters[beyond.counter];
      paid = std::min(share, std::max<std::int64_t>(0, *limit->number - used));
      sheet_.tracer.add("beyond_cap", {}, share, paid, *limit);
    }
    beyond_counter_ = beyond.counter;
    if (beyond.additional_fund) {
      sheet_.additional = paid;
      return;
    }
    beyond_ = paid;
    use_ratio(*row->number);
  }

  static std::int64_t rounded(Wide numerator, Wide denominator) {
    return static_cast<std::int64_t>((2 * numerator + denominator) / (2 * denominator));
  }

  bool is_class_b_drug(std::size_t i) const {
    return sheet_.claim.lines[i].kind == LineKind::drug && sheet_.claim.lines[i].chrgitm_lv == LineClass::b;
  }

  // How many different diseases the visit names beside the first.
  std::int64_t further_diseases() const {
    const auto& named = sheet_.claim.visit.diseases;
    std::int64_t different = 0;
    for (auto each = named.begin(); each != named.end(); ++each) {
      if (std::find(named.begin(), each, *each) == each) ++different;
    }
    return std::max<std::int64_t>(0, different - 1);
  }

  void use_ratio(std::int64_t ratio) {
    if (sheet_.ratio_ppm != 0 && sheet_.ratio_ppm != ratio) sheet_.several_ratios = true;
    if (sheet_.ratio_ppm == 0) sheet_.ratio_ppm = ratio;
  }

  void count_under(CounterRef counter) {
    if (counter == no_counter) return;
    GONGJI_CHECK(limits_ < limit_counters_.size());
    limit_counters_[limits_++] = counter;
  }

  // The row's number is there; otherwise remembers the row that the law leaves open.
  const Row* number(RowRef ref) {
    const Row& row = sheet_.policy.row(ref);
    if (row.number.has_value()) return &row;
    unset_ = &row;
    return nullptr;
  }
  // The row for this site and person.
  const Row* look_up(const RowTable& table) {
    const RowRef ref = table.at(circumstances_.slot, circumstances_.category);
    if (ref != no_row) return number(ref);
    unset_ = &sheet_.policy.row(sheet_.policy.benefit_row);
    return nullptr;
  }

  Sheet& sheet_;
  const Circumstances& circumstances_;
  std::int64_t left_;
  Wide exact_ = 0;  // fen x ppm: the share before rounding and limits
  std::array<CounterRef, 4> limit_counters_;
  std::size_t limits_ = 0;
  std::int64_t beyond_ = 0;  // of the same fund
  CounterRef beyond_counter_ = no_counter;
  const Row* unset_ = nullptr;
};

}  // namespace

std::optional<Refusal> run_stages(Sheet& sheet, const Circumstances& circumstances) {
  return Runner(sheet, circumstances).run();
}

}  // namespace gongji::settlement
