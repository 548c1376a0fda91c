#include <catch2/catch.hpp>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <set>

#include "offline/packs/accrual.h"
#include "offline/packs/packs.h"
#include "offline/packs/premium.h"

using namespace gongji;
using namespace gongji::packs;
using nlohmann::ordered_json;

namespace {

ordered_json payment() {
  return ordered_json::parse(R"({"id": "p-1", "ask": "premium", "of": "account", "day": "2023-03-15",
    "scheme": "wuhan-employee", "version": null, "kind": "resident", "relation": "spouse",
    "insuplc_admdvs": "420106", "amount": "380.00", "balc": "500"})");
}
ordered_json due() {
  return ordered_json::parse(R"({"id": "d-1", "ask": "premium", "of": "due", "day": "2022-01-01",
    "scheme": "shanxi-resident", "group": "low_income"})");
}
ordered_json credit() {
  return ordered_json::parse(R"({"id": "c-1", "ask": "accrual", "day": "2023-05-01", "scheme": "wuhan-employee",
    "insured_as": "unit", "retired_on": null, "brdy": null, "base": "8000.00"})");
}
ordered_json premium(const ordered_json& question) {
  return ordered_json::parse(premium_answer(question.dump(), AccountLawBook::built_in(), Language::en));
}
ordered_json accrual_of(const ordered_json& question) {
  return ordered_json::parse(accrual_answer(question.dump(), AccountLawBook::built_in(), Language::en));
}
std::string error_of(const ordered_json& answer) {
  REQUIRE(answer.contains("error"));
  CHECK_FALSE(answer["error"]["message"].get<std::string>().empty());
  return answer["error"]["code"].get<std::string>() + " " + answer["error"]["path"].get<std::string>();
}

}  // namespace

TEST_CASE("a payment from the account is answered with what is paid, what is cash, and the article") {
  std::string digest = AccountLawBook::built_in().laws().front().digest;
  for (const AccountLaw& law : AccountLawBook::built_in().laws()) {
    if (law.name == "wuhan-employee@2023-02-01") digest = law.digest;
  }
  CHECK(premium_answer(payment().dump()) ==
        R"({"id":"p-1","law":"wuhan-employee@2023-02-01","law_digest":")" + digest +
            R"(","paid":380.00,"cash":0.00,"balc":120.00,"by":{"rule":"premium.named",)"
            R"("value":"this city's resident scheme, employees' large-amount scheme, long-term care",)"
            R"("article":"第八条第三项","source":"wuhan-2023","holds_from":"2023-02-01","confidence":"sourced"}})");
}

TEST_CASE("a refusal carries code, message, article and path") {
  ordered_json question = payment();
  question["kind"] = "commercial";
  const ordered_json answer = premium(question);
  CHECK(answer["law"] == "wuhan-employee@2023-02-01");
  CHECK(answer["refused"]["code"] == "account_may_not_pay");
  CHECK(answer["refused"]["article"] == "第八条");
  CHECK(answer["refused"]["path"] == "kind");
  CHECK(answer["refused"]["message"] ==
        "the text does not let the account pay this premium; pay it in cash (premium.uses)");

  question["scheme"] = "nowhere";
  CHECK(premium(question)["law"].is_null());
  CHECK(premium(question)["refused"]["code"] == "no_pack_for_scheme");
}

TEST_CASE("a draft answers as a what-if") {
  ordered_json question = payment();
  question["version"] = "draft-2022";
  CHECK(premium(question)["what_if"] == true);
  CHECK_FALSE(premium(payment()).contains("what_if"));
}

TEST_CASE("a premium that is due is answered with aid and public money") {
  const ordered_json answer = premium(due());
  CHECK(answer["premium"] == 320.00);
  CHECK(answer["aid"] == 280.00);
  CHECK(answer["to_pay"] == 40.00);
  CHECK(answer["subsidy"].is_null());
  CHECK(answer["aid_by"]["rule"] == "aid.low_income.least");
  ordered_json plain = due();
  plain["group"] = "ordinary";
  CHECK(premium(plain)["aid_by"].is_null());
}

TEST_CASE("a credit is answered with its amount, its period and the article") {
  const ordered_json answer = accrual_of(credit());
  CHECK(answer["id"] == "c-1");
  CHECK(answer["amount"] == 160.00);
  CHECK(answer["per"] == "month");
  CHECK(answer["by"]["value"] == "2%");
  CHECK(answer["by"]["article"] == "第五条");
  CHECK(answer["times"].is_null());
}

