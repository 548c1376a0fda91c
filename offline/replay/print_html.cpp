#include <fmt/format.h>

#include <algorithm>

#include "offline/base/markup.h"
#include "offline/replay/chart.h"
#include "offline/replay/page_style.h"
#include "offline/replay/print.h"
#include "offline/replay/words.h"

namespace gongji::replay {

namespace {

constexpr std::size_t falls_max = 12;

std::string whole_yuan(Money amount) {
  const std::string text = grouped(amount);
  return text.substr(0, text.size() - 3);
}

class Page {
 public:
  Page(const Report& report, Language language) : report_(report), language_(language) {}

  std::string text() {
    out_ = fmt::format(
        "<!DOCTYPE html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\"/>\n"
        "<meta name=\"viewport\" content=\"width=device-width, "
        "initial-scale=1\"/>\n<title>{}</title>\n<style>{}</style>\n"
        "</head>\n<body>\n<main>\n",
        say("zh-CN", "en"), escape_markup(title()), page_style);
    head();
    if (report_.total.claims > 0) {
      cards();
      money();
      months();
      persons();
      causes();
      clauses();
      groups({"按人员类别", "By category"}, report_.by_category);
      groups({"按机构等级", "By site"}, report_.by_site);
      groups({"按待遇", "By benefit"}, report_.by_benefit);
      refusals();
    }
    assumptions();
    out_ += "</main>\n</body>\n</html>\n";
    return std::move(out_);
  }

 private:
  std::string_view say(std::string_view zh, std::string_view en) const { return language_ == Language::zh ? zh : en; }
  std::string title() const {
    return fmt::format("{}: {} → {}", say("规则比较", "Replay"), report_.base, report_.other);
  }
  std::string word(const std::string& key) const { return std::string(word_of(key, language_)); }

  void heading(std::string_view zh, std::string_view en) { out_ += fmt::format("<h2>{}</h2>\n", say(zh, en)); }
  void note(std::string_view zh, std::string_view en) {
    out_ += fmt::format("<p class=\"soft\">{}</p>\n", say(zh, en));
  }
  void figure(const std::string& chart) { out_ += "<figure>\n" + chart + "</figure>\n"; }

  // Columns: texts on the left, numbers on the right.
  void open_table(std::size_t texts, const std::vector<std::string_view>& heads) {
    texts_ = texts;
    out_ += fmt::format("<div class=\"scroll\"><table{}>\n<thead><tr>", heads.size() > 6 ? " class=\"many\"" : "");
    for (std::size_t i = 0; i < heads.size(); ++i) {
      out_ += fmt::format("<th{}>{}</th>", i < texts ? "" : " class=\"n\"", heads[i]);
    }
    out_ += "</tr></thead>\n<tbody>\n";
  }
  void row(const std::vector<std::string>& cells, bool sum = false) {
    out_ += sum ? "<tr class=\"sum\">" : "<tr>";
    for (std::size_t i = 0; i < cells.size(); ++i) {
      out_ += fmt::format("<td class=\"{}\">{}</td>", i < texts_ ? "t" : "n", cells[i]);
    }
    out_ += "</tr>\n";
  }
  void close_table() { out_ += "</tbody></table></div>\n"; }
  static std::string coloured(Money amount) {
    const char* style = amount == Money() ? "" : amount > Money() ? " class=\"up\"" : " class=\"down\"";
    return fmt::format("<span{}>{}</span>", style, signed_grouped(amount));
  }
  static std::string articles(const std::string& base, const std::string& other) {
    if (base == other) return escape_markup(base);
    return escape_markup((base.empty() ? "–" : base) + " → " + (other.empty() ? "–" : other));
  }

