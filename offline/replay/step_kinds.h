// step_kinds.h — what each step of the trace does to the fund's share, and what it is called.  Internal.
#pragma once

#include <cstdint>
#include <string_view>

namespace gongji::replay {

enum class StepEffect : std::uint8_t {
  nothing,  // says something, moves nothing
  takes,    // the chain goes on with `after`
  adds,     // `after` is added to the share
  closes,   // the sum of bands: the chain goes on with `after`, whatever the bands came to by themselves
  account,  // accounts pay before - after; the fund does not feel it
};

struct StepKind {
  std::string_view step;
  StepEffect effect;
  bool from_account;  // accounts pay before - after
  std::string_view zh, en;
};

// In the order of arithmetic.  "refused" and "uncovered" are no steps of a trace: report.h.
inline constexpr StepKind step_kinds[] = {
    {"refused", StepEffect::takes, false, "不予结算", "refused"},
    {"own_cost", StepEffect::takes, false, "全自费", "own cost"},
    {"over_limit", StepEffect::takes, false, "超限价", "above the upper price"},
    {"cross_region_first_part", StepEffect::takes, false, "异地先行自付", "first part, care elsewhere"},
    {"class_b_first_part", StepEffect::takes, false, "乙类先行自付", "first part, class B"},
    {"own_account_first", StepEffect::takes, true, "当年账户先付", "own account first"},
    {"category", StepEffect::nothing, false, "人员类别", "category of the person"},
    {"no_fund_share", StepEffect::takes, false, "统筹不支付", "no fund share"},
    {"deductible", StepEffect::takes, false, "起付标准", "deductible"},
    {"uncovered", StepEffect::takes, false, "待遇范围之外", "outside the benefit"},
    {"fund_ratio", StepEffect::takes, false, "支付比例", "ratio"},
    {"class_ratio", StepEffect::takes, false, "分类支付比例", "ratio by class"},
    {"ratio_lowered", StepEffect::nothing, false, "比例降低", "ratios lowered"},
    {"class_b_lowered", StepEffect::nothing, false, "乙类比例降低", "ratio of class B lowered"},
    {"band_ratio", StepEffect::takes, false, "分段支付比例", "ratio of a band"},
    {"fund_bands", StepEffect::closes, false, "分段合计", "all bands"},
    {"cap", StepEffect::takes, false, "支付限额", "cap"},
    {"beyond_limit", StepEffect::adds, false, "限额以上", "beyond the cap"},
    {"additional_fund", StepEffect::adds, false, "附加基金", "additional fund"},
    {"beyond_cap", StepEffect::takes, false, "限额以上的限额", "cap beyond the cap"},
    {"account_skipped", StepEffect::nothing, false, "账户不能支付", "account passed over"},
    {"own_account", StepEffect::account, true, "本人账户", "own account"},
    {"family_account", StepEffect::account, true, "家庭共济账户", "family account"},
};

// Its place in the order of arithmetic.  A step that is not listed is a bug (GONGJI_CHECK).
std::size_t rank_of(std::string_view step);

}  // namespace gongji::replay
