#include <catch2/catch.hpp>
#include <filesystem>
#include <functional>
#include <set>

#include <unistd.h>

#include "offline/base/bytes.h"
#include "offline/packs/packs.h"
#include "offline/packs/troubles.h"
#include "offline/seal/sm3.h"
#include "offline/settlement/settle.h"
#include "tests/packs/pack_text.h"
#include "tests/settlement/claims.h"

using namespace gongji;
using namespace gongji::packs;
using namespace gongji::testing;
using nlohmann::ordered_json;

namespace {

Result<PackSet> loaded(const std::string& text, const std::string& sources) {
  PackSetBuilder builder;
  if (auto added = builder.add_pack(text, sources, "test"); added.has_error()) return added.error();
  return builder.build();
}
Result<PackSet> loaded(const ordered_json& pack) {
  return loaded(pack.dump(), wuhan_sources());
}

void require_trouble(const Result<PackSet>& result, const TroubleText& text, const std::string& path_part,
                     const std::string& detail_part) {
  REQUIRE(result.has_error());
  const Trouble& trouble = result.error();
  INFO(to_string(trouble, Language::en));
  CHECK(trouble.text->code == text.code);
  CHECK(trouble.path.find(path_part) != std::string::npos);
  CHECK(trouble.detail.find(detail_part) != std::string::npos);
}

// One row of each unit first: all rows have the same members, so damaging these is enough.
ordered_json few_rows_first(ordered_json pack) {
  std::set<std::string> units;
  std::stable_partition(pack["rows"].begin(), pack["rows"].end(),
                        [&units](const ordered_json& row) { return units.insert(row["unit"]).second; });
  return pack;
}
bool is_later_row(const ordered_json::json_pointer& at) {
  return at.parent_pointer().to_string() == "/rows" && std::stoul(at.back()) >= 5;
}

// Every object in the pack, by pointer.
void each_object(const ordered_json& node, const ordered_json::json_pointer& at,
                 const std::function<void(const ordered_json::json_pointer&, const ordered_json&)>& visit) {
  if (node.is_object()) {
    visit(at, node);
    for (const auto& [name, child] : node.items()) each_object(child, at / name, visit);
  } else if (node.is_array()) {
    for (std::size_t i = 0; i < node.size(); ++i) each_object(node[i], at / i, visit);
  }
}

}  // namespace

TEST_CASE("a built-in pack is the file byte for byte, and is known by its digest") {
  const PackSet packs = built_in_packs();
  bool found = false;
  for (const PackInfo& info : packs.packs()) {
    if (info.name != "wuhan-employee@2023-02-01") continue;
    found = true;
    CHECK(info.digest == "sm3:" + to_hex(seal::sm3(as_bytes(file_text(wuhan_path)))));
    CHECK(packs.find(info.name, info.first_day)->digest == info.digest);
  }
  CHECK(found);
}

TEST_CASE("every key of every pack that is misspelt, missing or added stops the loading and is named") {
  for (const std::string& path : pack_paths()) {
    const ordered_json pack = few_rows_first(ordered_json::parse(file_text(path)));
    const std::string sources = sources_beside(path);
    REQUIRE(loaded(pack.dump(), sources).has_value());
    std::size_t tried = 0;
    each_object(pack, ordered_json::json_pointer(),
                [&](const ordered_json::json_pointer& at, const ordered_json& object) {
                  if (is_later_row(at)) return;
                  for (const auto& [name, child] : object.items()) {
                    INFO(path << " " << at.to_string() << "/" << name);
                    ordered_json renamed = pack;
                    renamed[at].erase(name);
                    CHECK(loaded(renamed.dump(), sources).has_error());
                    renamed[at][name + "_"] = child;
                    const auto unknown = loaded(renamed.dump(), sources);
                    REQUIRE(unknown.has_error());
                    CHECK(unknown.error().text == &troubles::not_valid);
                    CHECK((unknown.error().path + unknown.error().detail).find(name) != std::string::npos);
                    ++tried;
                  }
                });
    CHECK(tried > 100);
  }
}

