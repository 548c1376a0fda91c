#include "offline/vectors/vectors.h"

#include <nlohmann/json.hpp>

#include <catch2/catch.hpp>
#include <filesystem>
#include <map>
#include <set>
#include <sstream>

#include "offline/settlement/claim_json.h"
#include "offline/settlement/settle.h"
#include "tests/packs/pack_text.h"

using namespace gongji;
using namespace gongji::settlement;
using namespace gongji::testing;
using nlohmann::json;

namespace {

const std::string folder = "docs/vectors/";
constexpr std::uintmax_t bytes_max = 6'000'000;

const packs::PackSet& built_in() {
  static const packs::PackSet packs = packs::built_in_packs();
  return packs;
}

std::string text_of(const std::vector<vectors::Vector>& all) {
  std::string text;
  for (const vectors::Vector& each : all) text += vectors::to_json_line(each) + "\n";
  return text;
}

// The first line in which two texts differ: whole files would fill the screen.
std::string first_difference(const std::string& a, const std::string& b) {
  std::istringstream in_a(a), in_b(b);
  std::string line_a, line_b;
  while (std::getline(in_a, line_a) && std::getline(in_b, line_b)) {
    if (line_a != line_b) return line_a + "\n" + line_b;
  }
  return a.size() == b.size() ? "" : "one is longer";
}

Claim claim_of(const vectors::Vector& vector) {
  auto read = claim_from_json(vector.claim);
  REQUIRE(std::holds_alternative<Claim>(read));
  return std::get<Claim>(std::move(read));
}

// Rows with a number that no claim can show, and why; of a scheme, or of one version.
const std::map<std::string, std::string> never_shown = {
    {"yuxi-employee special.ratio.severe", "the inpatient limit is not given, so this share is never paid"},
    {"yuxi-employee day_surgery.part", "the inpatient deductible is not given, so there is nothing to halve"},
    {"shanghai-employee@2026-07-01 additional_fund.ratio",
     "the ceiling of that year is not given, so none is exceeded"},
    {"suyu-resident account.goods", "what an account is credited a year; its balance comes with the claim"},
};
// Rows without a number that no refusal names, because another one that is missing is asked for first.
const std::map<std::string, std::string> never_asked = {
    {"yuxi-employee op.ratio.other", "op.deductible.other"},
    {"shanxi-resident two_disease.cap", "two_disease.ratio"},
    {"zaozhuang-resident op.ratio", "op.deductible"},
};

// Whether some answer changes when the row's number does, by one fen, one month or a tenth of a percent.
bool is_shown(const Policy& policy, std::string_view row, std::string_view unit, const std::vector<Claim>& claims) {
  const auto found =
      std::find_if(policy.rows.begin(), policy.rows.end(), [row](const Row& each) { return each.id == row; });
  REQUIRE(found != policy.rows.end());
  REQUIRE(found->number.has_value());
  const std::int64_t number = *found->number;
  const std::int64_t step = unit == "ppm" ? 1'000 : 1;
  for (const std::int64_t other : {number + step, number - step}) {
    if (other < 0) continue;
    Policy changed = policy;
    changed.rows[static_cast<std::size_t>(found - policy.rows.begin())].number = other;
    for (const Claim& claim : claims) {
      if (settle(claim, policy, TraceWish::steps) != settle(claim, changed, TraceWish::steps)) return true;
    }
  }
  return false;
}

}  // namespace

TEST_CASE("the vectors in the tree are those that the packs give, byte for byte") {
  std::set<std::string> files;
  std::uintmax_t bytes = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() != ".jsonl") continue;
    files.insert(entry.path().filename().string());
    bytes += entry.file_size();
  }
  CHECK(bytes < bytes_max);
  CHECK(files.size() == built_in().packs().size());
  for (const packs::PackInfo& info : built_in().packs()) {
    INFO(info.name << ": where the change is meant, write them anew: gongji packs vectors all --out docs/vectors");
    REQUIRE(files.contains(info.name + ".jsonl"));
    const std::string now = text_of(vectors::make_vectors(built_in(), info));
    const std::string difference = first_difference(file_text(folder + info.name + ".jsonl"), now);
    CHECK(difference.empty());
    if (!difference.empty()) WARN(difference);
  }
}

