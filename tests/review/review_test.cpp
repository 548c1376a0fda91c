// What `gongji packs show` and `gongji packs diff` say: contents by hand from the articles, columns by display width.
#include <algorithm>
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "offline/base/columns.h"
#include "offline/review/diff.h"
#include "offline/review/show.h"
#include "tests/support/print_trouble.h"

using namespace gongji;
using namespace gongji::review;
using Json = nlohmann::json;

namespace {

Day day(const char* text) {
  return *parse_day(text);
}
const packs::PackSet& all() {
  static const packs::PackSet packs = packs::built_in_packs();
  return packs;
}
Sheet sheet(const char* name, const char* on = "2026-11-22") {
  return sheet_of(all(), packs::AccountLawBook::built_in(), name, day(on));
}
Diff diff(const char* a, const char* b, const char* on) {
  return diff_of(all(), packs::AccountLawBook::built_in(), a, b, day(on));
}

std::vector<std::string> lines(const std::string& text) {
  std::istringstream in(text);
  std::vector<std::string> out;
  for (std::string line; std::getline(in, line);) out.push_back(line);
  return out;
}
// The first line that holds all of the parts, its blanks squeezed to one.
std::string line_with(const std::string& text, std::initializer_list<std::string> parts) {
  for (const std::string& line : lines(text)) {
    if (!std::all_of(parts.begin(), parts.end(),
                     [&line](const std::string& part) { return line.find(part) != std::string::npos; })) {
      continue;
    }
    std::istringstream in(line);
    std::string out;
    for (std::string word; in >> word;) out += (out.empty() ? "" : " ") + word;
    return out;
  }
  return {};
}

const Change* change_of(const Diff& diff, const std::string& key, const std::string& level = "",
                        const std::string& category = "") {
  for (const Change& each : diff.changes) {
    const Entry& known = each.b != nullptr ? *each.b : *each.a;
    if (known.key == key && known.slot == level && known.category == category) return &each;
  }
  return nullptr;
}
const Example& example_of(const Diff& diff, const std::string& visit, const std::string& category,
                          const std::string& level) {
  for (const Example& each : diff.examples) {
    if (each.visit == visit && each.category == category && each.level == level) return each;
  }
  FAIL("no example");
  return diff.examples.front();
}

}  // namespace

TEST_CASE("Chinese characters are two columns wide, and columns stand below each other") {
  CHECK(display_width("700.00 yuan") == 11);
  CHECK(display_width("起付标准") == 8);
  CHECK(display_width("（每年）") == 8);
  CHECK(display_width("一级 · 在职") == 11);
  CHECK(display_width("\xFF\xE4\xBD") == 3);  // no UTF-8: a byte each, and no reading beyond the end
  Columns columns(1);
  columns.row({"项目", "a", "x"});
  columns.row({"a heading that makes no column wider"});
  columns.row({"item", "值", "y"});
  CHECK(columns.text() == " 项目  a   x\n a heading that makes no column wider\n item  值  y\n");
}

TEST_CASE("in every table of every pack each cell begins in the column of its heading") {
  for (const packs::PackInfo& pack : all().packs()) {
    for (const Language language : {Language::zh, Language::en}) {
      const std::string text = show_text(sheet(pack.name.c_str()), language);
      const std::string heading = language == Language::zh ? "条文" : "article";
      std::size_t column = 0, seen = 0;
      for (const std::string& line : lines(text)) {
        if (line.empty()) column = 0;
        if (const auto at = line.find(" " + heading + " "); at != std::string::npos) {
          column = display_width(line.substr(0, at + 1));
          continue;
        }
        if (column == 0 || !line.ends_with("]")) continue;
        ++seen;
        // two blanks end before the column, and something begins in it
        std::size_t width = 0, bytes = 0;
        while (width < column && bytes < line.size()) {
          width = display_width(line.substr(0, ++bytes));
          while (bytes < line.size() && (static_cast<unsigned char>(line[bytes]) & 0xC0u) == 0x80u) ++bytes;
          width = display_width(line.substr(0, bytes));
        }
        INFO(pack.name << ": " << line);
        REQUIRE(width == column);
        CHECK(line.substr(bytes - 2, 2) == "  ");
        CHECK(line[bytes] != ' ');
      }
      CHECK(seen > 20);
    }
  }
}

