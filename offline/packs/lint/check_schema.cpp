// check_schema.cpp — packs against their JSON schema: misspelt, missing and foreign members, all of them.
//
// valijson tells of an outer place whenever an inner one is wrong; only the innermost are told, and none where a closer
// check has spoken of the place already.
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>

#include <algorithm>

#include "offline/base/check.h"
#include "offline/packs/lint/built_in_schema.h"
#include "offline/packs/lint/checks.h"

namespace gongji::packs {

namespace {

const valijson::Schema& pack_schema() {
  static const auto schema = [] {
    auto built = std::make_unique<valijson::Schema>();
    const auto json = nlohmann::json::parse(built_in_pack_schema(), nullptr, false);
    GONGJI_CHECK(!json.is_discarded());
    valijson::SchemaParser parser;
    parser.populateSchema(valijson::adapters::NlohmannJsonAdapter(json), *built);
    return built;
  }();
  return *schema;
}

struct Wrong {
  std::vector<std::string> context;  // "<root>", "[rows]", "[3]"
  std::string said;

  bool inside(const Wrong& outer) const {
    return context.size() > outer.context.size() &&
           std::equal(outer.context.begin(), outer.context.end(), context.begin());
  }
  std::string path() const {
    std::string out;
    for (std::size_t i = 1; i < context.size(); ++i) {
      const std::string name = context[i].substr(1, context[i].size() - 2);
      const bool number = !name.empty() && name.find_first_not_of("0123456789") == std::string::npos;
      // levels are named by digits as well, and are members of objects
      if (number && !out.ends_with("levels") && !out.ends_with("rows.")) {
        out += "[" + name + "]";
      } else {
        out += (out.empty() ? "" : ".") + name;
      }
    }
    return out;
  }
};

}  // namespace

void check_schema(const Material& material, Findings& out) {
  for (const LintFile& pack : material.packs) {
    valijson::Validator validator;
    valijson::ValidationResults results;
    if (validator.validate(pack_schema(), valijson::adapters::NlohmannJsonAdapter(pack.json), &results)) continue;
    std::vector<Wrong> all;
    valijson::ValidationResults::Error error;
    while (results.popError(error)) all.push_back({error.context, error.description});
    for (const Wrong& each : all) {
      if (std::any_of(all.begin(), all.end(), [&each](const Wrong& other) { return other.inside(each); })) continue;
      const std::string path = each.path();
      if (out.error_at(pack.file, path)) continue;
      out.add("schema", Severity::error, {pack.place(path)}, "不符合规则包的格式：" + each.said,
              "Not as the schema of packs demands: " + each.said);
    }
  }
}

}  // namespace gongji::packs
