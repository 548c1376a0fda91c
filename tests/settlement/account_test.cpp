#include <catch2/catch.hpp>

#include "offline/packs/packs.h"
#include "offline/settlement/settle.h"
#include "tests/settlement/claims.h"

using namespace gongji;
using namespace gongji::settlement;
using namespace gongji::testing;

namespace {

const packs::PackSet& packs_in_test() {
  static const packs::PackSet packs = packs::built_in_packs();
  return packs;
}

Settlement settled(const Claim& claim, const Policy& policy) {
  const Outcome outcome = settle(claim, policy, TraceWish::steps);
  REQUIRE(std::holds_alternative<Settlement>(outcome));
  return std::get<Settlement>(outcome);
}
Settlement settled(const Claim& claim) {
  return settled(claim, *packs_in_test().find("wuhan-employee@2023-02-01", claim.begntime.day));
}

Claim at_pharmacy() {
  Claim claim = plain_claim();
  claim.site.fixmedins_type = 2;
  claim.site.dedc_hosp_lv = 9;
  claim.visit.med_type = "41";
  claim.acct_used_flag = AccountUse::family;
  return claim;
}

bool has_step(const Settlement& settlement, const std::string& step, const std::string& rule) {
  for (const Step& each : settlement.trace) {
    if (each.step == step && each.rule == rule) return true;
  }
  return false;
}

}  // namespace

TEST_CASE("own accounts pay before family accounts, each in the order given") {
  Claim claim = at_pharmacy();
  claim.accounts = {family_account("f1", Money::yuan(400)), own_account(Money::yuan(100)),
                    family_account("f2", Money::yuan(900)), own_account(Money::yuan(50))};
  claim.accounts[3].kind = AccountKind::current;
  const Settlement settlement = settled(claim);
  CHECK(settlement.accounts == (std::vector<AccountPayment>{{"self", AccountKind::prior, Money::yuan(100)},
                                                            {"self", AccountKind::current, Money::yuan(50)},
                                                            {"f1", AccountKind::prior, Money::yuan(400)},
                                                            {"f2", AccountKind::prior, Money::yuan(450)}}));
  CHECK(settlement.totals.balc == Money());
}

TEST_CASE("the flag says which accounts are asked") {
  Claim claim = at_pharmacy();
  claim.accounts = {own_account(Money::yuan(100)), family_account("f1", Money::yuan(400))};
  claim.acct_used_flag = AccountUse::none;
  CHECK(settled(claim).totals.acct_pay == Money());
  CHECK(settled(claim).totals.balc == Money::yuan(100));
  claim.acct_used_flag = AccountUse::own;
  CHECK(settled(claim).totals.acct_pay == Money::yuan(100));
  claim.acct_used_flag = AccountUse::family;
  CHECK(settled(claim).totals.acct_pay == Money::yuan(500));
  CHECK(settled(claim).totals.acct_mulaid_pay == Money::yuan(400));
}

TEST_CASE("an account that may not pay is passed over, not an error") {
  Claim claim = at_pharmacy();
  claim.accounts = {family_account("f1", Money::yuan(400), Relation::other), family_account("f2", Money::yuan(300))};
  std::string rule = "account.relations";
  SECTION("a relation that is not close kin") {}
  SECTION("an owner who has not listed the patient") {
    claim.accounts[0].relation = Relation::spouse;
    claim.accounts[0].listed = false;
    rule = "account.listed";
  }
  SECTION("an owner of a scheme that is not loaded") {
    claim.accounts[0].relation = Relation::spouse;
    claim.accounts[0].scheme = "nowhere-employee";
    rule = "account.owner_scheme";
  }
  const Settlement settlement = settled(claim);
  CHECK(settlement.accounts == (std::vector<AccountPayment>{{"f2", AccountKind::prior, Money::yuan(300)}}));
  CHECK(has_step(settlement, "account_skipped", rule));
}

