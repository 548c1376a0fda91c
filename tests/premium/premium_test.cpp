#include "offline/packs/premium.h"

#include <rapidcheck/catch.h>

#include <catch2/catch.hpp>

using namespace gongji;
using namespace gongji::packs;
using settlement::Relation;

namespace {

Day day(const std::string& text) {
  const auto parsed = parse_day(text);
  REQUIRE(parsed.has_value());
  return *parsed;
}

const AccountLaw& law(const std::string& scheme, const std::string& on,
                      const std::optional<std::string>& version = std::nullopt) {
  const auto chosen = AccountLawBook::built_in().choose(scheme, version, day(on));
  REQUIRE(std::holds_alternative<const AccountLaw*>(chosen));
  return *std::get<const AccountLaw*>(chosen);
}

struct Paying {
  std::string scheme;
  std::optional<std::string> version;
  std::string on, insured_in;
};
const Paying wuhan{"wuhan-employee", std::nullopt, "2023-03-15", "420100"};
const Paying draft{"wuhan-employee", "draft-2022", "2023-03-15", "420100"};
const Paying shanghai{"shanghai-employee", std::nullopt, "2024-03-15", "310000"};
const Paying yuxi{"yuxi-employee", std::nullopt, "2023-03-15", "530400"};

// "" where the account pays, otherwise "path article".
std::string verdict(const Paying& by, PremiumKind kind, Relation relation) {
  PremiumQuestion question{day(by.on), kind, relation, by.insured_in, Money::yuan(380), Money::yuan(500)};
  const auto outcome = pay_premium(law(by.scheme, by.on, by.version), question);
  if (const auto* refusal = std::get_if<LawRefusal>(&outcome); refusal != nullptr) {
    CHECK(refusal->code == NoAnswer::account_may_not_pay);
    REQUIRE(refusal->row != nullptr);
    return refusal->path + " " + refusal->row->article;
  }
  const auto& paid = std::get<PremiumPaid>(outcome);
  CHECK(paid.paid == Money::yuan(380));
  CHECK(paid.cash == Money());
  CHECK(paid.left == Money::yuan(120));
  CHECK_FALSE(paid.row->article.empty());
  return "";
}

constexpr PremiumKind kinds[] = {PremiumKind::resident, PremiumKind::large_amount, PremiumKind::long_term_care,
                                 PremiumKind::commercial};
constexpr Relation kin[] = {Relation::spouse, Relation::parent, Relation::child};

}  // namespace

TEST_CASE("Wuhan's account pays the city's three schemes for the person and kin, and no commercial insurance") {
  for (const Relation relation : {Relation::self, Relation::spouse, Relation::parent, Relation::child}) {
    CHECK(verdict(wuhan, PremiumKind::resident, relation) == "");
    CHECK(verdict(wuhan, PremiumKind::large_amount, relation) == "");
    CHECK(verdict(wuhan, PremiumKind::long_term_care, relation) == "");
    CHECK(verdict(wuhan, PremiumKind::commercial, relation) == "kind 第八条");
  }
  CHECK(verdict(wuhan, PremiumKind::resident, Relation::other) == "relation 第八条第三项");
  Paying elsewhere = wuhan;
  elsewhere.insured_in = "420600";
  CHECK(verdict(elsewhere, PremiumKind::resident, Relation::spouse) == "insuplc_admdvs 第八条第三项");
}

TEST_CASE("Wuhan's draft lets the account pay the resident scheme for kin, but not for the person") {
  CHECK(verdict(draft, PremiumKind::resident, Relation::self) == "relation 第九条第三项");
  CHECK(verdict(draft, PremiumKind::large_amount, Relation::self) == "");
  CHECK(verdict(draft, PremiumKind::long_term_care, Relation::self) == "");
  for (const Relation relation : kin) {
    CHECK(verdict(draft, PremiumKind::resident, relation) == "");
    CHECK(verdict(draft, PremiumKind::large_amount, relation) == "");
    CHECK(verdict(draft, PremiumKind::long_term_care, relation) == "");
  }
  CHECK(verdict(draft, PremiumKind::commercial, Relation::spouse) == "kind 第九条");
}

