#include "offline/settlement/explain.h"

#include "offline/base/check.h"

namespace gongji::settlement {

namespace {

// {v} the value, {b} before, {a} after, {d} the difference, {l} the line; the article with its day stands before it.
struct Sentence {
  std::string_view step, zh, en;
};

constexpr Sentence sentences[] = {
    {"own_cost", "第{l}行{b}元全部自费。", "line {l}: all {b} yuan are own cost."},
    {"over_limit", "第{l}行{b}元中医保支付上限为{v}元，超出的{d}元由个人负担。",
     "line {l}: insurance counts at most {v} of {b} yuan; {d} yuan above it are personal."},
    {"cross_region_first_part", "异地就医先由个人支付{v}：第{l}行{b}元中先付{d}元，余{a}元。",
     "care elsewhere, {v} is paid first by the person: line {l}, {d} of {b} yuan, {a} left."},
    {"class_b_first_part", "乙类先由个人支付{v}：第{l}行{b}元中先付{d}元，余{a}元。",
     "class B, {v} is paid first by the person: line {l}, {d} of {b} yuan, {a} left."},
    {"category", "按{v}人员类别结算，政策范围内{b}元。", "the person settles as {v}; {b} yuan are in scope."},
    {"no_fund_share", "政策范围内{b}元，统筹基金不支付。", "of {b} yuan in scope the fund pays nothing."},
    {"deductible", "起付标准{v}元，本次{b}元中由个人负担{d}元，余{a}元。",
     "deductible {v} yuan: {d} of {b} yuan are taken now, {a} left."},
    {"fund_ratio", "{b}元由统筹基金按{v}支付{a}元。", "the fund pays {v} of {b} yuan: {a} yuan."},
    {"cap", "统筹基金支付限额{v}元，应付{b}元，实付{a}元。", "limit of the fund {v} yuan: of {b} yuan it pays {a}."},
    {"class_ratio", "该类{b}元由统筹基金按{v}支付{a}元。",
     "the fund pays {v} of the {b} yuan of this class: {a} yuan."},
    {"ratio_lowered", "支付比例降低{v}。", "all ratios are lowered by {v}."},
    {"class_b_lowered", "乙类药品{b}元的支付比例降低{v}。",
     "the ratio for {b} yuan of class-B drugs is lowered by {v}."},
    {"band_ratio", "本段{b}元按{v}（及上述降低）支付约{a}元。",
     "band of {b} yuan at {v}, lowered as said above: about {a} yuan."},
    {"fund_bands", "各段合计，{b}元中由统筹基金支付{a}元。", "all bands together, the fund pays {a} of {b} yuan."},
    {"beyond_limit", "超过支付限额的费用约{b}元按{v}支付{a}元。",
     "about {b} yuan beyond the limit are paid at {v}: {a} yuan."},
    {"beyond_cap", "该部分支付限额{v}元，应付{b}元，实付{a}元。",
     "that part's limit {v} yuan: of {b} yuan it pays {a}."},
    {"additional_fund", "超过统筹基金最高支付限额的费用约{b}元，由附加基金按{v}支付{a}元。",
     "about {b} yuan beyond the fund's ceiling are paid at {v} by the additional fund: {a} yuan."},
    {"own_account_first", "政策范围内费用先由本人当年个人账户支付{v}元，由{b}元减为{a}元。",
     "the own account of this year pays {v} yuan of the in-scope cost first, from {b} to {a} yuan."},
    {"own_account", "本人个人账户支付{v}元，个人负担由{b}元减为{a}元。",
     "the own account pays {v} yuan; what it may still pay falls from {b} to {a}."},
    {"family_account", "家庭共济账户支付{v}元，个人负担由{b}元减为{a}元。",
     "a family account pays {v} yuan; what it may still pay falls from {b} to {a}."},
    {"account_skipped", "有一个账户不能用于本次支付，支付{d}元。", "an account may not pay here: {d} yuan."},
};

std::string fill(std::string_view pattern, const Step& step) {
  const Money difference = step.before < step.after ? step.after - step.before : step.before - step.after;
  std::string out;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] != '{') {
      out += pattern[i];
      continue;
    }
    switch (pattern[i + 1]) {
      case 'v':
        out += step.value;
        break;
      case 'b':
        append_to(out, step.before);
        break;
      case 'a':
        append_to(out, step.after);
        break;
      case 'd':
        append_to(out, difference);
        break;
      default:
        out += step.line;
    }
    i += 2;
  }
  return out;
}

}  // namespace

std::string explain(const Step& step, Language language) {
  for (const Sentence& sentence : sentences) {
    if (sentence.step != step.step) continue;
    std::string out;
    if (language == Language::zh) {
      out = "依据" + step.article;
      if (step.holds_from.has_value()) out += "（" + to_string(*step.holds_from) + "起施行）";
      return out + "，" + fill(sentence.zh, step);
    }
    out = "Under " + step.article;
    if (step.holds_from.has_value()) out += " (in force from " + to_string(*step.holds_from) + ")";
    return out + ": " + fill(sentence.en, step);
  }
  GONGJI_CHECK_WHY(false, step.step);
  return {};
}

}  // namespace gongji::settlement
