#include "offline/packs/accrual.h"

#include <rapidcheck/catch.h>

#include <catch2/catch.hpp>

using namespace gongji;
using namespace gongji::packs;

namespace {

Day day(const std::string& text) {
  const auto parsed = parse_day(text);
  REQUIRE(parsed.has_value());
  return *parsed;
}

struct Case {
  const char *scheme, *version, *on;  // version "" = the one in force
  InsuredAs as;
  const char *retired_on, *brdy;  // "" = absent
  std::int64_t base;              // fen, -1 = absent
  std::string answer;             // "fen/period row", "refused code path article", "missing path"
};

std::string answer_to(const Case& each) {
  const auto chosen = AccountLawBook::built_in().choose(
      each.scheme, *each.version == '\0' ? std::nullopt : std::optional<std::string>(each.version), day(each.on));
  REQUIRE(std::holds_alternative<const AccountLaw*>(chosen));
  AccrualQuestion question;
  question.day = day(each.on);
  question.insured_as = each.as;
  if (*each.retired_on != '\0') question.retired_on = day(each.retired_on);
  if (*each.brdy != '\0') question.brdy = day(each.brdy);
  if (each.base >= 0) question.base = Money::fen(each.base);
  const auto outcome = accrual(*std::get<const AccountLaw*>(chosen), question);
  if (const auto* found = std::get_if<Accrual>(&outcome)) {
    return std::to_string(found->amount.in_fen()) + "/" + std::string(name_of(found->per)) + " " + found->row->id;
  }
  if (const auto* refusal = std::get_if<LawRefusal>(&outcome)) {
    REQUIRE(refusal->row != nullptr);
    return "refused " + std::string(name_of(refusal->code)) + " " + refusal->path + " " + refusal->row->article;
  }
  return "missing " + std::get<MissingFact>(outcome).path;
}

}  // namespace

TEST_CASE("accounts are credited as the texts say") {
  using enum InsuredAs;
  const char *wuhan = "wuhan-employee", *shanghai = "shanghai-employee", *yuxi = "yuxi-employee";
  const Case cases[] = {
      {wuhan, "", "2023-03-01", unit, "", "", 800000, "16000/month accrual.on_job"},
      {wuhan, "", "2023-03-01", unit, "", "", 812325, "16247/month accrual.on_job"},  // 16246.50 fen, half up
      {wuhan, "", "2023-03-01", unit, "", "", 812324, "16246/month accrual.on_job"},
      {wuhan, "", "2023-03-01", unit, "", "", -1, "missing base"},
      {wuhan, "", "2023-03-31", unit, "2023-03-10", "", 800000, "16000/month accrual.on_job"},  // from next month
      {wuhan, "", "2023-04-01", unit, "2023-03-10", "", -1, "8300/month accrual.retired"},
      {wuhan, "", "2023-04-01", flexible, "", "", -1, "0/month accrual.flexible.on_job"},
      {wuhan, "", "2023-04-01", flexible, "2020-01-01", "", -1, "6600/month accrual.flexible.retired"},
      {wuhan, "", "2023-04-01", veteran, "1990-01-01", "", -1, "refused parameter_unset accrual.veteran 第五条第二款"},
      {wuhan, "", "2023-04-01", veteran, "", "", -1, "refused not_in_pack insured_as 第五条"},
      {wuhan, "", "2023-04-01", pool_only, "", "", -1, "refused not_in_pack insured_as 第五条"},

      {wuhan, "draft-2022", "2023-04-01", unit, "", "", 800000, "16000/month accrual.on_job"},
      {wuhan, "draft-2022", "2023-04-01", unit, "2020-01-01", "", -1, "refused parameter_unset accrual.retired 第六条"},
      {wuhan, "draft-2022", "2023-04-01", pool_only, "", "", -1, "0/month accrual.pool_only"},
      {wuhan, "draft-2022", "2023-04-01", pool_only, "2020-01-01", "", -1, "0/month accrual.pool_only"},
      {wuhan, "draft-2022", "2023-04-01", mixed, "2020-01-01", "", -1,
       "refused parameter_unset accrual.retired 第六条"},
      {wuhan, "draft-2022", "2023-04-01", mixed, "", "", -1, "refused not_in_pack insured_as 第七条"},

      {shanghai, "", "2023-07-01", unit, "", "", 1000000, "20000/month accrual.on_job"},
      {shanghai, "", "2023-06-30", unit, "", "", 1000000, "refused pack_not_yet_in_force accrual.on_job （一）"},
      {shanghai, "", "2023-07-01", unit, "2009-01-01", "1948-07-02", -1, "168000/year accrual.retired.to_74"},
      {shanghai, "", "2023-07-01", unit, "2009-01-01", "1948-07-01", -1, "189000/year accrual.retired.from_75"},
      // the age on 1 July holds for the whole year
      {shanghai, "", "2024-06-30", unit, "2009-01-01", "1948-07-02", -1, "168000/year accrual.retired.to_74"},
      {shanghai, "", "2024-07-01", unit, "2009-01-01", "1948-07-02", -1, "189000/year accrual.retired.from_75"},
      {shanghai, "", "2024-07-01", unit, "2009-01-01", "", -1, "missing brdy"},
      {shanghai, "", "2024-07-01", unit, "2024-07-01", "1964-01-01", -1, "168000/year accrual.retired.to_74"},
      {shanghai, "", "2024-07-01", flexible, "", "", 1000000, "refused not_in_pack insured_as （一）"},

      {yuxi, "", "2023-01-01", unit, "", "", 600050, "12001/month accrual.on_job"},
      {yuxi, "", "2023-01-01", flexible, "", "", 600000, "12000/month accrual.flexible"},
      {yuxi, "", "2023-01-01", unit, "2023-01-01", "", -1, "refused parameter_unset accrual.retired 第十五条"},
      {yuxi, "", "2023-01-01", veteran, "", "", -1, "refused not_in_pack insured_as 第二条"},

      {"suyu-resident", "", "2007-07-01", resident, "", "", -1, "5000/year account.yearly"},
      {"suyu-resident", "", "2007-07-01", unit, "", "", 100, "refused not_in_pack insured_as 二"},
      {"shanxi-resident", "", "2022-07-01", resident, "", "", -1, "refused not_in_pack insured_as 问答"},
      {"zaozhuang-resident", "", "2023-07-01", resident, "", "", -1, "refused not_in_pack insured_as （二）"},
  };
  for (const Case& each : cases) {
    INFO(each.scheme << " " << each.version << " " << each.on << " retired " << each.retired_on);
    CHECK(answer_to(each) == each.answer);
  }
}

TEST_CASE("the credit of a base is two per cent, half up, for every base") {
  rc::prop("any base", [] {
    const auto base = *rc::gen::inRange<std::int64_t>(0, 10'000'000);
    const auto chosen = AccountLawBook::built_in().choose("wuhan-employee", std::nullopt, *parse_day("2023-05-01"));
    AccrualQuestion question;
    question.day = *parse_day("2023-05-01");
    question.base = Money::fen(base);
    const auto outcome = accrual(*std::get<const AccountLaw*>(chosen), question);
    const std::int64_t amount = std::get<Accrual>(outcome).amount.in_fen();
    RC_ASSERT(amount * 50 <= base + 25);
    RC_ASSERT(amount * 50 > base - 25);
  });
}