  void head() {
    out_ += fmt::format("<h1>{}</h1>\n", escape_markup(title()));
    std::string about;
    if (report_.first_day.has_value()) {
      about = fmt::format(fmt::runtime(say("就诊日期 {} 至 {}。", "Service from {} to {}. ")),
                          to_string(*report_.first_day), to_string(*report_.last_day));
    }
    about += fmt::format(
        fmt::runtime(say("单据 {} 张，人员 {} 名，总费用 {} 元。", "{} claims of {} persons, {} yuan in all.")),
        grouped(report_.total.claims), grouped(report_.persons), grouped(report_.total.medfee));
    if (report_.cancelled + report_.papers > 0) {
      about += fmt::format(fmt::runtime(say("日志中另有已撤销 {} 笔、补结凭单 {} 张，未重算。",
                                            " The journal also holds {} cancelled sales and {} papers, not replayed.")),
                           report_.cancelled, report_.papers);
    }
    if (report_.unusable > 0) {
      about += fmt::format(fmt::runtime(say("不可用的行 {} 条，未计入。", " {} unusable lines are counted nowhere.")),
                           grouped(report_.unusable));
    }
    out_ += fmt::format("<p class=\"soft\">{}</p>\n", about);
  }

  void card(const std::string& figure, std::string_view text) {
    out_ += fmt::format("<div class=\"card\"><b>{}</b><span>{}</span></div>\n", figure, text);
  }
  void cards() {
    const Money base = report_.total.base.shares.fund, other = report_.total.other.shares.fund;
    const PersonGroup& persons = report_.person_years;
    out_ += "<div class=\"cards\">\n";
    card(coloured(other - base),
         fmt::format(fmt::runtime(say("元：统筹基金支付的变化（{}）", "yuan: what the fund pays more ({})")),
                     percent(other - base, base)));
    card(grouped(persons.gain),
         fmt::format(fmt::runtime(say("人·年受益，共 {} 元", "person-years gain, {} yuan")), grouped(persons.gained)));
    card(grouped(persons.lose),
         fmt::format(fmt::runtime(say("人·年受损，共 {} 元", "person-years lose, {} yuan")), grouped(persons.lost)));
    card(grouped(persons.unchanged), say("人·年不变", "person-years unchanged"));
    out_ += "</div>\n";
  }

  void money() {
    heading("谁付多少", "Who pays what");
    open_table(1, {"", report_.base, report_.other, say("差额（元）", "difference (yuan)"), "%"});
    const Shares& base = report_.total.base.shares;
    const Shares& other = report_.total.other.shares;
    const auto line = [&](std::string_view name, Money from, Money to) {
      row({std::string(name), grouped(from), grouped(to), signed_grouped(to - from), percent(to - from, from)});
    };
    line(say("统筹基金", "fund"), base.fund, other.fund);
    line(say("个人负担", "personal part"), base.personal, other.personal);
    line(say("　其中 本人账户", "– own account"), base.own, other.own);
    line(say("　其中 家庭共济账户", "– family account"), base.family, other.family);
    line(say("　其中 现金", "– cash"), base.cash, other.cash);
    close_table();
  }

  void months() {
    heading("各月统筹基金支付", "What the fund pays, by month");
    out_ += fmt::format("<p class=\"soft\"><span class=\"key base\"></span>{}<span class=\"key other\"></span>{}</p>\n",
                        escape_markup(report_.base), escape_markup(report_.other));
    std::vector<Pair> pairs;
    Money most;
    for (const Group& group : report_.by_month) {
      const Money base = group.base.shares.fund, other = group.other.shares.fund;
      most = max(most, max(base, other));
      pairs.push_back({group.key, base.in_fen(), other.in_fen(), report_.base + ": " + grouped(base),
                       report_.other + ": " + grouped(other)});
    }
    figure(paired_bars(pairs, whole_yuan(most) + std::string(say(" 元", " yuan")),
                       std::string(say("各月统筹基金支付", "What the fund pays, by month"))));
  }

