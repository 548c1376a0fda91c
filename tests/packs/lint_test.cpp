// Each check of lint: the fault is planted in a pack that is clean, and exactly that finding appears.
#include <algorithm>
#include <catch2/catch.hpp>
#include <functional>
#include <set>

#include "offline/packs/lint/lint.h"
#include "tests/packs/pack_text.h"

using namespace gongji;
using namespace gongji::packs;
using namespace gongji::testing;
using Json = nlohmann::ordered_json;

namespace {

const Day today = *parse_day("2026-11-22");

// "error gap rows[3]|first_day": severity, check, and the path of each place.
std::vector<std::string> brief(const LintReport& report) {
  std::vector<std::string> out;
  for (const Finding& finding : report.findings) {
    std::string line = std::string(name_of(finding.severity)) + " " + std::string(finding.check) + " ";
    for (const Place& place : finding.places) line += (line.back() == ' ' ? "" : "|") + place.path;
    out.push_back(line);
  }
  return out;
}

// What the second report has more than the first.
std::vector<std::string> fresh(const LintReport& before, const LintReport& after) {
  std::vector<std::string> out = brief(after);
  for (const std::string& known : brief(before)) {
    if (const auto found = std::find(out.begin(), out.end(), known); found != out.end()) out.erase(found);
  }
  return out;
}

using Damage = std::function<void(Json&)>;

// The findings that the damage adds to one pack of the tree.
std::vector<std::string> planted(const std::string& path, const Damage& damage, Day on = today) {
  Json pack = Json::parse(file_text(path));
  Linter clean, damaged;
  clean.add_pack(pack.dump(), sources_beside(path), "a/pack.json");
  damage(pack);
  damaged.add_pack(pack.dump(), sources_beside(path), "a/pack.json");
  return fresh(clean.run(on), damaged.run(on));
}
std::vector<std::string> in_wuhan(const Damage& damage, Day on = today) {
  return planted(wuhan_path, damage, on);
}
// The same with a second version beside it.
std::vector<std::string> beside_wuhan(const Damage& first, const Damage& second, Day on = today) {
  Linter clean, damaged;
  Json a = wuhan_json(), b = wuhan_json();
  clean.add_pack(a.dump(), wuhan_sources(), "a/one.json");
  b["version"] = "other";
  first(a);
  second(b);
  damaged.add_pack(a.dump(), wuhan_sources(), "a/one.json");
  damaged.add_pack(b.dump(), wuhan_sources(), "a/two.json");
  std::vector<std::string> found = fresh(clean.run(on), damaged.run(on));
  std::erase_if(found, [](const std::string& line) { return line.starts_with("note"); });
  return found;
}

std::size_t row_index(const Json& pack, const std::string& id) {
  for (std::size_t i = 0; i < pack["rows"].size(); ++i) {
    if (pack["rows"][i]["id"] == id) return i;
  }
  FAIL("no row " << id);
  return 0;
}
Json& row_of(Json& pack, const std::string& id) {
  return pack["rows"][row_index(pack, id)];
}
std::string at(const Json& pack, const std::string& id) {
  return "rows[" + std::to_string(row_index(pack, id)) + "]";
}
const Json& wuhan() {
  static const Json pack = wuhan_json();
  return pack;
}

// The row of that id twice: until `last`, and a copy at the end of the rows from `first`.
void split(Json& pack, const std::string& id, const char* last, const char* first) {
  Json copy = row_of(pack, id);
  row_of(pack, id)["last_day"] = last;
  copy["first_day"] = first;
  pack["rows"].push_back(copy);
}

using Found = std::vector<std::string>;
const std::string suyu_path = "offline/packs/suyu-resident/2007-07-01.json";
const std::string yuxi_path = "offline/packs/yuxi-employee/2023-01-01.json";
std::string end_of_rows() {
  return "rows[" + std::to_string(wuhan()["rows"].size()) + "]";
}

}  // namespace

