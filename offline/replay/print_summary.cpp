#include <fmt/format.h>

#include "offline/replay/print.h"
#include "offline/replay/words.h"

namespace gongji::replay {

namespace {

constexpr std::size_t causes_shown_max = 8;

class Summary {
 public:
  Summary(const Report& report, Language language) : report_(report), language_(language) {}

  std::string text() {
    head();
    if (report_.total.claims == 0) return std::move(text_);
    money();
    persons();
    groups({"按人员类别", "by category"}, report_.by_category);
    groups({"按机构", "by site"}, report_.by_site);
    groups({"按待遇", "by benefit"}, report_.by_benefit);
    causes();
    return std::move(text_);
  }

 private:
  std::string_view say(std::string_view zh, std::string_view en) const { return language_ == Language::zh ? zh : en; }
  template <class... Values>
  void line(std::string_view zh, std::string_view en, const Values&... values) {
    text_ += fmt::format(fmt::runtime(say(zh, en)), values...);
    text_ += '\n';
  }
  std::string change(Money from, Money to) const {
    const std::string share = percent(to - from, from);
    return fmt::format("{} → {}  {}{}{}{}", grouped(from), grouped(to), signed_grouped(to - from), say("（", " ("),
                       share, say("）", ")"));
  }

  void head() {
    line("规则比较：{} → {}", "{} → {}", report_.base, report_.other);
    if (report_.first_day.has_value()) {
      line("就诊日期 {} 至 {}", "service from {} to {}", to_string(*report_.first_day), to_string(*report_.last_day));
    }
    line("单据 {} 张，人员 {} 名，总费用 {} 元", "{} claims of {} persons, {} yuan in all",
         grouped(report_.total.claims), grouped(report_.persons), grouped(report_.total.medfee));
    if (report_.cancelled + report_.papers > 0) {
      line("日志中另有已撤销 {} 笔、补结凭单 {} 张，未重算",
           "the journal also holds {} cancelled sales and {} papers, which are not replayed", report_.cancelled,
           report_.papers);
    }
    if (report_.unusable > 0) {
      line("不可用的行 {} 条，未计入：", "{} unusable lines, counted nowhere:", grouped(report_.unusable));
      for (const Fault& fault : report_.faults) line("  {} {} {}", "  {} {} {}", fault.place, fault.code, fault.path);
    }
  }

  void money() {
    const Shares& base = report_.total.base.shares;
    const Shares& other = report_.total.other.shares;
    text_ += '\n';
    line("统筹基金支付    {}", "fund            {}", change(base.fund, other.fund));
    line("个人负担        {}", "personal part   {}", change(base.personal, other.personal));
    line("  本人账户      {}", "  own account   {}", change(base.own, other.own));
    line("  家庭共济账户  {}", "  family        {}", change(base.family, other.family));
    line("  现金          {}", "  cash          {}", change(base.cash, other.cash));
    line("基金多付的单据 {} 张，少付的 {} 张", "the fund pays more of {} claims and less of {}",
         grouped(report_.total.better), grouped(report_.total.worse));
    for (const Refused& refused : report_.refused) {
      line("不予结算 {}：{} → {} 张", "refused, {}: {} → {} claims", word_of(refused.code, language_),
           grouped(refused.base), grouped(refused.other));
    }
    if (report_.refused_by_base_only + report_.refused_by_other_only > 0) {
      line("仅前者不予结算 {} 张，仅后者 {} 张（按基金不支付、全部现金计）",
           "refused by the first only {}, by the second only {} (counted as fund 0, all cash)",
           grouped(report_.refused_by_base_only), grouped(report_.refused_by_other_only));
    }
  }

  void persons() {
    text_ += '\n';
    std::vector<PersonGroup> rows = report_.person_years_by_category;
    if (rows.size() > 1) rows.push_back(report_.person_years);
    for (const PersonGroup& row : rows) {
      line("{}（人·年）：受益 {}（共 {} 元），受损 {}（共 {} 元），不变 {}",
           "{} (person-years): {} gain {} yuan, {} lose {} yuan, {} unchanged", word_of(row.key, language_),
           grouped(row.gain), grouped(row.gained), grouped(row.lose), grouped(row.lost), grouped(row.unchanged));
    }
  }

  void groups(Words title, const std::vector<Group>& rows) {
    text_ += '\n';
    text_ += title.in(language_);
    text_ += '\n';
    for (const Group& row : rows) {
      line("  {}：{} 张，基金 {}", "  {}: {} claims, fund {}", word_of(row.key, language_), grouped(row.claims),
           change(row.base.shares.fund, row.other.shares.fund));
    }
  }

  void causes() {
    text_ += '\n';
    line("基金差额的来由（每张单据的差额计在两个版本最先分开的条款）",
         "where the fund's difference comes from (each claim's, at the first clause where the two part)");
    for (std::size_t i = 0; i < report_.causes.size() && i < causes_shown_max; ++i) {
      const Cause& cause = report_.causes[i];
      const std::string articles = fmt::format("{} → {}", cause.base_article.empty() ? "–" : cause.base_article,
                                               cause.other_article.empty() ? "–" : cause.other_article);
      line("  {} 元  {}{}  {}（{}），{} 张多付，{} 张少付", "  {}  {}{}  {} ({}), {} claims more, {} less",
           signed_grouped(cause.difference()), step_word(cause.step, language_),
           cause.carried ? say("（累计不同）", " (counters differ)") : std::string_view(),
           word_of(cause.rule, language_), articles, grouped(cause.better), grouped(cause.worse));
    }
    if (report_.causes.size() > causes_shown_max) {
      line("  另有 {} 条较小的，见 --html 或 --json", "  {} smaller ones: see --html or --json",
           report_.causes.size() - causes_shown_max);
    }
  }

  const Report& report_;
  Language language_;
  std::string text_;
};

}  // namespace

std::string summary_text(const Report& report, Language language) {
  return Summary(report, language).text();
}

}  // namespace gongji::replay