  std::string range_of(const Bucket& bucket) const {
    if (!bucket.up_to.has_value()) return "> " + whole_yuan(bucket.over);
    return (bucket.over == Money() ? "0" : whole_yuan(bucket.over)) + "–" + whole_yuan(*bucket.up_to);
  }
  void persons() {
    heading("谁受益，谁受损", "Who gains, who loses");
    note("每人每个自然年，统筹基金为其多付（受益）或少付（受损）的金额，单位元。",
         "What the fund pays more (gain) or less (loss) for each person in each calendar year, in yuan.");
    out_ += fmt::format("<p class=\"soft\"><span class=\"key lose\"></span>{}<span class=\"key gain\"></span>{}</p>\n",
                        say("受损", "lose"), say("受益", "gain"));
    std::vector<Bar> all;
    for (const Bucket& bucket : report_.histogram) {
      all.push_back({(bucket.gain ? "+ " : "− ") + range_of(bucket), bucket.gain ? "gain" : "lose",
                     static_cast<std::int64_t>(bucket.persons), grouped(bucket.persons)});
    }
    figure(bars(all, std::string(say("人·年数", "person-years"))));
    open_table(1, {"", say("受益", "gain"), say("受益金额", "yuan gained"), say("受损", "lose"),
                   say("受损金额", "yuan lost"), say("不变", "unchanged")});
    const auto line = [&](const PersonGroup& group, bool sum) {
      row({word(group.key), grouped(group.gain), grouped(group.gained), grouped(group.lose), grouped(group.lost),
           grouped(group.unchanged)},
          sum);
    };
    for (const PersonGroup& group : report_.person_years_by_category) line(group, false);
    line(report_.person_years, true);
    close_table();
  }

  std::string cause_name(const Cause& cause) const {
    std::string name(step_word(cause.step, language_));
    if (cause.carried) name += say("（累计不同）", " (counters differ)");
    return name;
  }
  void causes() {
    heading("差额从哪里来", "Where the difference comes from");
    note(
        "每张单据的全部差额，计在两个版本最先分开的那一条；各行相加即统筹基金的总差额。“累计不同”：条款相同，"
        "但此前的就诊在两个版本下用掉的额度不同。",
        "Each claim's whole difference is counted at the first clause where the two versions part; the rows add up to "
        "the fund's difference. “Counters differ”: the clause is the same, but earlier visits used up more of it under "
        "one of them.");
    std::vector<Fall> falls;
    Money rest;
    for (std::size_t i = 0; i < report_.causes.size(); ++i) {
      const Cause& cause = report_.causes[i];
      if (i >= falls_max) {
        rest += cause.difference();
        continue;
      }
      std::string label = cause_name(cause);
      const std::string& article = cause.other_article.empty() ? cause.base_article : cause.other_article;
      label += " · " + word(cause.rule);
      if (!article.empty() && !cause.carried) label += " · " + article.substr(0, article.find("、"));
      falls.push_back({label, cause.difference().in_fen(), signed_grouped(cause.difference())});
    }
    if (rest != Money()) falls.push_back({std::string(say("其余", "others")), rest.in_fen(), signed_grouped(rest)});
    if (!falls.empty()) {
      figure(waterfall(falls, std::string(say("合计", "in all")), signed_grouped(report_.total.difference()),
                       std::string(say("差额从哪里来", "Where the difference comes from"))));
    }
    open_table(3, {say("条款", "clause"), say("参数", "rule"), say("条文", "articles"), say("多付单据", "claims more"),
                   say("多付（元）", "gained"), say("少付单据", "claims less"), say("少付（元）", "lost"),
                   say("差额", "difference")});
    std::uint64_t better = 0, worse = 0;
    Money gained, lost;
    for (const Cause& cause : report_.causes) {
      better += cause.better;
      worse += cause.worse;
      gained += cause.gained;
      lost += cause.lost;
      row({cause_name(cause), escape_markup(word(cause.rule)), articles(cause.base_article, cause.other_article),
           grouped(cause.better), grouped(cause.gained), grouped(cause.worse), grouped(cause.lost),
           coloured(cause.difference())});
    }
    row({std::string(say("合计", "in all")), "", "", grouped(better), grouped(gained), grouped(worse), grouped(lost),
         coloured(gained - lost)},
        true);
    close_table();
  }

