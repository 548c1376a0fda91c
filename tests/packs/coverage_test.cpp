#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <regex>
#include <set>

#include "tests/packs/pack_text.h"
#include "tests/quote/case_files.h"

using namespace gongji::testing;
using nlohmann::json;

namespace {

std::set<std::string> all_matches(const std::string& text, const char* pattern) {
  const std::regex regex(pattern);
  std::set<std::string> found;
  for (auto each = std::sregex_iterator(text.begin(), text.end(), regex); each != std::sregex_iterator(); ++each) {
    found.insert(each->str(1));
  }
  return found;
}

}  // namespace

TEST_CASE("the page of coverage names only cases, rows and files that exist") {
  const std::string page = file_text("docs/COVERAGE.md");

  std::set<std::string> cases;
  for (const CaseFile& file : case_files()) {
    for (const json& each : file.cases) cases.insert(each["id"]);
  }
  const auto named = all_matches(page, R"(\b((?:W4|Y4|S2[456]|[WDSYXQZ])-[brt]?[0-9]+)\b)");
  CHECK(named.size() > 80);
  for (const std::string& id : named) {
    INFO(id);
    CHECK(cases.contains(id));
  }

  std::set<std::string> rows;
  for (const std::string& path : pack_paths()) {
    const json pack = json::parse(file_text(path));
    for (const json& row : pack["rows"]) rows.insert(row["id"]);
  }
  const auto cited = all_matches(page, "`([a-z_0-9]+\\.[a-z_0-9.*]+)`");
  CHECK(cited.size() > 50);
  for (const std::string& id : cited) {
    INFO(id);
    const std::string prefix = id.substr(0, id.find('*'));
    CHECK(std::any_of(rows.begin(), rows.end(), [&](const std::string& row) {
      return id.find('*') == std::string::npos ? row == id : row.starts_with(prefix);
    }));
  }

  for (const std::string& path : all_matches(page, "`((?:tests|offline)/[a-z_/.]+)`")) {
    INFO(path);
    CHECK(std::filesystem::exists(path));
  }
}
