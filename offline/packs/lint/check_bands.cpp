// check_bands.cpp — bands rise without holes to an open end, and what is taken off leaves no ratio below zero.
#include <algorithm>

#include "offline/packs/lint/checks.h"

namespace gongji::packs {

namespace {

using nlohmann::json;

// A stage of bands on one day.
class Bands {
 public:
  Bands(const LintFile& pack, const StageView& stage, Day day, Findings& out)
      : pack_(pack), stage_(stage), day_(day), out_(out), list_(member(*stage.json, "bands")) {}

  void rise() {
    const LintRow* below = nullptr;
    for (std::size_t i = 0; list_.is_array() && i < list_.size(); ++i) {
      const json& upto = member(list_[i], "upto");
      const bool last = i + 1 == list_.size();
      if (upto.is_null() != last) {
        out_.add("bands", Severity::error,
                 {pack_.place(indexed(stage_.path + ".bands", i), "benefit " + stage_.benefit)},
                 last ? "最后一段没有上不封顶，之上的费用没有规定。" : "中间的一段没有上限，其后各段永远用不到。",
                 last ? "The last band has an end: cost above it has no rule."
                      : "A band before the last has no end: those behind it are never reached.");
        continue;
      }
      const LintRow* row = pack_.on(text_of(upto), day_);
      if (row == nullptr || !row->number.has_value()) continue;
      if (below != nullptr && *row->number <= *below->number) {
        out_.add("bands", Severity::error, {below->place(), row->place()},
                 "费用分段没有逐段升高：" + below->id + "、" + row->id + "。",
                 "Bands do not rise: " + below->id + ", then " + row->id + ".");
      }
      below = row;
    }
  }

  void points() {
    std::vector<const LintRow*> minuses{nullptr};
    for (const Cell& cell : cells_of(member(*stage_.json, "by"), member(*stage_.json, "minus"), layout_of(pack_))) {
      const LintRow* row = pack_.on(cell.row, day_);
      if (row != nullptr && std::find(minuses.begin(), minuses.end(), row) == minuses.end()) minuses.push_back(row);
    }
    const LintRow* drugs = pack_.on(text_of(member(*stage_.json, "class_b_drugs")), day_);
    for (std::size_t i = 0; list_.is_array() && i < list_.size(); ++i) {
      const LintRow* ratio = pack_.on(text_of(member(list_[i], "ratio")), day_);
      if (ratio == nullptr || !ratio->number.has_value()) continue;
      for (const LintRow* minus : minuses) below_zero(*ratio, minus, drugs);
    }
  }

 private:
  void below_zero(const LintRow& ratio, const LintRow* minus, const LintRow* drugs) {
    std::int64_t left = *ratio.number;
    std::vector<Place> places{ratio.place()};
    for (const LintRow* row : {minus, drugs}) {
      if (row == nullptr || !row->number.has_value() || *row->number < 0) continue;
      left -= *row->number;
      places.push_back(row->place());
    }
    if (left >= 0 || *ratio.number < 0) return;
    out_.add("points", Severity::error, std::move(places), "支付比例 " + ratio.id + " 减去各项后低于零。",
             "Ratio " + ratio.id + " less the points taken off is below zero.");
  }

  const LintFile& pack_;
  const StageView& stage_;
  Day day_;
  Findings& out_;
  const json& list_;
};

}  // namespace

void check_bands(const Material& material, Findings& out) {
  for (const LintFile& pack : material.packs) {
    for (const StageView& stage : stages_of(pack)) {
      if (stage.kind != "bands") continue;
      for (const Day day : pack.turning_days()) {
        Bands bands(pack, stage, day, out);
        bands.rise();
        bands.points();
      }
    }
  }
}

}  // namespace gongji::packs
