// Lint of supplements, which give rows to packs, and of account laws, which stand beside them.
#include <catch2/catch.hpp>
#include <functional>

#include "offline/packs/lint/lint.h"
#include "tests/packs/pack_text.h"

using namespace gongji;
using namespace gongji::packs;
using namespace gongji::testing;
using Json = nlohmann::ordered_json;

namespace {

const Day today = *parse_day("2026-11-22");
const std::string law_path = "offline/packs/benefits/wuhan-employee.json";

Json given(const char* id, const char* unit, int value, const char* first_day, const Json& last_day = nullptr) {
  return {{"id", id},
          {"unit", unit},
          {"value", value},
          {"article", "第一条"},
          {"source", "region"},
          {"first_day", first_day},
          {"last_day", last_day},
          {"checked", "2026-11-21"},
          {"confidence", "sourced"},
          {"note", ""}};
}

std::string supplement(std::initializer_list<Json> rows) {
  Json out = {{"format", "gongji.supplement.v1"}, {"scheme", "yuxi-employee"}};
  out["sources"] = {{{"id", "region"},
                     {"title", "invented for this test"},
                     {"issuer", nullptr},
                     {"document_number", nullptr},
                     {"published", nullptr},
                     {"note", ""}}};
  out["rows"] = Json::array();
  for (const Json& row : rows) out["rows"].push_back(row);
  return out.dump();
}

// Check and the file and path of each place, of errors and warnings that the built-in packs do not have themselves.
std::vector<std::string> with(std::initializer_list<std::string> supplements) {
  Linter linter;
  linter.add_built_in();
  int number = 0;
  for (const std::string& text : supplements) linter.add_supplement(text, "s" + std::to_string(++number));
  std::vector<std::string> out;
  for (const Finding& finding : linter.run(today).findings) {
    if (finding.severity == Severity::note || finding.check == "expired" || finding.check == "expires") continue;
    std::string line(finding.check);
    for (const Place& place : finding.places) line += " " + place.file + ":" + place.path;
    out.push_back(line);
  }
  return out;
}

std::size_t unset(const LintReport& report, std::string_view id) {
  std::size_t count = 0;
  for (const Finding& finding : report.findings) count += finding.check == "unset" && finding.places[0].what == id;
  return count;
}

// What a damage adds to the findings about one account law.
std::vector<std::string> in_law(const std::function<void(Json&)>& damage) {
  Json law = Json::parse(file_text(law_path));
  damage(law);
  Linter linter;
  linter.add_account_law(law.dump(), "law");
  std::vector<std::string> out;
  for (const Finding& finding : linter.run(today).findings) {
    if (finding.severity == Severity::note) continue;
    std::string line(finding.check);
    for (const Place& place : finding.places) line += " " + place.path;
    out.push_back(line);
  }
  return out;
}

using Found = std::vector<std::string>;

}  // namespace

TEST_CASE("a supplement that gives what the pack leaves open is clean, and what it gives is no longer open") {
  const std::string text = supplement({given("inpatient.cap", "fen", 10'000'000, "2023-01-01")});
  CHECK(with({text}).empty());
  Linter without, filled;
  without.add_built_in();
  filled.add_built_in();
  filled.add_supplement(text, "region.json");
  CHECK(unset(without.run(today), "inpatient.cap") == 2);  // in both versions
  CHECK(unset(filled.run(today), "inpatient.cap") == 0);
}