TEST_CASE("the built-in packs have no errors") {
  Linter linter;
  linter.add_built_in();
  const LintReport report = linter.run(today);
  for (const Finding& finding : report.findings) {
    if (finding.severity == Severity::error) FAIL_CHECK(to_line(finding, Language::en));
    CHECK_FALSE(finding.places.empty());
    CHECK_FALSE(finding.zh.empty());
    CHECK_FALSE(finding.en.empty());
  }
  CHECK(report.count(Severity::note) > 100);  // what the texts leave open is said, not hidden
}

TEST_CASE("the same packs as a folder give the same findings, and no version twice") {
  Linter built_in, folder;
  built_in.add_built_in();
  folder.add_built_in();
  REQUIRE(folder.add_directory("offline/packs").has_value());
  CHECK(brief(folder.run(today)) == brief(built_in.run(today)));
}

TEST_CASE("a file that is no JSON is named and does not hide the others") {
  Linter linter;
  linter.add_pack(file_text(wuhan_path).substr(0, 900), wuhan_sources(), "a/broken.json");
  Json other = wuhan();
  row_of(other, "ratio.level_1.on_job")["value"] = 1'200'000;
  linter.add_pack(other.dump(), wuhan_sources(), "a/other.json");
  const LintReport report = linter.run(today);
  CHECK(report.count(Severity::error) == 2);
  CHECK(report.findings[0].check == "json");
  CHECK(report.findings[0].places[0].file == "a/broken.json");
  CHECK(report.findings[1].check == "range");
}

TEST_CASE("rows of one id that leave days open or overlap are shown both") {
  const std::string row = at(wuhan(), "cap.on_job");
  CHECK(in_wuhan([](Json& pack) { split(pack, "cap.on_job", "2024-12-31", "2025-01-01"); }).empty());
  CHECK(in_wuhan([](Json& pack) { split(pack, "cap.on_job", "2024-12-30", "2025-01-01"); }) ==
        Found{"error gap " + row + "|" + end_of_rows()});
  CHECK(in_wuhan([](Json& pack) { split(pack, "cap.on_job", "2025-01-01", "2025-01-01"); }) ==
        Found{"error overlap " + row + "|" + end_of_rows()});
  CHECK(in_wuhan([](Json& pack) { row_of(pack, "cap.on_job")["first_day"] = "2023-02-02"; }) ==
        Found{"error gap first_day|" + row});
  CHECK(in_wuhan([](Json& pack) { row_of(pack, "cap.on_job")["last_day"] = "2030-12-31"; }) ==
        Found{"error gap " + row + "|first_day"});
}

TEST_CASE("a level or a category without a row is a gap, and shown with what brings it in") {
  CHECK(in_wuhan([](Json& pack) {
          pack["benefits"]["list"][0]["stages"][1]["rows"]["3"].erase("retired");
          pack["rows"].erase(row_index(pack, "ratio.level_3.retired"));
        }) == Found{"error gap benefits.list[0].stages[1].rows|categories.rules[0]"});
  CHECK(in_wuhan([](Json& pack) {
          pack["sites"]["levels"]["4"] = {
              {"effect", "as_usual"}, {"slot", "unranked"}, {"row", "site.unranked"}, {"first_parts", true}};
        }) == Found{"error gap benefits.list[0].stages[1].rows|sites.levels.4"});
  CHECK(
      in_wuhan([](Json& pack) {
        pack["categories"]["rules"].push_back({{"id", "other"}, {"who", "anybody"}, {"retired_on_or_before", nullptr}});
      }).size() == 5);  // deductible, limit, and the ratio of each of three levels
}