TEST_CASE("a member that is missing, unknown or wrong is told by its path, with the question's id") {
  for (const ordered_json& whole : {payment(), due()}) {
    for (const auto& [name, value] : whole.items()) {
      if (name == "version") continue;
      ordered_json question = whole;
      question.erase(name);
      INFO(question.dump());
      CHECK(error_of(premium(question)) == "missing " + name);
    }
  }
  for (const char* name : {"id", "ask", "day", "scheme", "insured_as", "base"}) {
    ordered_json question = credit();
    question.erase(name);
    CHECK(error_of(accrual_of(question)) == std::string("missing ") + name);
  }
  ordered_json misspelt = payment();
  misspelt["balance"] = "1.00";
  CHECK(error_of(premium(misspelt)) == "unknown_member balance");
  CHECK(premium(misspelt)["id"] == "p-1");

  const std::pair<const char*, ordered_json> wrong[] = {
      {"amount", "-1.00"},
      {"amount", "1.001"},
      {"amount", "0.00"},
      {"amount", 380},
      {"amount", ""},
      {"balc", "1e3"},
      {"balc", "10000000000.00"},
      {"day", "2023-02-29"},
      {"day", nullptr},
      {"kind", "life"},
      {"relation", "friend"},
      {"relation", nullptr},
      {"insuplc_admdvs", "42"},
      {"scheme", nullptr},
      {"insuplc_admdvs", "42010x"},
      {"of", "family"},
      {"version", 1},
      {"ask", "accrual"},
      {"id", 7},
  };
  for (const auto& [name, value] : wrong) {
    ordered_json question = payment();
    question[name] = value;
    INFO(question.dump());
    CHECK(error_of(premium(question)) == std::string("bad_value ") + name);
  }
}

TEST_CASE("text that is no question gets an error, never a stop") {
  for (const char* text : {"", "{", "[]", "null", "{\"a\":1,\"a\":1}", "{\"amount\": 380.00}", "\xff", "{}", "7"}) {
    INFO(text);
    CHECK(ordered_json::parse(premium_answer(text)).contains("error"));
    CHECK(ordered_json::parse(accrual_answer(text)).contains("error"));
  }
  CHECK(ordered_json::parse(premium_answer(std::string(100'000, '[')))["error"]["code"] == "out_of_range");
  CHECK(ordered_json::parse(premium_answer(std::string(60'000, '[')))["error"]["code"] == "bad_json");
}

namespace {

std::string file_text(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  INFO(path);
  REQUIRE(file.good());
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}
std::string trouble_with(const ordered_json& damaged) {
  const std::string text = damaged.dump();
  const AccountLawBook::File file{text, "damaged"};
  const auto loaded = AccountLawBook::load({&file, 1});
  REQUIRE(loaded.has_error());
  return loaded.error().path + ": " + loaded.error().detail;
}

}  // namespace

TEST_CASE("every built-in law loads, and none of them is taken for a pack") {
  CHECK(AccountLawBook::built_in().laws().size() == 7);
  const PackSet packs = built_in_packs();
  for (const AccountLaw& law : AccountLawBook::built_in().laws()) {
    for (const PackInfo& pack : packs.packs()) CHECK(pack.digest != law.digest);
    for (const LawRow& row : law.rows) CHECK((row.confidence == RowConfidence::sourced || !row.note.empty()));
  }
}

TEST_CASE("a damaged law is refused with the place of the damage") {
  const ordered_json whole = ordered_json::parse(file_text("offline/packs/benefits/wuhan-employee.json"));
  ordered_json damaged = whole;
  damaged["rows"][3]["value"] = 1'200'000;
  CHECK(trouble_with(damaged) == "account law damaged · rows[3].value: 1200000 is above 1000000");
  damaged = whole;
  damaged["rows"][3]["vlaue"] = 1;
  CHECK(trouble_with(damaged) == "account law damaged · rows[3].vlaue: is not a known member");
  damaged = whole;
  damaged["rows"][0]["source"] = "elsewhere";
  CHECK(trouble_with(damaged) == "account law damaged · rows[0].source: \"elsewhere\" is not among the sources");
  damaged = whole;
  damaged["rows"].push_back(damaged["rows"][3]);
  CHECK(trouble_with(damaged) == "account law damaged · rows[9].first_day: row accrual.on_job has two values then");
  damaged = whole;
  damaged["accruals"]["rules"].erase(0);
  CHECK(trouble_with(damaged) == "account law damaged · rows[3].id: no rule uses row accrual.on_job");
  damaged = whole;
  damaged["accruals"]["rules"][0]["amount"] = "premium.uses";
  CHECK(trouble_with(damaged) == "account law damaged · accruals.rules[0].amount: row premium.uses has another unit");
  damaged = whole;
  damaged["premiums"]["otherwise"] = "nothing";
  CHECK(trouble_with(damaged) == "account law damaged · premiums.otherwise: there is no row nothing");
}

TEST_CASE("a later file of the same name takes the place of an earlier one") {
  const std::string first = file_text("offline/packs/benefits/yuxi-employee.json");
  ordered_json filled = ordered_json::parse(first);
  for (auto& row : filled["rows"]) {
    if (row["id"] == "accrual.retired") row["value"] = 7000;
  }
  const std::string second = filled.dump();
  const AccountLawBook::File files[] = {{first, "first"}, {second, "second"}};
  const auto book = AccountLawBook::load(files);
  REQUIRE(book.has_value());
  REQUIRE(book->laws().size() == 1);
  const std::string question =
      R"({"id":"1","ask":"accrual","day":"2023-05-01","scheme":"yuxi-employee","insured_as":"unit","retired_on":"2020-01-01"})";
  CHECK(ordered_json::parse(accrual_answer(question, *book))["amount"] == 70.00);
  CHECK(ordered_json::parse(accrual_answer(question))["refused"]["code"] == "parameter_unset");
}
