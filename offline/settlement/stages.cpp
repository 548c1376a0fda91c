// stages.cpp — from in-scope cost to the fund's share: deductible, ratio, cap, as the benefit lists them.
#include <algorithm>

#include "offline/settlement/work.h"

namespace gongji::settlement {

namespace {

class Runner {
 public:
  Runner(Sheet& sheet, const Circumstances& circumstances)
      : sheet_(sheet), circumstances_(circumstances), left_(sheet.in_scope) {}

  std::optional<Refusal> run() {
    for (const Stage& stage : circumstances_.benefit->stages) {
      std::visit([this](const auto& each) { apply(each); }, stage);
      if (unset_ != nullptr) return refuse(RefusalCode::parameter_unset, unset_, unset_->id);
    }
    return std::nullopt;
  }

 private:
  void apply(const DeductibleStage& stage) {
    if (left_ == 0) return;
    const Row* row = look_up(stage.rows);
    if (row == nullptr) return;
    std::int64_t& used = sheet_.counters[stage.counter];
    const std::int64_t taken = std::min(left_, std::max<std::int64_t>(0, *row->number - used));
    sheet_.tracer.add("deductible", {}, left_, left_ - taken, *row);
    used += taken;
    left_ -= taken;
    sheet_.deductible += taken;
  }

  void apply(const RatioStage& stage) {
    if (left_ == 0) return;
    const Row* row = look_up(stage.rows);
    if (row == nullptr) return;
    sheet_.ratio_ppm = *row->number;
    sheet_.fund = share_half_up(left_, sheet_.ratio_ppm);
    sheet_.tracer.add("fund_ratio", {}, left_, sheet_.fund, *row);
  }

  void apply(const CapStage& stage) {
    if (sheet_.fund == 0) return;
    const Row* row = look_up(stage.rows);
    if (row == nullptr) return;
    std::int64_t& used = sheet_.counters[stage.counter];
    const std::int64_t paid = std::min(sheet_.fund, std::max<std::int64_t>(0, *row->number - used));
    sheet_.tracer.add("cap", {}, sheet_.fund, paid, *row);
    used += paid;
    sheet_.fund = paid;
  }

  // The row for this site and person; remembers the first that the law leaves open.
  const Row* look_up(const RowTable& table) {
    const RowRef ref = table.at(circumstances_.slot, circumstances_.category);
    const Row& row = sheet_.policy.row(ref == no_row ? sheet_.policy.benefit_row : ref);
    if (ref != no_row && row.number.has_value()) return &row;
    unset_ = &row;
    return nullptr;
  }

  Sheet& sheet_;
  const Circumstances& circumstances_;
  std::int64_t left_;
  const Row* unset_ = nullptr;
};

}  // namespace

std::optional<Refusal> run_stages(Sheet& sheet, const Circumstances& circumstances) {
  return Runner(sheet, circumstances).run();
}

}  // namespace gongji::settlement
