#include "tests/oracle/random_claims.h"

#include <initializer_list>
#include <string>
#include <vector>

#include "offline/base/check.h"

namespace gongji::testing {

using namespace settlement;

namespace {

class Maker {
 public:
  Maker(const KnownVersion& version, Random& random) : version_(version), random_(random) {}

  Claim claim() {
    Claim claim;
    claim.id = "r";
    claim.begntime = {parse_day(version_.first_day)->plus_days(static_cast<int>(between(0, version_.days))), 36'000};
    claim.site.fixmedins_code = "H99999900001";
    claim.site.fixmedins_type = one_in(5) ? 2 : one_in(20) ? 3 : 1;
    claim.site.admdvs = version_.insuplc_admdvs;
    claim.site.dedc_hosp_lv = any_level();
    claim.site.designated = !one_in(25);
    claim.site.dual_channel = one_in(2);
    person(claim);
    visit(claim);
    claim.acct_used_flag = pick({AccountUse::none, AccountUse::own, AccountUse::family});
    const std::int64_t lines = one_in(40) ? between(20, 60) : between(1, 6);
    for (std::int64_t i = 1; i <= lines; ++i) claim.lines.push_back(line(static_cast<int>(i)));
    counters(claim);
    for (std::int64_t i = between(0, 4); i > 0; --i) claim.accounts.push_back(account(static_cast<int>(i)));
    return claim;
  }

 private:
  std::int64_t between(std::int64_t least, std::int64_t most) {
    return least + static_cast<std::int64_t>(random_() % static_cast<std::uint64_t>(most - least + 1));
  }
  bool one_in(std::int64_t many) { return between(1, many) == 1; }
  template <class T>
  T pick(std::initializer_list<T> values) {
    return values.begin()[between(0, static_cast<std::int64_t>(values.size()) - 1)];
  }
  template <class T>
  const T& pick(const std::vector<T>& values) {
    return values[static_cast<std::size_t>(between(0, static_cast<std::int64_t>(values.size()) - 1))];
  }
  std::uint8_t any_level() { return one_in(8) ? pick<std::uint8_t>({4, 9}) : pick<std::uint8_t>({1, 2, 3}); }

  void person(Claim& claim) {
    Person& person = claim.person;
    const Day today = claim.begntime.day;
    person.psn_no = "99999900000000000001";
    person.insutype = "310";
    person.insuplc_admdvs = one_in(10) ? "429999" : version_.insuplc_admdvs;
    person.psn_type = one_in(30) ? "31" : pick<const char*>({"11", "11", "12", "12", "1112", "1101"});
    if (one_in(4)) {
      person.retired_on = pick({today.plus_days(static_cast<int>(between(-40, 40))),
                                Day::from_civil(2000, 12, 31)->plus_days(static_cast<int>(between(-1, 1)))});
    }
    if (one_in(30)) person.entitled_from = today.plus_days(static_cast<int>(between(-2, 2)));
    if (one_in(30)) person.entitled_to = today.plus_days(static_cast<int>(between(-2, 2)));
    if (one_in(6)) {
      person.paid_on = today.plus_days(-static_cast<int>(pick({between(26, 34), between(178, 186), between(0, 300)})));
    }
    if (one_in(3)) person.enrol_kind = pick({EnrolKind::first, EnrolKind::late, EnrolKind::gap, EnrolKind::newborn});
  }

  void visit(Claim& claim) {
    Visit& visit = claim.visit;
    visit.med_type = one_in(25) ? "41" : pick(version_.med_types);
    if (one_in(6)) visit.benefit = one_in(12) ? "dental" : pick(version_.benefits);
    visit.region = one_in(4) ? pick({Region::filed, Region::referred, Region::temporary}) : Region::local;
    if (one_in(12)) {
      visit.settled = Settled::late;
      if (!one_in(3)) {
        const Day deadline = *Day::from_civil(claim.begntime.day.year() + 1, 3, 31);
        visit.presented_on = deadline.plus_days(static_cast<int>(between(-1, 1)));
      }
    }
    visit.cause = one_in(40) ? pick({Cause::work_injury, Cause::maternity, Cause::traffic, Cause::other_accident})
                             : Cause::illness;
    visit.approved = !one_in(20);
    visit.rx_circ_flag = one_in(2);
    if (visit.rx_circ_flag && !one_in(8)) visit.rx_hosp_lv = any_level();
    for (std::int64_t i = pick<std::int64_t>({0, 0, 1, 2, 4}); i > 0; --i) {
      visit.diseases.push_back(
          pick<const char*>({"a", "b", "c", "renal_failure", "severe_psychosis", "dialysis", "transplant"}));
    }
    if (!one_in(20)) visit.place = pick({Place::district, Place::city, Place::outside});
  }

  Line line(int number) {
    Line line;
    line.feedetl_sn = std::to_string(number);
    line.med_list_codg = one_in(6) ? "" : pick<const char*>({"XB01ACA056A012020279489", "XC08CAB037A001020180517"});
    line.name = "demo";
    line.kind =
        one_in(3) ? pick({LineKind::device, LineKind::consumable, LineKind::service, LineKind::other}) : LineKind::drug;
    line.chrgitm_lv = one_in(8) ? LineClass::c : pick({LineClass::a, LineClass::b});
    if (one_in(3)) line.selfpay_prop = Rate::ppm(pick({between(0, 10'000) * 100, std::int64_t{100'000}}));
    // from fractions of a fen to more than a limit, in millionths of a yuan
    const std::int64_t scale = pick<std::int64_t>({9'000, 3'000'000, 200'000'000, 2'000'000'000, 9'000'000'000});
    line.pric = {between(0, scale)};
    line.cnt = {one_in(3) ? between(0, 50'000) : 10'000};
    if (one_in(6)) line.pric_uplmt_amt = Price{between(0, scale)};
    line.det_item_fee_sumamt = *line_amount(line.pric, line.cnt);
    if (line.det_item_fee_sumamt > Money() && one_in(10)) line.det_item_fee_sumamt += Money::fen(pick({-1, 1}));
    line.excluded = one_in(30);
    return line;
  }

  // At nothing, anywhere, and at a number of some law.
  Money used() {
    const std::int64_t number = pick<std::int64_t>(
        {0,       2'000,     3'000,     4'000,      5'000,      6'000,      9'000,     12'000,  20'000,
         30'000,  50'000,    70'000,    80'000,     300'000,    350'000,    400'000,   450'000, 500'000,
         600'000, 2'000'000, 4'000'000, 61'000'000, 63'000'000, 65'000'000, 66'000'000});
    const std::int64_t away = pick({std::int64_t{0}, between(-1, 1), between(-3'000, 3'000), between(-90'000, 0)});
    return Money::fen(number + away < 0 ? 0 : number + away);
  }
  void counters(Claim& claim) {
    for (const std::string& name : version_.counters) {
      if (!one_in(3)) claim.ytd.push_back({name, used()});
    }
    const bool by_drug = version_.pack.starts_with("yuxi");
    if (by_drug && one_in(3)) claim.ytd.push_back({"negotiated.XB01ACA056A012020279489.deductible", used()});
    if (by_drug && one_in(3)) claim.ytd.push_back({"negotiated.XC08CAB037A001020180517.deductible", used()});
  }

  Account account(int number) {
    Account account;
    account.kind = pick({AccountKind::current, AccountKind::prior});
    account.balc = Money::fen(pick({std::int64_t{0}, between(0, 5'000), between(0, 300'000)}));
    if (one_in(2)) {
      account.owner = "self";
      return account;
    }
    account.owner = "9999990000000000010" + std::to_string(number);
    account.relation = pick({Relation::spouse, Relation::parent, Relation::child, Relation::other});
    account.listed = !one_in(8);
    account.scheme = pick<const char*>(
        {"wuhan-employee", "shanghai-employee", "yuxi-employee", "suyu-resident", "nowhere-employee", ""});
    return account;
  }

  const KnownVersion& version_;
  Random& random_;
};

}  // namespace

Claim random_claim(const KnownVersion& version, Random& random) {
  return Maker(version, random).claim();
}

}  // namespace gongji::testing