TEST_CASE("accounts pay own cost of goods everywhere, services at institutions only, other and excluded never") {
  struct Row {
    LineKind kind;
    bool excluded, at_institution, at_pharmacy;
  };
  const Row rows[] = {{LineKind::drug, false, true, true},       {LineKind::device, false, true, true},
                      {LineKind::consumable, false, true, true}, {LineKind::service, false, true, false},
                      {LineKind::other, false, false, false},    {LineKind::drug, true, false, false}};
  for (const Row& row : rows) {
    for (const bool pharmacy : {false, true}) {
      Claim claim = at_pharmacy();
      claim.site.fixmedins_type = pharmacy ? 2 : 1;
      claim.lines = {line("1", Money::yuan(10), LineClass::c, row.kind)};
      claim.lines[0].excluded = row.excluded;
      claim.accounts = {own_account(Money::yuan(100))};
      INFO("kind " << static_cast<int>(row.kind) << " pharmacy " << pharmacy);
      const bool pays = pharmacy ? row.at_pharmacy : row.at_institution;
      CHECK(settled(claim).totals.acct_pay == (pays ? Money::yuan(10) : Money()));
    }
  }
}

TEST_CASE("the owner's scheme rules an account: its goods, its kin's place and its kinds of money") {
  const Policy& patients = *packs_in_test().find("wuhan-employee@2023-02-01", day("2023-03-15"));
  AccountRules strict = patients.accounts;
  strict.pharmacy_goods = 1u << static_cast<unsigned>(LineKind::drug);
  AccountBook book({{"strict-employee", day("2023-01-01"), strict}});
  Policy policy = patients;
  policy.owners = &book;

  Claim claim = at_pharmacy();
  claim.lines = {line("1", Money::yuan(10)), line("2", Money::yuan(30), LineClass::a, LineKind::device)};
  claim.accounts = {family_account("f1", Money::yuan(100)), family_account("f2", Money::yuan(25))};
  claim.accounts[0].scheme = "strict-employee";

  SECTION("goods that the owner's scheme does not allow are left to the next account") {
    const Settlement settlement = settled(claim, policy);
    CHECK(settlement.accounts == (std::vector<AccountPayment>{{"f1", AccountKind::prior, Money::yuan(10)},
                                                              {"f2", AccountKind::prior, Money::yuan(25)}}));
    CHECK(settlement.lines[0].account == Money::yuan(10));
    CHECK(settlement.lines[1].account == Money::yuan(25));
    CHECK(settlement.lines[1].cash == Money::yuan(5));
  }
  SECTION("goods that the patient's scheme does not allow are barred too") {
    policy.accounts.pharmacy_goods = 1u << static_cast<unsigned>(LineKind::device);
    const Settlement settlement = settled(claim, policy);
    CHECK(settlement.accounts == (std::vector<AccountPayment>{{"f2", AccountKind::prior, Money::yuan(25)}}));
  }
  SECTION("a patient insured elsewhere is not paid for") {
    strict.family_insured_in = {"53"};
    book = AccountBook({{"strict-employee", day("2023-01-01"), strict}});
    CHECK(settled(claim, policy).accounts.size() == 1);
    claim.person.insuplc_admdvs = "530402";
    CHECK(settled(claim, policy).accounts.size() == 2);
  }
  SECTION("only prior-year money where the scheme says so") {
    strict.family_kinds = 1u << static_cast<unsigned>(AccountKind::prior);
    book = AccountBook({{"strict-employee", day("2023-01-01"), strict}});
    claim.accounts[0].kind = AccountKind::current;
    CHECK(settled(claim, policy).accounts.size() == 1);
  }
  SECTION("goods without a national code where the scheme demands one") {
    strict.code_required_at_pharmacy = true;
    book = AccountBook({{"strict-employee", day("2023-01-01"), strict}});
    claim.lines[0].med_list_codg.clear();
    CHECK(settled(claim, policy).accounts.size() == 1);
  }
}

TEST_CASE("the version of the owner's scheme is the one of the day, before the first day the first") {
  AccountRules first, second;
  first.relations = 1;
  second.relations = 2;
  const AccountBook book(
      {{"b", day("2024-01-01"), second}, {"b", day("2023-01-01"), first}, {"c", day("2020-01-01"), {}}});
  CHECK(book.find("b", day("2021-06-01"))->relations == 1);
  CHECK(book.find("b", day("2023-12-31"))->relations == 1);
  CHECK(book.find("b", day("2024-01-01"))->relations == 2);
  CHECK(book.find("a", day("2024-01-01")) == nullptr);
}