TEST_CASE("a value of the wrong type stops the loading wherever it stands in a pack") {
  for (const std::string& path : pack_paths()) {
    const ordered_json pack = few_rows_first(ordered_json::parse(file_text(path)));
    const std::string sources = sources_beside(path);
    each_object(pack, ordered_json::json_pointer(),
                [&](const ordered_json::json_pointer& at, const ordered_json& object) {
                  if (is_later_row(at)) return;
                  for (const auto& [name, child] : object.items()) {
                    INFO(path << " " << at.to_string() << "/" << name);
                    ordered_json wrong = pack;
                    const bool open_value = name == "value" && child.is_null();
                    wrong[at][name] = child.is_number() || open_value ? ordered_json("70000") : ordered_json(7);
                    CHECK(loaded(wrong.dump(), sources).has_error());
                  }
                });
  }
}

TEST_CASE("a pack's fault is told with its place and what was expected") {
  ordered_json pack = wuhan_json();
  SECTION("a rate above the whole") {
    std::size_t index = 0;
    while (pack["rows"][index]["unit"] != "ppm") ++index;
    pack["rows"][index]["value"] = 1'200'000;
    require_trouble(loaded(pack), troubles::not_valid,
                    "pack wuhan-employee@2023-02-01 · rows[" + std::to_string(index) + "].value",
                    "1200000 is above 1000000");
  }
  SECTION("a number with a decimal point, anywhere") {
    std::string text = pack.dump();
    const auto at_value = text.find("\"value\":70000");
    text.replace(at_value, 13, "\"value\":700.00");
    require_trouble(loaded(text, wuhan_sources()), troubles::not_json, "test", "700.00 is not a whole number");
  }
  SECTION("an amount below zero") {
    for (auto& row : pack["rows"]) {
      if (row["id"] == "deductible.on_job") row["value"] = -1;
    }
    require_trouble(loaded(pack), troubles::not_valid, ".value", "-1 is below 0");
  }
  SECTION("a member that stands twice") {
    std::string text = pack.dump();
    text.insert(1, "\"scheme\":\"other\",");
    require_trouble(loaded(text, wuhan_sources()), troubles::not_json, "test", "\"scheme\" stands twice");
  }
  SECTION("a day that is none") {
    pack["first_day"] = "2023-02-30";
    require_trouble(loaded(pack), troubles::not_valid, "first_day", "2023-02-30 is not a day");
  }
  SECTION("a source that nobody knows") {
    pack["rows"][0]["source"] = "hearsay";
    require_trouble(loaded(pack), troubles::not_valid, "rows[0].source", "hearsay");
  }
  SECTION("a row that is cited but not there") {
    pack["entitlement"] = "entitled";
    require_trouble(loaded(pack), troubles::not_valid, "entitlement", "no row \"entitled\"");
  }
  SECTION("a row that is there but used nowhere") {
    ordered_json row = pack["rows"][0];
    row["id"] = "forgotten";
    pack["rows"].push_back(row);
    require_trouble(loaded(pack), troubles::not_valid, "rows", "forgotten is used nowhere");
  }
  SECTION("a rate where an amount belongs") {
    pack["benefits"]["list"][0]["stages"][0]["rows"]["retired"] = "ratio.level_1.retired";
    require_trouble(loaded(pack), troubles::not_valid, "stages[0].rows.retired", "another unit");
  }
  SECTION("a counter that is not declared") {
    pack["benefits"]["list"][0]["stages"][2]["counter"] = "op.funds";
    require_trouble(loaded(pack), troubles::not_valid, "stages[2].counter", "not a declared counter");
  }
  SECTION("a level without a ratio") {
    pack["benefits"]["list"][0]["stages"][1]["rows"].erase("2");
    require_trouble(loaded(pack), troubles::not_valid, "stages[1].rows", "no row for 2");
  }
  SECTION("a reason that is missing where the text is not the source") {
    for (auto& row : pack["rows"]) {
      if (row["confidence"] == "decision") row["note"] = "";
    }
    require_trouble(loaded(pack), troubles::not_valid, ".note", "says why");
  }
  SECTION("text that is not UTF-8") {
    require_trouble(loaded("{\"format\":\"\xff\"}", wuhan_sources()), troubles::not_json, "test", "UTF-8");
  }
}