TEST_CASE("Shanghai only announces the payment of premiums, so the account pays none") {
  for (const PremiumKind kind : kinds) {
    CHECK(verdict(shanghai, kind, Relation::self) == "kind （三）");
    CHECK(verdict(shanghai, kind, Relation::spouse) == "kind （三）");
  }
}

TEST_CASE("Yuxi's account pays kin's resident premium and other premiums for all, kin insured in Yunnan only") {
  CHECK(verdict(yuxi, PremiumKind::resident, Relation::self) == "relation 第十六条第二项");
  for (const Relation relation : kin) {
    for (const PremiumKind kind : kinds) CHECK(verdict(yuxi, kind, relation) == "");
  }
  for (const PremiumKind kind : {PremiumKind::large_amount, PremiumKind::long_term_care, PremiumKind::commercial}) {
    CHECK(verdict(yuxi, kind, Relation::self) == "");
    CHECK(verdict(yuxi, kind, Relation::other) == "relation 第十六条第三项");
  }
  Paying kunming = yuxi;
  kunming.insured_in = "530100";
  CHECK(verdict(kunming, PremiumKind::resident, Relation::child) == "");
  Paying wuhan_kin = yuxi;
  wuhan_kin.insured_in = "420100";
  CHECK(verdict(wuhan_kin, PremiumKind::resident, Relation::child) == "insuplc_admdvs 第十六条第二项");
  CHECK(verdict(wuhan_kin, PremiumKind::commercial, Relation::self) == "");
}

TEST_CASE("residents' schemes have no account that could pay a premium") {
  CHECK(verdict({"shanxi-resident", std::nullopt, "2022-05-01", "140100"}, PremiumKind::resident, Relation::self) ==
        "kind 问答");
  CHECK(verdict({"suyu-resident", std::nullopt, "2008-05-01", "321311"}, PremiumKind::resident, Relation::self) ==
        "kind 四.1");
  CHECK(verdict({"zaozhuang-resident", std::nullopt, "2023-05-01", "370400"}, PremiumKind::resident, Relation::self) ==
        "kind （二）");
}

TEST_CASE("the account pays what it has, the rest is cash, and nothing is lost") {
  rc::prop("any amounts", [] {
    const Money amount = Money::fen(*rc::gen::inRange<std::int64_t>(1, 1'000'000));
    const Money balance = Money::fen(*rc::gen::inRange<std::int64_t>(0, 1'000'000));
    const auto outcome = pay_premium(law("wuhan-employee", "2023-03-15"), {day("2023-03-15"), PremiumKind::resident,
                                                                           Relation::child, "420100", amount, balance});
    const auto& paid = std::get<PremiumPaid>(outcome);
    RC_ASSERT(paid.paid + paid.cash == amount);
    RC_ASSERT(paid.paid + paid.left == balance);
    RC_ASSERT(paid.cash >= Money());
    RC_ASSERT(paid.left >= Money());
    RC_ASSERT(paid.cash == Money() || paid.left == Money());
  });
}

namespace {

struct DueCase {
  const char *scheme, *on, *group;
  std::int64_t premium, aid, to_pay;  // fen
  std::int64_t subsidy;               // fen; -1 = not given
};

}  // namespace

