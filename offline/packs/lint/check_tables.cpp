// check_tables.cpp — every level and category that a pack knows has a row in every table of every benefit.
#include "offline/packs/lint/checks.h"

namespace gongji::packs {

namespace {

struct Table {
  std::string path;
  const nlohmann::json* by;
  const nlohmann::json* rows;
};

std::vector<Table> tables_of(const StageView& stage) {
  const nlohmann::json& json = *stage.json;
  std::vector<Table> out;
  if (stage.kind == "deductible" || stage.kind == "ratio" || stage.kind == "cap") {
    out.push_back({stage.path + ".rows", &member(json, "by"), &member(json, "rows")});
  }
  if (const auto& beyond = member(json, "beyond"); beyond.is_object()) {
    out.push_back({stage.path + ".beyond.ratio", &member(beyond, "by"), &member(beyond, "ratio")});
    if (const auto& limit = member(beyond, "limit"); limit.is_object()) {
      out.push_back({stage.path + ".beyond.limit.rows", &member(limit, "by"), &member(limit, "rows")});
    }
  }
  return out;
}

std::string path_in(const std::vector<std::pair<std::string, std::string>>& list, const std::string& name) {
  for (const auto& [each, path] : list) {
    if (each == name) return path;
  }
  return {};
}

void one_table(const LintFile& pack, const StageView& stage, const Table& table, const Layout& layout, Findings& out) {
  const std::string way = text_of(*table.by);
  for (const Cell& cell : cells_of(*table.by, *table.rows, layout)) {
    if (!cell.row.empty()) continue;
    std::string what = "benefit " + stage.benefit;
    std::string who_zh, who_en;
    if (way != "category" && way != "all") {
      what += " · level " + cell.slot;
      who_zh += "级别 " + cell.slot;
      who_en += "level " + cell.slot;
    }
    const bool level_missing = way == "level" || (way == "level_category" && !table.rows->contains(cell.slot));
    if (!level_missing && way != "all") {
      what += " · " + cell.category;
      who_zh += (who_zh.empty() ? "人员 " : "、人员 ") + cell.category;
      who_en += (who_en.empty() ? "category " : ", category ") + cell.category;
    }
    if (who_zh.empty()) who_zh = "所有人", who_en = "everybody";
    const std::string other =
        level_missing ? path_in(layout.slots, cell.slot) : path_in(layout.categories, cell.category);
    Place here = pack.place(table.path, what);
    here.first_day = pack.first_day;
    here.last_day = pack.last_day;
    out.add("gap", Severity::error, {std::move(here), pack.place(other)},
            "待遇 " + stage.benefit + " 的 " + stage.kind + " 没有规定" + who_zh + "。",
            "Stage " + stage.kind + " of benefit " + stage.benefit + " has no row for " + who_en + ".");
  }
}

}  // namespace

void check_tables(const Material& material, Findings& out) {
  for (const LintFile& pack : material.packs) {
    const Layout layout = layout_of(pack);
    for (const StageView& stage : stages_of(pack)) {
      for (const Table& table : tables_of(stage)) one_table(pack, stage, table, layout, out);
    }
  }
}

}  // namespace gongji::packs