TEST_CASE("what is shown of Wuhan is what its articles say, in both languages") {
  const Sheet wuhan = sheet("wuhan-employee@2023-02-01");
  const std::string zh = show_text(wuhan, Language::zh), en = show_text(wuhan, Language::en);
  CHECK(line_with(zh, {"起付标准（每年）", "在职"}) ==
        "起付标准（每年） 在职 700.00 元 第十四条 2023-02-01 起 有原文 [1]");
  CHECK(line_with(zh, {"基金支付比例", "三级 · 退休"}) ==
        "基金支付比例 三级 · 退休 60% 第十五条 2023-02-01 起 有原文 [1]");
  CHECK(line_with(zh, {"药店外配处方"}).find("没有统筹支付 第十三条") != std::string::npos);
  CHECK(line_with(zh, {"[1] 武汉市"}) == "[1] 武汉市职工基本医疗保险门诊共济保障实施细则（wuhan-2023）");
  CHECK(line_with(zh, {"计入个人账户", "灵活就业 · 退休"}).find("66.00 元 第六条") != std::string::npos);
  CHECK(line_with(en, {"deductible, a year", "on-job"}) ==
        "deductible, a year on-job 700.00 yuan 第十四条 from 2023-02-01 sourced [1]");
  CHECK(line_with(en, {"limit of the fund, a year", "retired"}).find("4000.00 yuan") != std::string::npos);
  CHECK(line_with(en, {"class-B first part: drugs"}).find("all 10% 第十五条") != std::string::npos);
}

TEST_CASE("a value that holds for all is one line, and what the texts leave open is listed with its article") {
  const std::string en = show_text(sheet("yuxi-employee@2023-01-01"), Language::en);
  CHECK(line_with(en, {"deductible, a day", "level 1"}).find("level 1 30.00 yuan 第八条") != std::string::npos);
  CHECK(line_with(en, {"limit of the fund, a year"}).find("all 6000.00 yuan 第九条") != std::string::npos);
  CHECK(line_with(en, {"inpatient.cap", "第九条", "supplement"}).empty() == false);
  CHECK(line_with(en, {"* special disease (special): renal failure, severe psychosis"}).empty() == false);
  const std::string zh = show_text(sheet("suyu-resident@2007-07-01"), Language::zh);
  CHECK(line_with(zh, {"5000.00 至 10000.00 元"}).find("55%") != std::string::npos);
  CHECK(line_with(zh, {"各段比例降低", "市外"}).find("20%") != std::string::npos);
}

TEST_CASE("every number of a pack that a benefit uses is shown with its article, source, days and confidence") {
  for (const packs::PackInfo& pack : all().packs()) {
    INFO(pack.name);
    const Json shown = Json::parse(show_json(sheet(pack.name.c_str(), to_string(pack.first_day).c_str())));
    std::set<std::string> rows;
    for (const Json& entry : shown["entries"]) {
      if (entry["cites"].is_null()) continue;
      rows.insert(entry["cites"]["row"].get<std::string>());
      CHECK_FALSE(entry["cites"]["article"].get<std::string>().empty());
      CHECK_FALSE(entry["cites"]["source_title"].get<std::string>().empty());
      CHECK(parse_day(entry["cites"]["first_day"].get<std::string>()).has_value());
    }
    for (const packs::DatedRow& row : *all().rows(pack.name)) {
      if (row.unit != packs::Unit::fen && row.unit != packs::Unit::ppm) continue;
      // ends of bands are shown in the words of their band
      if (!row.holds(pack.first_day) || row.row.id.ends_with(".upto")) continue;
      const bool later = std::any_of(shown["entries"].begin(), shown["entries"].end(), [&row](const Json& entry) {
        return entry["key"].get<std::string>().starts_with("benefit." + row.row.id.substr(0, row.row.id.find('.')));
      });
      if (!later && row.row.id.find("chronic") == 0) continue;  // a benefit that begins on a later day
      INFO(row.row.id);
      CHECK(rows.contains(row.row.id));
    }
  }
}

