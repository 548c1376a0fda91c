// check_names.cpp — what a pack names is there, has the unit that the place demands, and nothing stands unused.
#include <algorithm>
#include <map>
#include <set>

#include "offline/packs/lint/checks.h"
#include "offline/packs/lint/references.h"

namespace gongji::packs {

namespace {

using nlohmann::json;

void rows(const LintFile& file, const std::vector<Reference>& references, Findings& out) {
  std::map<std::string, const LintRow*> known;
  for (const LintRow& row : file.rows) known.emplace(row.id, &row);
  std::set<std::string> used;
  for (const Reference& each : references) {
    used.insert(each.row);
    const auto found = known.find(each.row);
    if (found == known.end()) {
      out.add("unknown_name", Severity::error, {file.place(each.path, each.row)}, "没有名为 " + each.row + " 的参数。",
              "There is no row " + each.row + ".");
    } else if (!each.unit.empty() && found->second->unit != each.unit) {
      out.add(
          "unit", Severity::error, {file.place(each.path, each.row), found->second->place()},
          "此处需要单位 " + std::string(each.unit) + "，参数 " + each.row + " 的单位是 " + found->second->unit + "。",
          "This place needs unit " + std::string(each.unit) + ", row " + each.row + " has " + found->second->unit +
              ".");
    }
  }
  for (const LintRow& row : file.rows) {
    if (used.contains(row.id)) continue;
    out.add("unused_row", Severity::error, {row.place()}, "没有规则使用参数 " + row.id + "。",
            "No rule uses row " + row.id + ".");
  }
  for (const LintRow& row : file.rows) {
    const LintRow& first = *known.at(row.id);
    if (row.unit == first.unit) continue;
    out.add("unit", Severity::error, {first.place(), row.place()}, "同名参数 " + row.id + " 的单位不同。",
            "Rows of one id, " + row.id + ", have different units.");
  }
}

void counters(const LintFile& pack, Findings& out) {
  std::set<std::string> known;
  const json& list = member(pack.json, "counters");
  for (std::size_t i = 0; list.is_array() && i < list.size(); ++i) known.insert(text_of(member(list[i], "name")));
  const auto look = [&](const json& holder, const std::string& path) {
    const json& name = member(holder, "counter");
    if (!name.is_string() || known.contains(text_of(name))) return;
    out.add("unknown_name", Severity::error, {pack.place(path + ".counter", text_of(name)), pack.place("counters")},
            "没有名为 " + text_of(name) + " 的累计项。", "There is no counter " + text_of(name) + ".");
  };
  for (const StageView& stage : stages_of(pack)) {
    look(*stage.json, stage.path);
    look(member(member(*stage.json, "beyond"), "limit"), stage.path + ".beyond.limit");
  }
  look(member(pack.json, "accounts"), "accounts");
}

// Keys of tables are levels and categories that the pack knows.
class Keys {
 public:
  Keys(const LintFile& pack, Findings& out) : pack_(pack), out_(out) {
    const Layout layout = layout_of(pack);
    for (const auto& [name, path] : layout.slots) slots_.insert(name);
    for (const auto& [name, path] : layout.categories) categories_.insert(name);
  }
  void look(const json& by, const json& rows, const std::string& path) {
    const std::string way = text_of(by);
    if (way == "category") among(categories_, rows, path);
    if (way == "level" || way == "level_category") among(slots_, rows, path);
    if (way != "level_category" || !rows.is_object()) return;
    for (const auto& [name, inner] : rows.items()) among(categories_, inner, path + "." + name);
  }

 private:
  void among(const std::set<std::string>& known, const json& rows, const std::string& path) {
    if (!rows.is_object()) return;
    for (const auto& [name, inner] : rows.items()) {
      if (known.contains(name)) continue;
      out_.add("unknown_name", Severity::error, {pack_.place(path + "." + name, name)},
               "没有任何机构或人员属于 " + name + "。", "No site and no person settles as " + name + ".");
    }
  }

  const LintFile& pack_;
  Findings& out_;
  std::set<std::string> slots_, categories_;
};

void keys(const LintFile& pack, Findings& out) {
  Keys keys(pack, out);
  for (const StageView& stage : stages_of(pack)) {
    const json& body = *stage.json;
    keys.look(member(body, "by"), member(body, stage.kind == "bands" ? "minus" : "rows"), stage.path + ".rows");
    const auto& beyond = member(body, "beyond");
    keys.look(member(beyond, "by"), member(beyond, "ratio"), stage.path + ".beyond.ratio");
    const auto& limit = member(beyond, "limit");
    keys.look(member(limit, "by"), member(limit, "rows"), stage.path + ".beyond.limit.rows");
  }
}

void supplement(const LintFile& file, const Material& material, Findings& out) {
  for (const LintRow& given : file.rows) {
    const LintRow* own = nullptr;
    for (const LintFile& pack : material.packs) {
      if (pack.scheme != file.scheme) continue;
      const auto found =
          std::find_if(pack.rows.begin(), pack.rows.end(), [&given](const LintRow& row) { return row.id == given.id; });
      if (found != pack.rows.end()) own = &*found;
    }
    if (own == nullptr) {
      out.add("supplement_row", Severity::error, {given.place()},
              "方案 " + file.scheme + " 的规则包没有参数 " + given.id + "。",
              "No pack of scheme " + file.scheme + " has row " + given.id + ".");
    } else if (own->unit != given.unit) {
      out.add("unit", Severity::error, {own->place(), given.place()},
              "补充包中参数 " + given.id + " 的单位与规则包不同。",
              "The supplement's unit of row " + given.id + " is not the pack's.");
    }
  }
}

}  // namespace

void check_names(const Material& material, Findings& out) {
  for (const LintFile& pack : material.packs) {
    rows(pack, references_of(pack), out);
    counters(pack, out);
    keys(pack, out);
  }
  for (const LintFile& law : material.laws) rows(law, law_references_of(law), out);
  for (const LintFile& file : material.supplements) supplement(file, material, out);
}

}  // namespace gongji::packs