TEST_CASE("a resident's premium, aid and public money are those of the texts") {
  const DueCase cases[] = {
      {"shanxi-resident", "2021-01-01", "ordinary", 28000, 0, 28000, 58000},
      {"shanxi-resident", "2021-12-31", "ordinary", 28000, 0, 28000, 58000},
      {"shanxi-resident", "2022-01-01", "ordinary", 32000, 0, 32000, -1},
      {"shanxi-resident", "2022-06-01", "at_risk_of_poverty", 32000, 28000, 4000, -1},
      {"shanxi-resident", "2022-06-01", "returned_to_poverty", 32000, 28800, 3200, -1},
      {"shanxi-resident", "2022-06-01", "destitute", 32000, 32000, 0, -1},
      {"shanxi-resident", "2022-06-01", "low_income", 32000, 28000, 4000, -1},  // 80 % are 256, below 280
      {"shanxi-resident", "2024-06-01", "newborn", 0, 0, 0, -1},
      {"suyu-resident", "2007-07-01", "child", 3000, 0, 3000, 12000},
      {"suyu-resident", "2007-07-01", "pupil", 3000, 0, 3000, 12000},
      {"suyu-resident", "2007-07-01", "low_income", 3000, 0, 3000, 12000},
      {"suyu-resident", "2007-07-01", "disabled", 3000, 0, 3000, 12000},
      {"suyu-resident", "2007-07-01", "elderly", 6000, 0, 6000, 9000},
      {"suyu-resident", "2007-07-01", "working_age", 12000, 0, 12000, 3000},
      {"zaozhuang-resident", "2023-01-01", "ordinary", 38000, 0, 38000, 64000},
      {"zaozhuang-resident", "2023-12-31", "destitute", 38000, 38000, 0, 64000},
  };
  for (const DueCase& each : cases) {
    INFO(each.scheme << " " << each.on << " " << each.group);
    const auto outcome = premium_due(law(each.scheme, each.on), each.group, day(each.on));
    REQUIRE(std::holds_alternative<PremiumDue>(outcome));
    const auto& due = std::get<PremiumDue>(outcome);
    CHECK(due.premium == Money::fen(each.premium));
    CHECK(due.aid == Money::fen(each.aid));
    CHECK(due.to_pay == Money::fen(each.to_pay));
    CHECK((due.subsidy.has_value() ? due.subsidy->in_fen() : -1) == each.subsidy);
    CHECK((due.aid_row != nullptr) == (each.aid > 0));
  }
  for (const char* group : {"child", "elderly", "working_age"}) {  // 150 a person and year, whoever pays
    const auto outcome = premium_due(law("suyu-resident", "2007-07-01"), group, day("2007-07-01"));
    const auto& due = std::get<PremiumDue>(outcome);
    CHECK(due.to_pay + *due.subsidy == Money::yuan(150));
  }
}

TEST_CASE("what the texts do not give is refused and cited, never guessed") {
  const auto refusal = [](const std::string& scheme, const std::string& on, const std::string& group) {
    const auto outcome = premium_due(law(scheme, on), group, day(on));
    REQUIRE(std::holds_alternative<LawRefusal>(outcome));
    const auto& why = std::get<LawRefusal>(outcome);
    REQUIRE(why.row != nullptr);
    return std::string(name_of(why.code)) + " " + why.path;
  };
  CHECK(refusal("shanxi-resident", "2023-01-01", "ordinary") == "parameter_unset premium");
  CHECK(refusal("shanxi-resident", "2022-06-01", "other_hardship") == "parameter_unset aid.other");
  CHECK(refusal("shanxi-resident", "2021-06-01", "low_income") == "pack_not_yet_in_force aid.low_income");
  CHECK(refusal("shanxi-resident", "2022-06-01", "veteran") == "not_in_pack group");
  CHECK(refusal("zaozhuang-resident", "2023-06-01", "low_income") == "parameter_unset aid.fixed");
  CHECK(refusal("zaozhuang-resident", "2024-01-01", "ordinary") == "pack_expired premium");
  CHECK(refusal("wuhan-employee", "2023-06-01", "ordinary") == "not_in_pack scheme");
}

TEST_CASE("a law is chosen by scheme and day; a draft only by its version, and then on any day") {
  const auto why = [](const std::string& scheme, const std::optional<std::string>& version, const std::string& on) {
    const auto chosen = AccountLawBook::built_in().choose(scheme, version, day(on));
    if (const auto* found = std::get_if<const AccountLaw*>(&chosen)) return (*found)->name;
    const auto& refusal = std::get<LawRefusal>(chosen);
    return std::string(name_of(refusal.code)) + " " + refusal.path;
  };
  CHECK(why("wuhan-employee", std::nullopt, "2023-02-01") == "wuhan-employee@2023-02-01");
  CHECK(why("wuhan-employee", std::nullopt, "2023-01-31") == "pack_not_yet_in_force day");
  CHECK(why("wuhan-employee", "draft-2022", "2020-01-01") == "wuhan-employee@draft-2022");
  CHECK(why("wuhan-employee", "draft-2030", "2023-02-01") == "no_pack_for_scheme version");
  CHECK(why("nowhere", std::nullopt, "2023-02-01") == "no_pack_for_scheme scheme");
  CHECK(why("shanghai-employee", std::nullopt, "2026-12-31") == "shanghai-employee@2022-02-01");
  CHECK(why("shanghai-employee", std::nullopt, "2027-01-01") == "pack_expired day");
}