TEST_CASE("a scheme means its version in force that day, and a name that is not there lists those that are") {
  CHECK(*version_named(all(), "shanghai-employee", day("2024-12-01"), false) == "shanghai-employee@2024-07-01");
  CHECK(*version_named(all(), "wuhan-employee", day("2024-12-01"), false) == "wuhan-employee@2023-02-01");
  CHECK(*version_named(all(), "wuhan-employee", day("2024-12-01"), true) == "wuhan-employee@2023-04-10");
  CHECK(*version_named(all(), "wuhan-employee@draft-2022", day("2024-12-01"), false) == "wuhan-employee@draft-2022");
  const auto unknown = version_named(all(), "nowhere", day("2024-12-01"), false);
  REQUIRE(unknown.has_error());
  CHECK(unknown.error().text->code == "G4651");
  CHECK(unknown.error().detail.find("yuxi-employee") != std::string::npos);
  const auto version = version_named(all(), "wuhan-employee@1999", day("2024-12-01"), false);
  REQUIRE(version.has_error());
  CHECK(version.error().detail.find("wuhan-employee@2023-04-10") != std::string::npos);
  const auto ended = version_named(all(), "shanghai-employee", day("2027-01-01"), false);
  REQUIRE(ended.has_error());
  CHECK(ended.error().text->code == "G4652");
}

TEST_CASE("the draft of Wuhan and the rules in force differ in what the articles differ in") {
  const Diff wuhan = diff("wuhan-employee@draft-2022", "wuhan-employee@2023-02-01", "2023-02-01");
  const Change* elsewhere = change_of(wuhan, "region.referred");
  REQUIRE(elsewhere != nullptr);
  CHECK(elsewhere->direction == Direction::better);
  CHECK(elsewhere->a->cites->article == "第二十三条");
  CHECK(elsewhere->b->cites->article == "第十七条");
  CHECK(elsewhere->b->value.zh == "按规定结算，先自付 10%");
  REQUIRE(change_of(wuhan, "pharmacy.prescription") != nullptr);
  CHECK(change_of(wuhan, "pharmacy.prescription")->direction == Direction::worse);
  REQUIRE(change_of(wuhan, "first_part.drug") != nullptr);
  CHECK(change_of(wuhan, "first_part.drug")->direction == Direction::unclear);
  REQUIRE(change_of(wuhan, "premium.resident.self") != nullptr);
  CHECK(change_of(wuhan, "premium.resident.self")->direction == Direction::better);
  // the same 80 % of the own share: the draft says it, the rules print the figures
  CHECK(change_of(wuhan, "benefit.op.ratio", "1", "retired") == nullptr);

  // by hand: level 3, retired, 60 % of 300 in the draft; 60 % of 270 in force
  const Example& class_b = example_of(wuhan, "class_b", "retired", "3");
  CHECK(to_string(*class_b.a.fund) == "180.00");
  CHECK(to_string(*class_b.b.fund) == "162.00");
  CHECK(to_string(*class_b.b.personal) == "138.00");
  const Example& away = example_of(wuhan, "elsewhere", "on_job", "1");
  CHECK(to_string(*away.a.fund) == "0.00");
  CHECK(to_string(*away.b.fund) == "216.00");

  const std::string zh = diff_text(wuhan, Language::zh), en = diff_text(wuhan, Language::en);
  CHECK(line_with(zh, {"异地转诊", "更有利"}) ==
        "异地转诊 全部 统筹基金不支付 按规定结算，先自付 10% 第二十三条 第十七条 更有利");
  CHECK(line_with(zh, {"30 例中有"}) == "30 例中有 18 例两个版本结果相同。");
  CHECK(line_with(en, {"external prescription", "worse"}).empty() == false);
  CHECK(line_with(en, {"deductible.on_job"}) == "deductible.on_job 第十五条 第十四条");
}