TEST_CASE("a supplement and a pack that both give a value on one day are shown both") {
  const Found found = with({supplement({given("op.cap", "fen", 700'000, "2025-01-01")})});
  REQUIRE(found.size() == 2);  // in both versions of the scheme
  CHECK(found[0].starts_with("overlap yuxi-employee/2023-01-01.json:rows["));
  CHECK(found[0].ends_with("] s1:rows[0]"));
}

TEST_CASE("rows of a supplement that leave days open or overlap are shown both, also across supplements") {
  const Json early = given("inpatient.cap", "fen", 1, "2023-01-01", "2023-12-31");
  CHECK(with({supplement({early, given("inpatient.cap", "fen", 2, "2024-01-01")})}).empty());
  CHECK(with({supplement({early, given("inpatient.cap", "fen", 2, "2024-01-02")})}) ==
        Found{"gap s1:rows[0] s1:rows[1]"});
  CHECK(with({supplement({early, given("inpatient.cap", "fen", 2, "2023-12-31")})}) ==
        Found{"overlap s1:rows[0] s1:rows[1]"});
  CHECK(with({supplement({early}), supplement({given("inpatient.cap", "fen", 2, "2023-12-31")})}) ==
        Found{"overlap s1:rows[0] s2:rows[0]"});
}

TEST_CASE("a supplement's row that no pack has, or with another unit, is found") {
  CHECK(with({supplement({given("inpatient.nothing", "fen", 1, "2023-01-01")})}) == Found{"supplement_row s1:rows[0]"});
  const Found unit = with({supplement({given("inpatient.cap", "ppm", 1, "2023-01-01")})});
  REQUIRE(unit.size() == 1);
  CHECK(unit[0].starts_with("unit yuxi-employee/"));
}

TEST_CASE("a value of a supplement that contradicts the pack's others is found") {
  const Found found = with({supplement({given("inpatient.ratio.level_1.on_job", "ppm", 900'000, "2023-01-01"),
                                        given("inpatient.ratio.level_1.retired", "ppm", 800'000, "2023-01-01")})});
  REQUIRE_FALSE(found.empty());
  for (const std::string& line : found) CHECK(line == "retired_worse s1:rows[1] s1:rows[0]");
}

TEST_CASE("account laws are checked as packs are") {
  CHECK(in_law([](Json&) {}).empty());
  CHECK(in_law([](Json& law) { law["rows"][3]["source"] = "nowhere"; }) == Found{"citation rows[3] sources"});
  CHECK(in_law([](Json& law) { law["rows"][3]["value"] = 2'000'000; }) == Found{"range rows[3]"});
  CHECK(in_law([](Json& law) { law["premiums"]["otherwise"] = "premium.nothing"; }) ==
        Found{"unknown_name premiums.otherwise", "unused_row rows[0]"});
  const std::string end = "rows[" + std::to_string(Json::parse(file_text(law_path))["rows"].size()) + "]";
  const auto split = [](Json& law, const char* last, const char* first) {
    law["rows"].push_back(law["rows"][3]);
    law["rows"][3]["last_day"] = last;
    law["rows"].back()["first_day"] = first;
  };
  CHECK(in_law([&](Json& law) { split(law, "2024-12-31", "2025-02-01"); }) == Found{"gap rows[3] " + end});
  CHECK(in_law([&](Json& law) { split(law, "2025-03-31", "2025-02-01"); }) == Found{"overlap rows[3] " + end});
  CHECK(in_law([](Json& law) { law["colour"] = "red"; }) == Found{"load "});
}

TEST_CASE("findings are printed with both places in either language, and as JSON") {
  Linter linter;
  linter.add_built_in();
  linter.add_supplement(supplement({given("op.cap", "fen", 700'000, "2025-01-01", "2025-12-31")}), "region.json");
  const LintReport report = linter.run(today);
  const std::string zh = to_line(report.findings[0], Language::zh), en = to_line(report.findings[0], Language::en);
  CHECK(en.starts_with("error overlap: yuxi-employee/2023-01-01.json rows["));
  CHECK(en.find("op.cap (2023-01-01 on) | region.json rows[0] op.cap (2025-01-01 to 2025-12-31) - Row") !=
        std::string::npos);
  CHECK(zh.starts_with("错误 overlap："));
  CHECK(zh.find("同一天有两个值") != std::string::npos);
  const Json json = Json::parse(to_json(report));
  CHECK(json["errors"] == 2);
  CHECK(json["findings"].size() == report.findings.size());
  CHECK(json["findings"][0]["places"][1]["file"] == "region.json");
  CHECK(json["findings"][0]["places"][1]["last_day"] == "2025-12-31");
}
