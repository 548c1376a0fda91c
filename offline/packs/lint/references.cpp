#include "offline/packs/lint/references.h"

#include <initializer_list>

namespace gongji::packs {

namespace {

using nlohmann::json;

class Collector {
 public:
  // A name, or a table of names one or two levels deep.
  void any(const json& value, const std::string& path, std::string_view unit) {
    if (value.is_string()) {
      found.push_back({path, value.get<std::string>(), unit});
    } else if (value.is_object()) {
      for (const auto& [name, inner] : value.items()) any(inner, path + "." + name, unit);
    } else if (value.is_array()) {
      for (std::size_t i = 0; i < value.size(); ++i) any(value[i], indexed(path, i), unit);
    }
  }
  void some(const json& object, const std::string& path, std::initializer_list<const char*> names,
            std::string_view unit) {
    for (const char* name : names) any(member(object, name), path + "." + name, unit);
  }

  void stage(const json& body, const std::string& path) {
    const std::string kind = text_of(member(body, "stage"));
    if (kind == "deductible") {
      some(body, path, {"rows"}, "fen");
      some(body, path, {"part"}, "ppm");
    } else if (kind == "ratio") {
      some(body, path, {"rows"}, "ppm");
    } else if (kind == "class_ratio") {
      some(body, path, {"class_a", "class_b"}, "ppm");
    } else if (kind == "bands") {
      const auto& list = member(body, "bands");
      for (std::size_t i = 0; list.is_array() && i < list.size(); ++i) {
        const std::string band = indexed(path + ".bands", i);
        some(list[i], band, {"upto"}, "fen");
        some(list[i], band, {"ratio"}, "ppm");
      }
      some(body, path, {"minus", "class_b_drugs"}, "ppm");
    } else if (kind == "cap") {
      some(body, path, {"rows", "at_least"}, "fen");
      some(member(body, "diseases"), path + ".diseases", {"further", "at_most"}, "fen");
      const auto& beyond = member(body, "beyond");
      some(beyond, path + ".beyond", {"ratio"}, "ppm");
      some(member(beyond, "limit"), path + ".beyond.limit", {"rows"}, "fen");
    }
  }

  std::vector<Reference> found;
};

}  // namespace

std::vector<Reference> references_of(const LintFile& pack) {
  Collector out;
  const json& root = pack.json;
  out.any(member(root, "in_force"), "in_force", "day");
  out.any(member(root, "entitlement"), "entitlement", "rule");
  out.some(member(root, "categories"), "categories", {"row"}, "");
  out.some(member(root, "waiting"), "waiting", {"first", "others"}, "count");
  out.some(member(root, "waiting"), "waiting", {"until"}, "day");
  out.some(member(root, "excluded_causes"), "excluded_causes", {"row"}, "");
  const json& sites = member(root, "sites");
  out.some(sites, "sites", {"place"}, "");
  for (const char* level : {"1", "2", "3", "4", "9"}) {
    out.some(member(member(sites, "levels"), level), std::string("sites.levels.") + level, {"row"}, "");
  }
  out.some(member(sites, "pharmacy"), "sites.pharmacy", {"row"}, "");
  out.some(member(sites, "undesignated"), "sites.undesignated", {"fund", "accounts"}, "");
  for (const char* region : {"local", "filed", "referred", "temporary"}) {
    const json& rule = member(member(root, "regions"), region);
    out.some(rule, std::string("regions.") + region, {"row"}, "");
    out.some(rule, std::string("regions.") + region, {"first_part"}, "ppm");
    out.some(member(member(root, "late"), region), std::string("late.") + region, {"row"}, "");
  }
  const json& lines = member(root, "lines");
  out.some(lines, "lines", {"own_cost", "never", "over_limit", "code_required"}, "");
  for (const char* kind : {"drug", "device", "consumable", "service"}) {
    const json& rule = member(member(lines, "first_part"), kind);
    out.some(rule, std::string("lines.first_part.") + kind, {"row"},
             text_of(member(rule, "mode")) == "fixed" ? "ppm" : "");
  }
  const json& benefits = member(root, "benefits");
  out.some(benefits, "benefits", {"row"}, "");
  const json& list = member(benefits, "list");
  for (std::size_t i = 0; list.is_array() && i < list.size(); ++i) {
    const std::string path = indexed("benefits.list", i);
    out.some(list[i], path, {"since"}, "day");
    out.some(list[i], path, {"approval"}, "");
    out.some(member(list[i], "no_fund_share"), path + ".no_fund_share", {"row"}, "");
  }
  for (const StageView& stage : stages_of(pack)) out.stage(*stage.json, stage.path);
  out.some(member(root, "accounts"), "accounts", {"rows"}, "");
  return std::move(out.found);
}

std::vector<Reference> law_references_of(const LintFile& law) {
  Collector out;
  const auto each = [&out](const json& list, const std::string& path, std::initializer_list<const char*> names) {
    for (std::size_t i = 0; list.is_array() && i < list.size(); ++i) out.some(list[i], indexed(path, i), names, "");
  };
  const json &premiums = member(law.json, "premiums"), &dues = member(law.json, "dues"),
             &accruals = member(law.json, "accruals");
  out.some(premiums, "premiums", {"otherwise"}, "");
  each(member(premiums, "allowed"), "premiums.allowed", {"row"});
  out.some(dues, "dues", {"otherwise"}, "");
  each(member(dues, "groups"), "dues.groups", {"premium", "aids", "subsidy"});
  out.some(accruals, "accruals", {"otherwise"}, "");
  each(member(accruals, "rules"), "accruals.rules", {"amount", "factor"});
  return std::move(out.found);
}

}  // namespace gongji::packs
