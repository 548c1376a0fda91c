// What the owner of an account reads of it.
#include "sync/centre/account_statement.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "tests/centre/fixture.h"

namespace gongji::centre {
namespace {

nlohmann::json statement_of(TestCentre& centre, const std::string& psn_no, std::optional<Day> since = std::nullopt) {
  const auto text = account_statement(centre.service->ledger(), psn_no, since, true);
  REQUIRE(text.has_value());
  return nlohmann::json::parse(*text);
}

}  // namespace

TEST_CASE("an owner sees every debit of the account: the day, the place, who used it, the amount and how it stands") {
  TestCentre centre;
  TestTill till(centre, clinic), drugstore(centre, pharmacy);
  // Wang's own 30.00 first, then her husband's account: off line, told to the centre afterwards.
  const auto by_family = till.sale(*till.person(wang_fang), {Money::yuan(300)});
  REQUIRE(by_family.settlement.totals.acct_mulaid_pay > Money{});
  const auto entry = till.append(by_family);
  till.sync();
  const auto by_owner = drugstore.sale(*drugstore.person(chen_wei), {Money::yuan(25), settlement::AccountUse::own});
  drugstore.append(by_owner);
  drugstore.sync();

  auto told = statement_of(centre, chen_wei);
  REQUIRE(told.at("debits").size() == 2);
  const auto& first = told.at("debits").at(0);
  CHECK(first.at("day") == to_string(by_family.claim.begntime.day));
  CHECK(first.at("place") == "示范社区卫生服务站");
  CHECK(first.at("used_by") == "王*");
  CHECK(first.at("relation") == "spouse");
  CHECK(first.at("amount") == by_family.settlement.totals.acct_mulaid_pay.in_fen());
  CHECK(first.at("state") == "confirmed");
  CHECK(first.at("sale_id") == to_string(by_family.sale_id));
  CHECK(told.at("debits").at(1).at("relation") == "self");
  CHECK(told.at("debits").at(1).at("amount") == 2'500);
  CHECK(told.at("sum") == (by_family.settlement.totals.acct_mulaid_pay + Money::yuan(25)).in_fen());
  CHECK(centre.balance(person_account(chen_wei, settlement::AccountKind::prior)) ==
        Money::yuan(1'000) - Money::fen(told.at("sum").get<std::int64_t>()));

  SECTION("taken back, it shows as refunded") {
    till.append(till.cancel_of(entry, by_family));
    till.sync();
    told = statement_of(centre, chen_wei);
    CHECK(told.at("debits").at(0).at("state") == "refunded");
    CHECK(told.at("sum") == 2'500);
  }
  SECTION("what is set aside for a sale that has not come yet is provisional") {
    auto held = till.sale(*till.person(wang_fang), {Money::yuan(300)});
    REQUIRE(till.hold(held).status == 200);
    told = statement_of(centre, chen_wei);
    REQUIRE(told.at("debits").size() == 3);
    CHECK(told.at("debits").at(2).at("state") == "provisional");
    CHECK(told.at("debits").at(2).at("used_by") == "王*");
  }
  SECTION("from a day on") {
    CHECK(statement_of(centre, chen_wei, centre.today().plus_days(1)).at("debits").empty());
    CHECK(statement_of(centre, chen_wei, centre.today()).at("debits").size() == 2);
  }
  SECTION("it says no name, no number but the owner's, and the same as text") {
    const auto text = *account_statement(centre.service->ledger(), chen_wei, std::nullopt, false);
    CHECK(text.find("王*") != std::string::npos);
    for (const std::string& hidden : {std::string("王芳"), std::string("陈伟"), wang_fang}) {
      CHECK(text.find(hidden) == std::string::npos);
      CHECK(told.dump().find(hidden) == std::string::npos);
    }
  }
  CHECK(account_statement(centre.service->ledger(), "0", std::nullopt, true).has_error());
}

TEST_CASE("a debit that the centre adjusted shows the centre's amount, and a child's use the child") {
  TestCentre centre;
  TestTill till(centre, clinic), other(centre, pharmacy);
  const auto stale = *till.person(zhao_min);
  auto all = other.sale(*other.person(li_jianguo), {Money::yuan(840), settlement::AccountUse::own});
  other.append(all);
  other.sync();
  const auto sale = till.sale(stale, {Money::yuan(400)});
  REQUIRE(sale.settlement.totals.acct_mulaid_pay > Money{});
  till.append(sale);
  till.sync();
  const auto told = statement_of(centre, li_jianguo);
  const Money left = centre.balance(person_account(li_jianguo, settlement::AccountKind::prior));
  CHECK(told.at("sum") == (Money::yuan(860) - left).in_fen());
  CHECK(left == Money{});
  REQUIRE(told.at("debits").size() == 2);
  for (const auto& debit : told.at("debits")) {
    if (debit.at("relation") == "self") continue;
    CHECK(debit.at("relation") == "child");
    CHECK(debit.at("state") == "adjusted");
    CHECK(debit.at("amount") == 2'000);
  }
}

}  // namespace gongji::centre
