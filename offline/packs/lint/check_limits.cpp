// check_limits.cpp — limits of the fund agree with each other.
#include <map>

#include "offline/packs/lint/checks.h"

namespace gongji::packs {

namespace {

using nlohmann::json;

class Limits {
 public:
  Limits(const LintFile& pack, Day day, Findings& out) : pack_(pack), day_(day), out_(out), layout_(layout_of(pack)) {}

  void one(const StageView& stage) {
    const json& cap = *stage.json;
    const LintRow* least = row(member(cap, "at_least"));
    const LintRow* most = row(member(member(cap, "diseases"), "at_most"));
    const LintRow* further = row(member(member(cap, "diseases"), "further"));
    for (const Cell& cell : cells_of(member(cap, "by"), member(cap, "rows"), layout_)) {
      const LintRow* limit = row(cell.row);
      if (limit == nullptr) continue;
      if (*limit->number == 0) {
        out_.add("limits", Severity::warning, {limit->place()}, "支付限额为零，基金从不支付。",
                 "The limit is zero: the fund never pays.");
      }
      above(least, limit, "确定不低于的数额高于限额本身。",
            "What the limit cannot be below is above the limit itself.");
      above(limit, most, "第一个病种的限额高于多病种的最高限额。",
            "The limit of the first disease is above the most for several.");
    }
    above(further, most, "每增加一个病种的数额高于多病种的最高限额。",
          "What a further disease adds is above the most for several.");
    beyond(stage);
  }

  // A limit of a day is not above the limit of the year of the same benefit.
  void day_and_year(const std::vector<StageView>& stages) {
    for (const StageView& by_day : stages) {
      if (by_day.kind != "cap" || text_of(member(*by_day.json, "per")) == "year") continue;
      for (const StageView& by_year : stages) {
        if (by_year.kind != "cap" || text_of(member(*by_year.json, "per")) != "year") continue;
        if (benefit_path(by_day) != benefit_path(by_year)) continue;
        const auto small = cells_of(member(*by_day.json, "by"), member(*by_day.json, "rows"), layout_);
        const auto large = cells_of(member(*by_year.json, "by"), member(*by_year.json, "rows"), layout_);
        for (std::size_t i = 0; i < small.size() && i < large.size(); ++i) {
          above(row(small[i].row), row(large[i].row), "每日或每次限额高于年度限额。",
                "The limit of a day or a settlement is above that of the year.", Severity::warning);
        }
      }
    }
  }

 private:
  static std::string benefit_path(const StageView& stage) { return stage.path.substr(0, stage.path.find(".stages")); }

  const LintRow* row(const json& name) const { return row(text_of(name)); }
  const LintRow* row(const std::string& id) const {
    const LintRow* found = pack_.on(id, day_);
    return found != nullptr && found->number.has_value() && *found->number >= 0 ? found : nullptr;
  }

  void above(const LintRow* small, const LintRow* large, std::string zh, std::string en,
             Severity severity = Severity::error) {
    if (small == nullptr || large == nullptr || *small->number <= *large->number) return;
    out_.add("limits", severity, {small->place(), large->place()}, std::move(zh), std::move(en));
  }

  void beyond(const StageView& stage) {
    const json& more = member(*stage.json, "beyond");
    if (!more.is_object()) return;
    const json& limit = member(more, "limit");
    const std::string counter = text_of(member(limit, "counter"));
    if (!counter.empty() && counter == text_of(member(*stage.json, "counter"))) {
      out_.add(
          "limits", Severity::error,
          {pack_.place(stage.path + ".counter", counter), pack_.place(stage.path + ".beyond.limit.counter", counter)},
          "限额之内和限额之外计入同一个累计项，限额之外的部分永远用不到。",
          "Within and beyond the limit count in one counter: nothing is left to pay beyond it.");
    }
    if (limit.is_null() && text_of(member(more, "fund")) == "hifp") {
      out_.add("limits", Severity::warning, {pack_.place(stage.path + ".beyond")}, "限额之外由同一基金无上限支付。",
               "The same fund pays beyond its limit, and without end.");
    }
  }

  const LintFile& pack_;
  Day day_;
  Findings& out_;
  Layout layout_;
};

}  // namespace

void check_limits(const Material& material, Findings& out) {
  for (const LintFile& pack : material.packs) {
    const auto stages = stages_of(pack);
    for (const Day day : pack.turning_days()) {
      Limits limits(pack, day, out);
      for (const StageView& stage : stages) {
        if (stage.kind == "cap") limits.one(stage);
      }
      limits.day_and_year(stages);
    }
  }
}

}  // namespace gongji::packs