TEST_CASE("versions of one scheme that leave days open or overlap are shown both, as a till would choose them") {
  const auto from = [](const char* day, const Json& last = nullptr) {
    return [day, last](Json& pack) {
      pack["first_day"] = day;
      pack["last_day"] = last;
      for (Json& row : pack["rows"]) row["first_day"] = day;
    };
  };
  const auto until = [](const char* day) { return [day](Json& pack) { pack["last_day"] = day; }; };
  const auto none = [](Json&) {};
  const auto with_status = [](Damage damage, const char* status) {
    return [damage, status](Json& pack) { damage(pack), pack["status"] = status; };
  };
  // a version without a last day holds until the next
  CHECK(beside_wuhan(none, from("2024-01-01")).empty());
  CHECK(beside_wuhan(until("2023-12-31"), from("2024-01-01")).empty());
  CHECK(beside_wuhan(until("2023-12-30"), from("2024-01-01")) == Found{"error gap first_day|first_day"});
  CHECK(beside_wuhan(until("2024-01-01"), from("2024-01-01")) == Found{"error overlap first_day|first_day"});
  CHECK(beside_wuhan(none, none) == Found{"error overlap first_day|first_day"});
  CHECK(beside_wuhan(until("2024-01-01"), with_status(from("2024-01-01"), "reported")) ==
        Found{"error overlap first_day|first_day", "warning expired first_day"});
  CHECK(beside_wuhan(none, with_status(none, "draft")).empty());
  CHECK(beside_wuhan(none, from("2024-01-01", "2029-12-31")) == Found{"warning revived first_day|first_day"});
  CHECK(beside_wuhan(none, [](Json& pack) { pack["scheme"] = "other"; }) ==
        Found{"error region_conflict admdvs_prefixes|admdvs_prefixes[0]"});
}

TEST_CASE("names that stand for nothing, units that do not fit and rows that nobody uses are found") {
  CHECK(in_wuhan([](Json& pack) { pack["lines"]["code_required"] = "no.such.row"; }) ==
        Found{"error unknown_name lines.code_required"});
  CHECK(in_wuhan([](Json& pack) { pack["accounts"]["counter"] = "op.nothing"; }) ==
        Found{"error unknown_name accounts.counter|counters"});
  CHECK(in_wuhan([](Json& pack) {
          pack["benefits"]["list"][0]["stages"][1]["rows"]["3"]["nobody"] = "ratio.level_3.on_job";
        }) == Found{"error unknown_name benefits.list[0].stages[1].rows.3.nobody"});
  CHECK(in_wuhan([](Json& pack) { pack["benefits"]["list"][0]["stages"][0]["part"] = "category.change"; }) ==
        Found{"error unit benefits.list[0].stages[0].part|" + at(wuhan(), "category.change")});
  CHECK(in_wuhan([](Json& pack) {
          pack["rows"].push_back(row_of(pack, "cap.on_job"));
          pack["rows"].back()["id"] = "cap.nobody";
        }) == Found{"error unused_row " + end_of_rows()});
}

TEST_CASE("two benefits that fit one visit are shown both") {
  const auto second = [](Json mine, Json other) {
    return [mine, other](Json& pack) {
      Json& list = pack["benefits"]["list"];
      list[0]["diseases"] = mine;
      list.push_back(list[0]);
      list[1]["id"] = "second";
      list[1]["diseases"] = other;
    };
  };
  const std::string both = "benefits.list[0]|benefits.list[1]";
  CHECK(in_wuhan(second(Json::array(), Json::array())) == Found{"error ambiguous " + both});
  CHECK(in_wuhan(second(Json::array(), {"dialysis"})) == Found{"error ambiguous " + both});
  CHECK(in_wuhan(second({"dialysis", "transplant"}, {"transplant"})) == Found{"error ambiguous " + both});
  CHECK(in_wuhan(second({"dialysis"}, {"transplant"})) == Found{"warning ambiguous " + both});
  CHECK(in_wuhan(second({"dialysis"}, Json::array())).empty());
  CHECK(in_wuhan([](Json& pack) {
          Json& list = pack["benefits"]["list"];
          list.push_back(list[0]);
          list[1]["med_types"] = {"12"};
        }) == Found{"error ambiguous " + both});  // a visit may force the id
}

TEST_CASE("values out of their range are found, all of them") {
  CHECK(in_wuhan([](Json& pack) {
          row_of(pack, "ratio.level_1.on_job")["value"] = 1'000'001;
          row_of(pack, "cap.on_job")["value"] = -1;
        }) == Found{"error range " + at(wuhan(), "ratio.level_1.on_job"), "error range " + at(wuhan(), "cap.on_job"),
                    "warning retired_worse " + at(wuhan(), "ratio.level_1.retired") + "|" +
                        at(wuhan(), "ratio.level_1.on_job")});
}

