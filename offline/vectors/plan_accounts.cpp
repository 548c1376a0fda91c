// plan_accounts.cpp — whose money pays the personal part, in which order, and for which goods.
#include "offline/vectors/plan.h"

namespace gongji::vectors {

using namespace settlement;

namespace {

Account own(AccountKind kind, Money balance) {
  Account account;
  account.owner = "self";
  account.kind = kind;
  account.balc = balance;
  return account;
}

Account of_family(int number, Relation relation, Money balance, const std::string& scheme) {
  Account account;
  account.owner = "9999990000000000000" + std::to_string(number);
  account.relation = relation;
  account.balc = balance;
  account.scheme = scheme;
  return account;
}

}  // namespace

void plan_accounts(Planner& planner) {
  static constexpr const char* relations[] = {"spouse", "parent", "child", "other"};
  Claim plain = planner.plain(planner.usual(), Money::yuan(2'000));
  const std::string& scheme = planner.policy().scheme;
  const auto add = [&planner](const Claim& claim, const std::string& name, const char* zh, const char* en) {
    planner.add(claim, "accounts/" + name, zh, en);
  };
  const Account current = own(AccountKind::current, Money::fen(15'001)),
                prior = own(AccountKind::prior, Money::fen(20'003));
  const Account spouse = of_family(2, Relation::spouse, Money::fen(30'007), scheme);

  Claim claim = plain;
  claim.accounts = {current, prior, spouse};
  add(claim, "not-used", "不使用个人账户", "accounts are not used");
  claim.acct_used_flag = AccountUse::own;
  add(claim, "own-only", "只用本人账户", "own accounts only");
  claim.acct_used_flag = AccountUse::family;
  add(claim, "own-then-family", "先本人，后家庭共济", "own accounts, then the family's");
  claim.accounts = {spouse, prior, current};
  add(claim, "order-as-given", "按给出的次序，但本人先于家人", "in the order given, own before family");
  claim.accounts = {own(AccountKind::prior, Money::yuan(9'999)), spouse};
  add(claim, "own-is-enough", "本人账户足够，家人不付", "the own account is enough");
  claim.accounts = {own(AccountKind::current, Money::yuan(9'999))};
  add(claim, "current-year-only", "只有当年账户", "only this year's money");
  claim.accounts = {own(AccountKind::prior, Money())};
  add(claim, "empty", "账户余额为零", "an empty account");

  for (std::size_t i = 0; i < std::size(relations); ++i) {
    claim.accounts = {of_family(2, static_cast<Relation>(i + 1), Money::yuan(50), scheme)};
    add(claim, std::string("family-") + relations[i], "家庭共济：账户主人与患者的关系", "family: the owner's relation");
  }
  claim.accounts = {spouse};
  claim.accounts[0].listed = false;
  add(claim, "family-not-listed", "主人没有把患者列入共济名单", "the owner has not listed the patient");
  claim.accounts[0].listed = true;
  claim.accounts[0].kind = AccountKind::current;
  add(claim, "family-current-year", "家人的当年账户", "this year's money of a relative");
  for (const packs::PackInfo& other : planner.packs().packs()) {
    if (other.scheme == scheme || other.status != packs::PackStatus::sourced) continue;
    claim.accounts = {of_family(3, Relation::spouse, Money::yuan(50), other.scheme)};
    add(claim, "family-of-" + other.scheme, "账户适用主人所在方案的规定", "the owner's scheme rules the account");
  }
  claim.accounts = {of_family(3, Relation::spouse, Money::yuan(50), "unknown-scheme")};
  add(claim, "family-of-unknown-scheme", "主人的方案未加载：跳过", "the owner's scheme is not loaded: passed over");

  // goods: one line of each kind, class C, so that only accounts and cash are left
  static constexpr const char* kinds[] = {"drug", "device", "consumable", "service", "other"};
  for (const bool pharmacy : {false, true}) {
    claim = plain;
    claim.acct_used_flag = AccountUse::family;
    claim.accounts = {own(AccountKind::prior, Money::yuan(4'000)),
                      of_family(2, Relation::child, Money::yuan(4'000), scheme)};
    if (pharmacy) {
      claim.site.fixmedins_type = 2;
      claim.site.fixmedins_code = "P99999900001";
      claim.site.dedc_hosp_lv = 9;
    }
    claim.lines.clear();
    for (std::size_t i = 0; i < std::size(kinds); ++i) {
      Line line = drug_line(std::to_string(i + 1), Money::fen(10'000 + static_cast<std::int64_t>(i)), LineClass::c);
      line.kind = static_cast<LineKind>(i);
      claim.lines.push_back(line);
    }
    const char* where = pharmacy ? "pharmacy" : "institution";
    add(claim, std::string("goods-at-") + where, "哪些商品可用账户支付", "which goods an account may pay");
    claim.lines = {drug_line("1", Money::yuan(100)), drug_line("2", Money::yuan(100))};
    claim.lines[1].med_list_codg.clear();
    add(claim, std::string("without-code-at-") + where, "没有国家编码的商品能否用账户",
        "goods without a national code");
    claim.lines[1] = drug_line("2", Money::yuan(100));
    claim.lines[1].excluded = true;
    add(claim, std::string("excluded-at-") + where, "医保不予支付的项目不能用账户", "no account pays an excluded item");
  }
  claim = plain;
  claim.acct_used_flag = AccountUse::own;
  claim.accounts = {current, prior};
  claim.lines.push_back(drug_line("2", Money::fen(10'007), LineClass::b));
  claim.lines[1].selfpay_prop = Rate::ppm(100'000);
  claim.lines.push_back(drug_line("3", Money::fen(5'003), LineClass::c));
  add(claim, "mixed-lines", "账户在各行之间的分摊", "how an account is divided among the lines");
}

}  // namespace gongji::vectors
