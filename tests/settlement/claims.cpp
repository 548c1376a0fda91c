#include "tests/settlement/claims.h"

namespace gongji::testing {

using namespace settlement;

namespace {

template <class T>
T one_of(std::initializer_list<T> values) {
  return *rc::gen::elementOf(std::vector<T>(values));
}

bool mostly(bool common) {
  return *rc::gen::weightedElement<bool>({{4, common}, {1, !common}});
}

std::int64_t between(std::int64_t least, std::int64_t most) {
  return *rc::gen::inRange<std::int64_t>(least, most + 1);
}

Line any_line(int number) {
  Line line;
  line.feedetl_sn = std::to_string(number);
  line.med_list_codg = mostly(true) ? "XB01ACA056A012020279489" : "";
  line.name = "demo";
  line.kind = one_of(
      {LineKind::drug, LineKind::drug, LineKind::device, LineKind::consumable, LineKind::service, LineKind::other});
  line.chrgitm_lv = one_of({LineClass::a, LineClass::a, LineClass::b, LineClass::b, LineClass::c});
  if (mostly(false)) line.selfpay_prop = Rate::ppm(between(0, 10'000) * 100);
  // from fractions of a fen to more than a cap
  const auto scale = one_of<std::int64_t>({1'000, 1'000'000, 100'000'000, 5'000'000'000});
  line.pric = {between(0, scale)};
  line.cnt = {between(0, 50'000)};
  if (mostly(false)) line.pric_uplmt_amt = Price{between(0, scale)};
  line.det_item_fee_sumamt = *line_amount(line.pric, line.cnt);
  if (line.det_item_fee_sumamt > Money() && mostly(false)) {
    line.det_item_fee_sumamt += Money::fen(one_of<std::int64_t>({-1, 1}));
  }
  line.excluded = *rc::gen::weightedElement<bool>({{15, false}, {1, true}});
  return line;
}

Account any_account(int number) {
  if (*rc::gen::arbitrary<bool>()) {
    Account account = own_account(Money::fen(between(0, 50'000)));
    account.kind = one_of({AccountKind::current, AccountKind::prior});
    return account;
  }
  const std::string owner = "9999990000000000010" + std::to_string(number);
  Account account = family_account(owner.c_str(), Money::fen(between(0, 50'000)),
                                   one_of({Relation::spouse, Relation::parent, Relation::child, Relation::other}));
  account.kind = one_of({AccountKind::current, AccountKind::prior});
  account.listed = mostly(true);
  account.scheme = one_of<std::string>({"", "", "wuhan-employee", "nowhere-employee"});
  return account;
}

Claim make_claim() {
  Claim claim = plain_claim();
  claim.begntime.day = day("2023-02-01").plus_days(static_cast<int>(between(0, 400)));
  claim.site.fixmedins_type = *rc::gen::weightedElement<std::uint8_t>({{10, 1}, {2, 2}, {1, 3}});
  claim.site.dedc_hosp_lv = *rc::gen::weightedElement<std::uint8_t>({{4, 1}, {4, 2}, {4, 3}, {1, 4}, {1, 9}});
  claim.site.designated = *rc::gen::weightedElement<bool>({{19, true}, {1, false}});
  claim.site.dual_channel = *rc::gen::arbitrary<bool>();
  claim.person.psn_type =
      *rc::gen::weightedElement<std::string>({{6, "11"}, {4, "12"}, {1, "1112"}, {1, "1101"}, {1, "31"}});
  if (mostly(false)) claim.person.retired_on = claim.begntime.day.plus_days(static_cast<int>(between(-60, 60)));
  if (*rc::gen::weightedElement<bool>({{1, true}, {19, false}})) {
    claim.person.entitled_from = claim.begntime.day.plus_days(static_cast<int>(between(-3, 3)));
  }
  claim.visit.med_type = *rc::gen::weightedElement<std::string>({{18, "11"}, {1, "14"}, {1, "41"}});
  claim.visit.region = one_of({Region::local, Region::local, Region::filed, Region::referred, Region::temporary});
  claim.visit.settled = *rc::gen::weightedElement<Settled>({{12, Settled::direct}, {1, Settled::late}});
  claim.visit.rx_circ_flag = *rc::gen::arbitrary<bool>();
  claim.acct_used_flag = one_of({AccountUse::none, AccountUse::own, AccountUse::family});
  claim.lines.clear();
  const auto lines = *rc::gen::weightedElement<int>({{5, 1}, {5, 3}, {5, 7}, {1, 60}});
  for (int i = 1; i <= lines; ++i) claim.lines.push_back(any_line(i));
  // around both thresholds and both limits, and well away from them
  const Money deductible =
      Money::fen(one_of<std::int64_t>({0, 20'000, 49'000, 69'000, 70'000, 90'000}) + between(0, 1'500));
  const Money fund = Money::fen(one_of<std::int64_t>({0, 100'000, 349'000, 399'000, 420'000}) + between(0, 1'500));
  claim.ytd = {{"op.deductible", deductible}, {"op.fund", fund}};
  if (mostly(false)) claim.ytd.pop_back();
  const auto accounts = between(0, 4);
  for (int i = 0; i < accounts; ++i) claim.accounts.push_back(any_account(i));
  return claim;
}

}  // namespace

rc::Gen<Claim> any_claim() {
  return rc::gen::exec(make_claim);
}

rc::Gen<Claim> any_claim_of(const Policy& policy) {
  return rc::gen::exec([&policy] {
    Claim claim = *any_claim();
    claim.site.dedc_hosp_lv = *rc::gen::weightedElement<std::uint8_t>({{4, 1}, {4, 2}, {4, 3}, {1, 4}, {1, 9}});
    std::vector<std::string> types{"11", "11", "41"};
    for (const auto& [med_type, index] : policy.med_types) types.push_back(med_type);
    claim.visit.med_type = *rc::gen::elementOf(types);
    claim.visit.region = *rc::gen::weightedElement<Region>(
        {{12, Region::local}, {2, Region::filed}, {1, Region::referred}, {1, Region::temporary}});
    if (claim.visit.rx_circ_flag) claim.visit.rx_hosp_lv = one_of<std::uint8_t>({1, 2, 3, 9});
    if (mostly(false) && !policy.benefits.empty()) {
      claim.visit.benefit =
          policy.benefits[static_cast<std::size_t>(between(0, static_cast<std::int64_t>(policy.benefits.size()) - 1))]
              .id;
    }
    for (std::int64_t i = between(0, 3); i > 0; --i) {
      claim.visit.diseases.push_back(one_of<std::string>({"a", "b", "renal_failure", "dialysis"}));
    }
    if (mostly(true)) claim.visit.place = one_of({Place::district, Place::city, Place::outside});
    claim.visit.approved = mostly(true);
    if (*rc::gen::weightedElement<bool>({{1, true}, {12, false}})) claim.visit.cause = Cause::traffic;
    for (Line& line : claim.lines) {
      line.med_list_codg = one_of<std::string>({"XB01ACA056A012020279489", "XC08CAB037A001020180517", ""});
    }
    // at nothing, anywhere, and at a number of the law
    std::vector<std::int64_t> numbers{0};
    for (const Row& row : policy.rows) {
      if (row.number.has_value()) numbers.push_back(*row.number);
    }
    claim.ytd.clear();
    const auto some = [&numbers] { return Money::fen(*rc::gen::elementOf(numbers) + between(0, 30'000)); };
    for (const std::string& name : policy.counters) {
      if (*rc::gen::arbitrary<bool>()) claim.ytd.push_back({name, some()});
    }
    if (policy.code_counter.has_value() && *rc::gen::arbitrary<bool>()) {
      claim.ytd.push_back(
          {policy.code_counter->prefix + "XB01ACA056A012020279489" + policy.code_counter->suffix, some()});
    }
    for (Account& account : claim.accounts) {
      if (!account.is_own()) account.scheme = one_of<std::string>({"wuhan-employee", "yuxi-employee", policy.scheme});
    }
    return claim;
  });
}

}  // namespace gongji::testing
