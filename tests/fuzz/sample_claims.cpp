#include "tests/fuzz/sample_claims.h"

#include <initializer_list>
#include <string>

namespace gongji::testing {

using namespace settlement;

namespace {

Line line(int number, std::int64_t fen, LineClass line_class, LineKind kind, const char* code) {
  Line line;
  line.feedetl_sn = std::to_string(number);
  line.med_list_codg = code;
  line.name = "demo";
  line.kind = kind;
  line.chrgitm_lv = line_class;
  line.pric = {fen * 10'000};
  line.cnt = {10'000};
  line.det_item_fee_sumamt = Money::fen(fen);
  return line;
}

Account account(const char* owner, Relation relation, AccountKind kind, std::int64_t fen) {
  Account account;
  account.owner = owner;
  account.relation = relation;
  account.kind = kind;
  account.balc = Money::fen(fen);
  return account;
}

Claim claim_of(std::uint8_t type, std::uint8_t level, std::int64_t scale) {
  Claim claim;
  claim.id = "sample";
  claim.begntime = {*Day::from_civil(2023, 7, 15), 36'000};
  claim.site.fixmedins_code = "H99999900001";
  claim.site.fixmedins_type = type;
  claim.site.admdvs = "999999";
  claim.site.dedc_hosp_lv = level;
  claim.site.dual_channel = true;
  claim.person.psn_no = "99999900000000000001";
  claim.person.insutype = "310";
  claim.person.psn_type = level == 2 ? "12" : "11";
  claim.person.insuplc_admdvs = "999999";
  claim.visit.med_type = "11";
  claim.visit.region = level == 3 ? Region::referred : Region::local;
  claim.visit.rx_circ_flag = type == 2;
  claim.visit.rx_hosp_lv = std::uint8_t{2};
  claim.visit.diseases = {"renal_failure", "dialysis"};
  claim.visit.place = static_cast<Place>(level % 3);
  claim.acct_used_flag = AccountUse::family;
  const LineClass classes[] = {LineClass::a, LineClass::b, LineClass::c};
  const LineKind kinds[] = {LineKind::drug, LineKind::device, LineKind::consumable, LineKind::service, LineKind::other};
  int number = 0;
  for (const LineClass line_class : classes) {
    for (const LineKind kind : kinds) {
      ++number;
      claim.lines.push_back(line(number, scale * number / 3 + 1, line_class, kind,
                                 number % 4 == 0   ? ""
                                 : number % 4 == 1 ? "XB01ACA056A012020279489"
                                                   : "XC08"));
    }
  }
  claim.lines[1].pric_uplmt_amt = Price{scale * 1'000};
  claim.lines[5].selfpay_prop = Rate::ppm(123'400);
  claim.accounts = {account("self", Relation::self, AccountKind::current, scale / 2),
                    account("self", Relation::self, AccountKind::prior, scale / 3),
                    account("99999900000000000002", Relation::spouse, AccountKind::prior, scale)};
  return claim;
}

}  // namespace

const std::vector<Claim>& sample_claims() {
  static const std::vector<Claim> claims = [] {
    std::vector<Claim> all;
    for (const std::int64_t scale : {1, 90, 30'000, 900'000'000}) {
      for (const auto level : std::initializer_list<std::uint8_t>{1, 3}) all.push_back(claim_of(1, level, scale));
    }
    for (const auto level : std::initializer_list<std::uint8_t>{2, 9}) all.push_back(claim_of(1, level, 2'000'000));
    all.push_back(claim_of(2, 9, 10'000));
    return all;
  }();
  return claims;
}

}  // namespace gongji::testing