TEST_CASE("bands rise without holes, and points never take a ratio below zero") {
  const Json suyu = Json::parse(file_text(suyu_path));
  CHECK(planted(suyu_path, [](Json& pack) { row_of(pack, "inpatient.band_2.upto")["value"] = 500'000; }) ==
        Found{"error bands " + at(suyu, "inpatient.band_1.upto") + "|" + at(suyu, "inpatient.band_2.upto")});
  CHECK(planted(suyu_path,
                [](Json& pack) {
                  for (auto& benefit : pack["benefits"]["list"]) {
                    if (benefit["stages"].size() > 1)
                      benefit["stages"][1]["bands"][3]["upto"] = "inpatient.band_3.upto";
                  }
                }) ==
        Found{"error bands benefits.list[0].stages[1].bands[3]", "error bands benefits.list[1].stages[1].bands[3]"});
  // outside 20 points and class-B drugs 10: 25 % is too little for both together, 30 % is just enough
  CHECK(planted(suyu_path, [](Json& pack) { row_of(pack, "inpatient.band_1.ratio")["value"] = 300'000; }).empty());
  CHECK(planted(suyu_path, [](Json& pack) { row_of(pack, "inpatient.band_1.ratio")["value"] = 250'000; }) ==
        Found{"error points " + at(suyu, "inpatient.band_1.ratio") + "|" + at(suyu, "inpatient.minus.outside") + "|" +
              at(suyu, "inpatient.minus.class_b_drugs")});
}

TEST_CASE("limits that contradict each other are found") {
  const Json yuxi = Json::parse(file_text(yuxi_path));
  const Json shanghai = Json::parse(file_text("offline/packs/shanghai-employee/2026-07-01.json"));
  CHECK(planted(yuxi_path, [](Json& pack) { row_of(pack, "chronic.cap.most")["value"] = 200'000; }) ==
        Found{"error limits " + at(yuxi, "chronic.cap.first") + "|" + at(yuxi, "chronic.cap.most")});
  CHECK(
      in_wuhan([](Json& pack) { pack["benefits"]["list"][0]["stages"][2]["at_least"] = "deductible.on_job"; }).empty());
  CHECK(in_wuhan([](Json& pack) {
          row_of(pack, "deductible.on_job")["value"] = 360'000;
          pack["benefits"]["list"][0]["stages"][2]["at_least"] = "deductible.on_job";
        }) == Found{"error limits " + at(wuhan(), "deductible.on_job") + "|" + at(wuhan(), "cap.on_job")});
  CHECK(in_wuhan([](Json& pack) { row_of(pack, "cap.retired")["value"] = 0; }) ==
        Found{"warning limits " + at(wuhan(), "cap.retired"),
              "warning retired_worse " + at(wuhan(), "cap.retired") + "|" + at(wuhan(), "cap.on_job")});
  const std::string shanxi_path = "offline/packs/shanxi-resident/2021-01-01.json";
  const Json shanxi = Json::parse(file_text(shanxi_path));
  CHECK(planted(shanxi_path, [](Json& pack) { row_of(pack, "op.cap.day")["value"] = 30'000; }) ==
        Found{"warning limits " + at(shanxi, "op.cap.day") + "|" + at(shanxi, "op.cap.year")});
}

TEST_CASE("a retired person who is worse off than an on-job one is a warning") {
  CHECK(in_wuhan([](Json& pack) { row_of(pack, "deductible.retired")["value"] = 80'000; }) ==
        Found{"warning retired_worse " + at(wuhan(), "deductible.retired") + "|" + at(wuhan(), "deductible.on_job")});
}

TEST_CASE("every row cites a text that is named, and every text is cited") {
  CHECK(in_wuhan([](Json& pack) { row_of(pack, "cap.on_job")["source"] = "nowhere"; }) ==
        Found{"error citation " + at(wuhan(), "cap.on_job") + "|sources"});
  CHECK(in_wuhan([](Json& pack) { row_of(pack, "cap.on_job")["article"] = ""; }) ==
        Found{"error citation " + at(wuhan(), "cap.on_job")});
  Json sources = Json::parse(wuhan_sources());
  Linter clean, damaged;
  clean.add_pack(wuhan().dump(), sources.dump(), "a/pack.json");
  const std::size_t index = sources["sources"].size();
  sources["sources"].push_back(sources["sources"][0]);
  sources["sources"].back()["id"] = "unread";
  damaged.add_pack(wuhan().dump(), sources.dump(), "a/pack.json");
  CHECK(fresh(clean.run(today), damaged.run(today)) ==
        Found{"warning unused_source sources[" + std::to_string(index) + "]"});
}

TEST_CASE("a text that ends within sixty days or has ended is a warning, unless another follows") {
  const auto ends = [](Json& pack) { pack["last_day"] = "2026-12-31"; };
  CHECK(in_wuhan(ends, *parse_day("2026-11-01")).empty() == false);
  CHECK(in_wuhan(ends, *parse_day("2026-11-01")) == Found{"warning expires first_day"});
  CHECK(in_wuhan(ends, *parse_day("2026-10-31")).empty());
  CHECK(in_wuhan(ends, *parse_day("2026-12-31")) == Found{"warning expires first_day"});
  CHECK(in_wuhan(ends, *parse_day("2027-01-01")) == Found{"warning expired first_day"});
  CHECK(beside_wuhan(
            ends,
            [](Json& pack) {
              pack["first_day"] = "2027-01-01";
              for (Json& row : pack["rows"]) row["first_day"] = "2027-01-01";
            },
            *parse_day("2026-12-01"))
            .empty());
}

TEST_CASE("rows that nobody checked for a year are a warning") {
  CHECK(in_wuhan([](Json& pack) { row_of(pack, "cap.on_job")["checked"] = "2025-11-21"; }) ==
        Found{"warning stale " + at(wuhan(), "cap.on_job")});
  CHECK(in_wuhan([](Json& pack) { row_of(pack, "cap.on_job")["checked"] = "2025-11-22"; }).empty());
}

TEST_CASE("what is reported, decided or left open is listed") {
  const std::string row = at(wuhan(), "cap.on_job");
  CHECK(in_wuhan([](Json& pack) { row_of(pack, "cap.on_job")["confidence"] = "reported"; }) ==
        Found{"note reported " + row});
  CHECK(in_wuhan([](Json& pack) { row_of(pack, "cap.on_job")["confidence"] = "decision"; }) ==
        Found{"note decision " + row});
  CHECK(in_wuhan([](Json& pack) { row_of(pack, "cap.on_job")["value"] = nullptr; }) == Found{"note unset " + row});
}

TEST_CASE("a member that the schema does not know is found where it stands") {
  CHECK(in_wuhan([](Json& pack) { pack["categories"]["colour"] = "red"; }) == Found{"error schema categories"});
  CHECK(in_wuhan([](Json& pack) { pack["rows"][3]["checked"] = "yesterday"; }) ==
        Found{"error schema rows[3].checked"});
}

TEST_CASE("what only the loader refuses is told in its words") {
  CHECK(in_wuhan([](Json& pack) { pack["accounts"]["first_kinds"] = {"current"}; }) == Found{"error load "});
}

TEST_CASE("one run shows the faults of every file") {
  Linter linter;
  linter.add_built_in();
  for (const char* version : {"one", "two"}) {
    Json pack = wuhan();
    pack["version"] = version;
    pack["status"] = "draft";
    row_of(pack, "ratio.level_1.on_job")["value"] = 1'200'000;
    pack["lines"]["code_required"] = "no.such.row";
    linter.add_pack(pack.dump(), wuhan_sources(), std::string("a/") + version + ".json");
  }
  const LintReport report = linter.run(today);
  CHECK(report.count(Severity::error) == 4);
}
