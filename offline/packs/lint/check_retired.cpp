// check_retired.cpp — retired persons are nowhere worse off than on-job ones: no text that we know does that, so it is
// likelier a slip of the pen.
#include "offline/packs/lint/checks.h"

namespace gongji::packs {

namespace {

using nlohmann::json;

void one_stage(const LintFile& pack, const StageView& stage, const Layout& layout, Day day, Findings& out) {
  const bool lower_is_better = stage.kind == "deductible";
  if (!lower_is_better && stage.kind != "ratio" && stage.kind != "cap") return;
  const auto cells = cells_of(member(*stage.json, "by"), member(*stage.json, "rows"), layout);
  const auto row_for = [&](const std::string& slot, const std::string& category) -> const LintRow* {
    for (const Cell& cell : cells) {
      if (cell.slot == slot && cell.category == category) return pack.on(cell.row, day);
    }
    return nullptr;
  };
  for (const auto& [slot, path] : layout.slots) {
    for (const std::string& retired : layout.retired) {
      for (const std::string& on_job : layout.on_job) {
        const LintRow *old = row_for(slot, retired), *young = row_for(slot, on_job);
        if (old == nullptr || young == nullptr || !old->number.has_value() || !young->number.has_value()) continue;
        if (lower_is_better ? *old->number <= *young->number : *old->number >= *young->number) continue;
        out.add("retired_worse", Severity::warning, {old->place(), young->place()},
                "退休人员（" + old->id + "）的待遇低于在职人员（" + young->id + "）。",
                "Retired persons (" + old->id + ") are worse off than on-job ones (" + young->id + ").");
      }
    }
  }
}

}  // namespace

void check_retired(const Material& material, Findings& out) {
  for (const LintFile& pack : material.packs) {
    const Layout layout = layout_of(pack);
    for (const StageView& stage : stages_of(pack)) {
      for (const Day day : pack.turning_days()) one_stage(pack, stage, layout, day, out);
    }
  }
}

}  // namespace gongji::packs