TEST_CASE("a benefit's stages have one order, and what would not add up is not loaded") {
  ordered_json pack = wuhan_json();
  ordered_json& stages = pack["benefits"]["list"][0]["stages"];
  const ordered_json deductible = stages[0], ratio = stages[1], cap = stages[2];
  SECTION("a second ratio would pay twice") {
    stages.insert(stages.begin() + 2, ratio);
    require_trouble(loaded(pack), troubles::not_valid, "stages[2]", "behind a stage that gives a share");
  }
  SECTION("a deductible behind the ratio would take nothing") {
    std::swap(stages[0], stages[1]);
    require_trouble(loaded(pack), troubles::not_valid, "stages[1]", "behind a stage that gives a share");
  }
  SECTION("a limit before the ratio would limit nothing") {
    std::swap(stages[1], stages[2]);
    require_trouble(loaded(pack), troubles::not_valid, "stages[1]", "before a stage that gives a share");
  }
  SECTION("a deductible alone gives nobody anything") {
    stages = ordered_json::array({deductible});
    require_trouble(loaded(pack), troubles::not_valid, "stages", "no stage that gives a share");
  }
  SECTION("one counter for two limits would count twice") {
    stages.push_back(cap);
    require_trouble(loaded(pack), troubles::not_valid, "stages[3].counter", "counts for another limit");
  }
  SECTION("shares by class begin with the first fen") {
    stages[1] = {{"stage", "class_ratio"}, {"class_a", "ratio.level_1.on_job"}, {"class_b", "ratio.level_2.on_job"}};
    require_trouble(loaded(pack), troubles::not_valid, "stages[1]", "no deductible may stand before it");
  }
  SECTION("shares by class are weighed by four decimals") {
    for (auto& row : pack["rows"]) {
      if (row["id"] == "ratio.level_1.on_job") row["value"] = 800'050;
    }
    stages[1] = {{"stage", "class_ratio"}, {"class_a", "ratio.level_1.on_job"}, {"class_b", "ratio.level_2.on_job"}};
    stages.erase(stages.begin());
    require_trouble(loaded(pack), troubles::not_valid, "class_a", "finer than a hundredth of a percent");
  }
  SECTION("an account that pays first leaves no bands to fill") {
    const std::string path = "offline/packs/shanghai-employee/2023-07-01.json";
    ordered_json shanghai = ordered_json::parse(file_text(path));
    auto& share = shanghai["benefits"]["list"][0]["stages"];
    share = {{{"stage", "class_ratio"}, {"class_a", "ratio.level_1.on_job"}, {"class_b", "ratio.level_2.on_job"}}};
    require_trouble(loaded(shanghai.dump(), sources_beside(path)), troubles::not_valid, "first_kinds",
                    "which pays by class or band");
  }
  SECTION("drugs that have a deductible each have no other") {
    const std::string path = "offline/packs/yuxi-employee/2023-01-01.json";
    ordered_json yuxi = ordered_json::parse(file_text(path));
    for (auto& benefit : yuxi["benefits"]["list"]) {
      if (benefit["id"] != "negotiated") continue;
      auto& list = benefit["stages"];
      list.insert(list.begin(), yuxi["benefits"]["list"][1]["stages"][0]);
    }
    require_trouble(loaded(yuxi.dump(), sources_beside(path)), troubles::not_valid, "stages[1]",
                    "cannot be joined with another deductible");
  }
}

TEST_CASE("rows of one id follow each other without gap or overlap, and each holds on its own days") {
  ordered_json pack = wuhan_json();
  std::size_t index = 0;
  while (pack["rows"][index]["id"] != "deductible.on_job") ++index;
  ordered_json later = pack["rows"][index];
  pack["rows"][index]["last_day"] = "2023-05-31";
  later["first_day"] = "2023-06-01";
  later["value"] = 60'000;

  SECTION("a gap is named by its day") {
    later["first_day"] = "2023-06-02";
    pack["rows"].push_back(later);
    require_trouble(loaded(pack), troubles::not_valid, "rows[", "leaves a gap after 2023-05-31");
  }
  SECTION("so is a row that ends before its pack") {
    require_trouble(loaded(pack), troubles::not_valid, "rows[", "leaves a gap after 2023-05-31");
  }
  SECTION("and one that begins after it") {
    pack["rows"][index]["last_day"] = nullptr;
    pack["rows"][index]["first_day"] = "2023-02-02";
    require_trouble(loaded(pack), troubles::not_valid, "rows[", "from the pack's first day");
  }
  SECTION("an overlap is refused") {
    later["first_day"] = "2023-05-31";
    pack["rows"].push_back(later);
    require_trouble(loaded(pack), troubles::not_valid, "rows[", "overlaps");
  }
  SECTION("the day picks the row") {
    pack["rows"].push_back(later);
    const auto packs = loaded(pack);
    REQUIRE(packs.has_value());
    for (const auto& [when, deductible] : {std::pair{"2023-05-31 12:00:00", 700}, {"2023-06-01 00:00:00", 600}}) {
      settlement::Claim claim = plain_claim();
      claim.begntime = at(when);
      const auto chosen = std::get<Chosen>(packs->choose(claim));
      const auto outcome = settlement::settle(claim, *chosen.policy, settlement::TraceWish::none);
      CHECK(std::get<settlement::Settlement>(outcome).totals.act_pay_dedc == Money::yuan(deductible));
    }
  }
}