  void clause_rows(const std::vector<Clause>& clauses) {
    for (const Clause& clause : clauses) {
      row({std::string(step_word(clause.step, language_)), escape_markup(word(clause.rule)),
           articles(clause.base_article, clause.other_article), grouped(clause.base_times), grouped(clause.other_times),
           signed_grouped(clause.base_moved), signed_grouped(clause.other_moved), coloured(clause.difference())});
    }
  }
  void clauses() {
    heading("逐条对账", "Clause by clause");
    note(
        "从总费用出发，每一条减去（或加上）多少，最后就是统筹基金支付；差额一列相加即总差额。前面的条款少减，后面的就会"
        "多减：要看原因，请看上一表。",
        "From the whole cost each clause takes away (or adds), down to what the fund pays; the differences add up. "
        "Where "
        "an earlier clause takes less, later ones take more of the rest: for causes see the table above.");
    const std::vector<std::string_view> heads = {say("条款", "clause"),
                                                 say("参数", "rule"),
                                                 say("条文", "articles"),
                                                 say("次数·前", "times, first"),
                                                 say("次数·后", "times, second"),
                                                 say("前（元）", "first (yuan)"),
                                                 say("后（元）", "second (yuan)"),
                                                 say("差额", "difference")};
    open_table(3, heads);
    const std::string cost = signed_grouped(report_.total.medfee);
    row({std::string(say("总费用", "whole cost")), "", "", "", "", cost, cost, "0.00"});
    clause_rows(report_.clauses);
    row({std::string(say("统筹基金支付", "the fund pays")), "", "", "", "", grouped(report_.total.base.shares.fund),
         grouped(report_.total.other.shares.fund), coloured(report_.total.difference())},
        true);
    close_table();
    if (report_.account_clauses.empty()) return;
    heading("账户支付", "What accounts pay");
    open_table(3, heads);
    clause_rows(report_.account_clauses);
    close_table();
  }

  void groups(Words name, const std::vector<Group>& rows) {
    if (rows.empty()) return;
    heading(name.zh, name.en);
    open_table(
        1, {"", say("单据", "claims"), say("总费用", "cost"), report_.base, report_.other,
            say("基金差额", "fund's difference"), "%", say("多付单据", "claims more"), say("少付单据", "claims less")});
    for (const Group& group : rows) {
      const Money base = group.base.shares.fund, other = group.other.shares.fund;
      row({escape_markup(word(group.key)), grouped(group.claims), grouped(group.medfee), grouped(base), grouped(other),
           coloured(other - base), percent(other - base, base), grouped(group.better), grouped(group.worse)});
    }
    close_table();
  }

  void refusals() {
    if (report_.refused.empty()) return;
    heading("不予结算的单据", "Claims refused");
    open_table(1, {"", report_.base, report_.other});
    for (const Refused& refused : report_.refused) {
      row({word(refused.code), grouped(refused.base), grouped(refused.other)});
    }
    row({std::string(say("仅此版本不予结算", "refused by this one only")), grouped(report_.refused_by_base_only),
         grouped(report_.refused_by_other_only)},
        true);
    close_table();
  }

  void assumptions() {
    heading("怎么算的", "How it was computed");
    note(
        "单据按就诊时间先后，分别按两个版本结算；每人的累计额（起付标准、限额）在两个版本下各自累计，只有该期间第一张单"
        "据所带的累计额作为期初。"
        "账户余额在两边都按单据所载，一边多用的钱不影响以后的余额。不予结算的单据按基金不支付、全部现金计，累计额不变。"
        "本页只有人数，没有任何人的姓名或号码。",
        "Claims are settled in the order of service under each version; each person's counters (deductible, caps) are "
        "carried on under each by itself, and only the first claim of a period brings its own as the opening. Account "
        "balances are those of each claim under both: money used on one side is not missing there later. A claim that "
        "a "
        "version refuses counts as fund 0, all cash, counters unchanged. This page counts persons; it names none.");
  }

  const Report& report_;
  Language language_;
  std::string out_;
  std::size_t texts_ = 0;
};

}  // namespace

std::string report_html(const Report& report, Language language) {
  return Page(report, language).text();
}

}  // namespace gongji::replay
