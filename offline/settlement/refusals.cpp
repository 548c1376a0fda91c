#include "offline/settlement/refusals.h"

#include "offline/base/check.h"
#include "offline/settlement/work.h"

namespace gongji::settlement {

namespace {

struct Words {
  RefusalCode code;
  std::string_view name, zh, en;
};

// What the law says no to, and what the cashier does next.  In order of precedence, as the enum.
constexpr Words all_words[] = {
    {RefusalCode::no_pack_for_scheme, "no_pack_for_scheme",
     "没有适用于该参保地和险种的规则包；请加载规则包，或按自费收取并请患者回参保地手工报销",
     "no rule pack is loaded for this place of insurance and kind of insurance; load one, or take cash and let the "
     "patient claim by hand"},
    {RefusalCode::pack_not_yet_in_force, "pack_not_yet_in_force",
     "就诊日在该统筹区最早的规则包施行之前；请加载当时有效的规则包",
     "the visit is before the first day of the scheme's earliest pack; load the pack that was in force then"},
    {RefusalCode::pack_expired, "pack_expired", "该统筹区的规则包在就诊日已经失效；请加载新的规则包",
     "the scheme's last pack had ended on the day of the visit; load a newer pack"},
    {RefusalCode::site_not_designated, "site_not_designated",
     "本机构不是定点医药机构，个人账户不能支付；请改为现金支付", "accounts pay at designated sites only; take cash"},
    {RefusalCode::excluded_cause, "excluded_cause", "该伤病原因不属于基本医疗保险支付范围；请改为现金支付",
     "this cause is outside basic medical insurance; take cash"},
    {RefusalCode::waiting_period, "waiting_period", "就诊日不在该参保人的待遇享受期内；请核对参保缴费信息",
     "the day of the visit is outside the days of this person's entitlement; check enrolment and payment"},
    {RefusalCode::benefit_not_in_pack, "benefit_not_in_pack",
     "规则包没有本次就诊情形的待遇规定；请按自费收取并请患者到经办机构办理",
     "the pack has no benefit rule for this kind of visit; take cash and let the patient go to the agency"},
    {RefusalCode::parameter_unset, "parameter_unset", "规则文本没有给出所需参数；请加载当地公布的参数补充包",
     "the texts do not give a parameter that is needed; load the region's supplement"},
};

}  // namespace

std::string_view name_of(RefusalCode code) {
  const auto index = static_cast<std::size_t>(code) - 1;
  GONGJI_CHECK(index < std::size(all_words) && all_words[index].code == code);
  return all_words[index].name;
}

Refusal refuse(RefusalCode code, const Row* row, std::string path) {
  const auto index = static_cast<std::size_t>(code) - 1;
  GONGJI_CHECK(index < std::size(all_words) && all_words[index].code == code);
  Refusal refusal;
  refusal.code = code;
  refusal.message_zh = all_words[index].zh;
  refusal.message_en = all_words[index].en;
  if (row != nullptr) {
    refusal.article = row->article;
    refusal.source = row->source;
    refusal.message_zh += "（" + row->id + "）";
    refusal.message_en += " (" + row->id + ")";
  }
  refusal.path = std::move(path);
  return refusal;
}

void Tracer::append(std::string_view step, std::string_view line, std::int64_t before, std::int64_t after,
                    const Row& row, std::string_view value) {
  Step& out = steps_.add();
  out.step = step;
  out.line = line;
  out.before = Money::fen(before);
  out.after = Money::fen(after);
  out.rule = row.id;
  out.value = value;
  out.article = row.article;
  out.source = row.source;
  out.holds_from = row.holds_from;
}

}  // namespace gongji::settlement