TEST_CASE("a value that the texts do not give is refused by name when a sale needs it, until a supplement gives it") {
  ordered_json pack = wuhan_json();
  ordered_json row;
  for (auto& each : pack["rows"]) {
    if (each["id"] != "ratio.level_3.on_job") continue;
    each["value"] = nullptr;
    row = each;
  }
  row["value"] = 550'000;
  ordered_json supplement = {{"format", "gongji.supplement.v1"}, {"scheme", "wuhan-employee"}};
  supplement["sources"] = ordered_json::parse(wuhan_sources())["sources"];
  supplement["rows"] = ordered_json::array({row});

  const auto outcome_with = [&](bool supplemented, settlement::Claim claim) {
    PackSetBuilder builder;
    REQUIRE(builder.add_pack(pack.dump(), wuhan_sources(), "test").has_value());
    if (supplemented) REQUIRE(builder.add_supplement(supplement.dump(), "extra").has_value());
    const auto packs = builder.build();
    REQUIRE(packs.has_value());
    const auto chosen = std::get<Chosen>(packs->choose(claim));
    return settlement::settle(claim, *chosen.policy, settlement::TraceWish::none);
  };

  const auto unset = outcome_with(false, plain_claim());
  REQUIRE(std::holds_alternative<settlement::Refusal>(unset));
  CHECK(std::get<settlement::Refusal>(unset).code == settlement::RefusalCode::parameter_unset);
  CHECK(std::get<settlement::Refusal>(unset).path == "ratio.level_3.on_job");
  CHECK(std::get<settlement::Refusal>(unset).article == "第十五条");

  settlement::Claim below = plain_claim();
  below.lines[0] = line("1", Money::yuan(700));
  CHECK(std::holds_alternative<settlement::Settlement>(outcome_with(false, below)));

  const auto given = outcome_with(true, plain_claim());
  REQUIRE(std::holds_alternative<settlement::Settlement>(given));
  CHECK(std::get<settlement::Settlement>(given).totals.hifp_pay == Money::yuan(165));

  supplement["rows"][0]["id"] = "ratio.level_7";
  PackSetBuilder builder;
  REQUIRE(builder.add_pack(pack.dump(), wuhan_sources(), "test").has_value());
  REQUIRE(builder.add_supplement(supplement.dump(), "extra").has_value());
  require_trouble(builder.build(), troubles::supplement_without_row, "supplement extra", "ratio.level_7");
}

TEST_CASE("a folder of packs is loaded, and what is wrong with it is told") {
  namespace fs = std::filesystem;
  const fs::path folder = fs::temp_directory_path() / ("gongji-packs-" + std::to_string(::getpid()));
  fs::remove_all(folder);
  fs::create_directories(folder / "wuhan-employee");
  const auto write = [&](const char* name, const std::string& text) {
    std::ofstream(folder / "wuhan-employee" / name, std::ios::binary) << text;
  };
  const auto add = [&] {
    PackSetBuilder builder;
    return builder.add_directory(folder);
  };

  CHECK(add().error().text == &troubles::nothing_there);
  write("sources.json", wuhan_sources());
  CHECK(add().error().text == &troubles::nothing_there);
  write("2023-02-01.json", "{");
  CHECK(add().error().text == &troubles::not_json);
  CHECK(add().error().path.find("2023-02-01.json") != std::string::npos);
  ordered_json pack = wuhan_json();
  pack["version"] = "what-if";
  pack["status"] = "draft";
  write("2023-02-01.json", pack.dump());
  CHECK(add().has_value());

  PackSetBuilder builder;
  REQUIRE(builder.add_built_in().has_value());
  REQUIRE(builder.add_directory(folder).has_value());
  const auto packs = builder.build();
  REQUIRE(packs.has_value());
  CHECK(packs->find("wuhan-employee@what-if", day("2023-03-01")) != nullptr);
  fs::remove_all(folder);
  CHECK(add().error().text == &troubles::unreadable);
}
