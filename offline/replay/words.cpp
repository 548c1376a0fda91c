#include "offline/replay/words.h"

#include "offline/replay/step_kinds.h"

namespace gongji::replay {

namespace {

struct Named {
  std::string_view key;
  Words words;
};
constexpr Named names[] = {
    {"on_job", {"在职", "on-job"}},
    {"retired", {"退休", "retired"}},
    {"other", {"其他", "others"}},
    {"level_1", {"一级及以下", "level 1 and below"}},
    {"level_2", {"二级", "level 2"}},
    {"level_3", {"三级", "level 3"}},
    {"level_4", {"其他等级", "other level"}},
    {"unranked", {"未定级", "unranked"}},
    {"pharmacy", {"药店", "pharmacy"}},
    {"op", {"普通门诊", "outpatient"}},
    {"41", {"药店购药", "pharmacy purchase"}},
    {"14", {"门诊慢特病", "chronic disease (14)"}},
    {"total", {"合计", "all"}},
    {"no_pack_for_scheme", {"没有适用的规则", "no rules for this scheme"}},
    {"pack_not_yet_in_force", {"规则尚未生效", "rules not yet in force"}},
    {"pack_expired", {"规则已失效", "rules expired"}},
    {"site_not_designated", {"非定点机构", "site not designated"}},
    {"excluded_cause", {"不予支付的原因", "excluded cause"}},
    {"waiting_period", {"不在待遇期内", "outside the entitlement"}},
    {"benefit_not_in_pack", {"规则未包含此待遇", "benefit not in these rules"}},
    {"parameter_unset", {"参数未公布", "parameter not given"}},
};

std::string with_commas(std::string text) {
  const std::size_t first = text.starts_with('-') ? 1 : 0;
  std::size_t end = text.find('.');
  if (end == std::string::npos) end = text.size();
  while (end > first + 3) {
    end -= 3;
    text.insert(end, 1, ',');
  }
  return text;
}

}  // namespace

std::string_view word_of(std::string_view key, Language language) {
  for (const Named& each : names) {
    if (each.key == key) return each.words.in(language);
  }
  return key;
}

std::string_view step_word(std::string_view step, Language language) {
  const StepKind& kind = step_kinds[rank_of(step)];
  return language == Language::zh ? kind.zh : kind.en;
}

std::string grouped(Money amount) {
  return with_commas(to_string(amount));
}
std::string signed_grouped(Money amount) {
  return (amount > Money() ? "+" : "") + grouped(amount);
}
std::string grouped(std::uint64_t count) {
  return with_commas(std::to_string(count));
}

std::string percent(Money part, Money whole) {
  if (whole == Money()) return "–";
  __extension__ using Wide = __int128;
  const bool negative = (part < Money()) != (whole < Money()) && part != Money();
  const auto size = [](Money amount) {
    const Wide fen = amount.in_fen();
    return fen < 0 ? -fen : fen;
  };
  const auto hundredths = static_cast<std::int64_t>((size(part) * 20'000 + size(whole)) / (2 * size(whole)));
  return (negative ? "-" : "") + grouped(Money::fen(hundredths)) + "%";
}

}  // namespace gongji::replay