TEST_CASE("every number of every pack decides at least one vector, or the reason why none can is listed") {
  std::set<std::string> listed;
  for (const std::string& path : pack_paths()) {
    const json pack = json::parse(file_text(path));
    const std::string scheme = pack["scheme"], name = scheme + "@" + pack["version"].get<std::string>();
    const auto& infos = built_in().packs();
    const auto info = std::find_if(infos.begin(), infos.end(), [&](const auto& each) { return each.name == name; });
    REQUIRE(info != infos.end());
    std::vector<Claim> claims;
    std::set<std::string> refused;
    for (const vectors::Vector& each : vectors::make_vectors(built_in(), *info)) {
      claims.push_back(claim_of(each));
      const json answer = json::parse(each.answer);
      if (answer.contains("refused")) refused.insert(answer["refused"]["path"].get<std::string>());
    }
    const auto days = built_in().changes(name);
    for (const json& row : pack["rows"]) {
      if (row["unit"] == "rule" || row["unit"] == "day") continue;
      const std::string id = row["id"], of_version = name + " " + id;
      const std::string key = never_shown.contains(of_version) ? of_version : scheme + " " + id;
      INFO(name << " " << id);
      if (row["value"].is_null()) {
        if (!refused.contains(id)) listed.insert(key);
        CHECK(refused.contains(id) != never_asked.contains(key));
        continue;
      }
      const Day first = *parse_day(row["first_day"].get<std::string>());
      bool shown = false;
      for (const Day day : days) {
        const Policy& policy = *built_in().find(name, day);
        std::vector<Claim> then;
        for (const Claim& claim : claims) {
          if (built_in().find(name, claim.begntime.day) == &policy) then.push_back(claim);
        }
        const bool holds =
            first <= day && (row["last_day"].is_null() || day <= *parse_day(row["last_day"].get<std::string>()));
        shown = shown || (holds && is_shown(policy, id, row["unit"].get<std::string>(), then));
      }
      if (!shown) listed.insert(key);
      CHECK(shown != never_shown.contains(key));
    }
  }
  CHECK(listed.size() == never_shown.size() + never_asked.size());
}

TEST_CASE("vectors have names of their own, say what they show, and explain every step") {
  std::set<std::string> codes, steps;
  for (const packs::PackInfo& info : built_in().packs()) {
    const auto all = vectors::make_vectors(built_in(), info);
    INFO(info.name << " has " << all.size());
    CHECK(all.size() >= 50);
    CHECK(all.size() <= 250);
    std::set<std::string> names, claims;
    for (const vectors::Vector& each : all) {
      INFO(each.name);
      CHECK(names.insert(each.name).second);
      CHECK(!each.why_zh.empty());
      CHECK(!each.why_en.empty());
      const json claim = json::parse(each.claim), answer = json::parse(each.answer);
      CHECK(claim["id"] == each.name);
      CHECK(answer["id"] == each.name);
      CHECK_FALSE(answer.contains("error"));
      json bare = claim;
      bare.erase("id");
      CHECK(claims.insert(bare.dump()).second);
      if (answer.contains("refused")) {
        codes.insert(answer["refused"]["code"].get<std::string>());
        CHECK(each.explain_zh.size() == 1);
        continue;
      }
      CHECK(each.explain_zh.size() == answer["trace"].size());
      CHECK(each.explain_en.size() == answer["trace"].size());
      for (const json& step : answer["trace"]) steps.insert(step["step"].get<std::string>());
    }
  }
  // every reason to refuse, and every kind of step that the built-in packs have
  CHECK(codes == std::set<std::string>{"no_pack_for_scheme", "pack_not_yet_in_force", "pack_expired",
                                       "site_not_designated", "excluded_cause", "waiting_period", "benefit_not_in_pack",
                                       "parameter_unset"});
  for (const char* step :
       {"own_cost", "over_limit", "cross_region_first_part", "class_b_first_part", "category", "no_fund_share",
        "deductible", "fund_ratio", "cap", "class_ratio", "ratio_lowered", "class_b_lowered", "band_ratio",
        "fund_bands", "additional_fund", "own_account_first", "own_account", "family_account", "account_skipped"}) {
    INFO(step);
    CHECK(steps.contains(step));
  }
}

TEST_CASE("a supplement shows in the vectors of its pack: what was refused is answered") {
  json supplement = {{"format", "gongji.supplement.v1"}, {"scheme", "zaozhuang-resident"}};
  supplement["sources"] = {{{"id", "region"},
                            {"title", "invented for this test"},
                            {"issuer", nullptr},
                            {"document_number", nullptr},
                            {"published", nullptr},
                            {"note", ""}}};
  for (const auto& [id, unit, value] :
       {std::tuple{"op.deductible", "fen", 10'000}, std::tuple{"op.ratio", "ppm", 500'000}}) {
    supplement["rows"].push_back({{"id", id},
                                  {"unit", unit},
                                  {"value", value},
                                  {"article", "第一条"},
                                  {"source", "region"},
                                  {"first_day", "2023-01-01"},
                                  {"last_day", nullptr},
                                  {"checked", "2026-11-21"},
                                  {"confidence", "sourced"},
                                  {"note", ""}});
  }
  packs::PackSetBuilder builder;
  REQUIRE(builder.add_built_in().has_value());
  REQUIRE(builder.add_supplement(supplement.dump(), "region").has_value());
  const auto packs = builder.build();
  REQUIRE(packs.has_value());
  for (const packs::PackInfo& info : packs->packs()) {
    if (info.scheme != "zaozhuang-resident") continue;
    std::set<std::string> settled;
    for (const vectors::Vector& each : vectors::make_vectors(*packs, info)) {
      if (json::parse(each.answer).contains("setlinfo")) settled.insert(each.name);
    }
    CHECK(settled.contains("op/level_1/insured/usual"));
    CHECK(settled.contains("op/level_1/insured/deductible-1-fen-more"));
  }
}