TEST_CASE("what is gone or new between two versions is said with its direction, for whom it concerns") {
  const Diff wuhan = diff("wuhan-employee@2023-02-01", "wuhan-employee@2023-04-10", "2023-04-10");
  const Change* deductible = change_of(wuhan, "benefit.op.deductible.year", "1", "on_job");
  REQUIRE(deductible != nullptr);
  CHECK(deductible->b == nullptr);
  CHECK(deductible->direction == Direction::better);
  const Change* ratio = change_of(wuhan, "benefit.op.ratio", "3", "retired");
  REQUIRE(ratio != nullptr);
  CHECK(ratio->a->value.en == "60%");
  CHECK(ratio->b->value.en == "65%");
  CHECK(ratio->direction == Direction::better);
  CHECK(change_of(wuhan, "benefit.op.limit.year", "1", "retired")->direction == Direction::better);
  CHECK(change_of(wuhan, "benefit.op.limit.year", "1", "on_job") == nullptr);
  // pharmacies had no share at all: the limit of the new one is no loss
  CHECK(change_of(wuhan, "benefit.op.ratio", "pharmacy", "on_job")->direction == Direction::better);
  CHECK(change_of(wuhan, "benefit.op.limit.year", "pharmacy", "on_job")->direction == Direction::better);
  const std::string en = diff_text(wuhan, Language::en);
  CHECK(line_with(en, {"deductible, a year", "on-job", "none"}).find("on-job 700.00 yuan none 第十四条 -") !=
        std::string::npos);
  // by hand: 300 yuan, first of the year: nothing below the deductible; then 85 %
  const Example& plain = example_of(wuhan, "plain", "on_job", "1");
  CHECK(to_string(*plain.a.fund) == "0.00");
  CHECK(to_string(*plain.b.fund) == "255.00");
}

TEST_CASE("the way back is the same changes the other way round") {
  const Diff there = diff("yuxi-employee@2023-01-01", "yuxi-employee@2024-11-01", "2024-11-01");
  const Diff back = diff("yuxi-employee@2024-11-01", "yuxi-employee@2023-01-01", "2024-11-01");
  REQUIRE(there.changes.size() == back.changes.size());
  CHECK_FALSE(there.changes.empty());
  for (const Change& each : there.changes) {
    const Entry& known = each.b != nullptr ? *each.b : *each.a;
    const Change* mirrored = change_of(back, known.key, known.slot, known.category);
    INFO(known.key);
    REQUIRE(mirrored != nullptr);
    if (each.direction == Direction::unclear) {
      CHECK(mirrored->direction == Direction::unclear);
    } else {
      CHECK(mirrored->direction == (each.direction == Direction::better ? Direction::worse : Direction::better));
    }
  }
  for (std::size_t i = 0; i < there.examples.size(); ++i) {
    if (there.examples[i].category != back.examples[i].category) continue;
    CHECK(there.examples[i].a == back.examples[i].b);
  }
}

TEST_CASE("a version compared with itself does not differ, and a diff is one JSON object") {
  for (const packs::PackInfo& pack : all().packs()) {
    const Diff none = diff(pack.name.c_str(), pack.name.c_str(), to_string(pack.first_day).c_str());
    INFO(pack.name);
    CHECK(none.changes.empty());
    CHECK(none.rows.empty());
    CHECK(
        std::all_of(none.examples.begin(), none.examples.end(), [](const Example& each) { return each.a == each.b; }));
  }
  const Diff wuhan = diff("wuhan-employee@draft-2022", "wuhan-employee@2023-02-01", "2023-02-01");
  const Json json = Json::parse(diff_json(wuhan));
  CHECK(json["changes"].size() == wuhan.changes.size());
  CHECK(json["rows"].size() == wuhan.rows.size());
  CHECK(json["examples"].size() == 30);
  CHECK(json["examples"][0]["a"]["fund"] == "0.00");
}
