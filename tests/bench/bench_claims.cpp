#include "tests/bench/bench_claims.h"

#include <string>

namespace gongji::bench {

using namespace settlement;

namespace {

Line line(int number, LineKind kind, LineClass line_class, std::int64_t price_fen, int count) {
  Line line;
  line.feedetl_sn = std::to_string(number);
  line.med_list_codg = "XC08CAB037A001020180517";
  line.name = "demo";
  line.kind = kind;
  line.chrgitm_lv = line_class;
  line.pric = {price_fen * 10'000};
  line.cnt = {count * 10'000};
  line.det_item_fee_sumamt = Money::fen(price_fen * count);
  return line;
}

Line line_of(int number) {
  switch (number % 5) {
    case 1:
      return line(number, LineKind::drug, LineClass::a, 1355, 2);
    case 2:
      return line(number, LineKind::drug, LineClass::b, 2713, 3);
    case 3:
      return line(number, LineKind::drug, LineClass::c, 1200, 1);
    case 4: {
      Line dear = line(number, LineKind::drug, LineClass::b, 417, 10);
      dear.pric_uplmt_amt = Price{4'000'000};
      return dear;
    }
    default:
      return line(number, LineKind::service, LineClass::a, 1000, 1);
  }
}

}  // namespace

Claim wuhan_claim(int lines) {
  Claim claim;
  claim.id = "bench-1";
  claim.begntime = *parse_civil_time("2023-03-15 10:30:00");
  claim.site = {"H42010000001", 1, "420100", 3, true, false};
  claim.person.psn_no = "99999900000000000001";
  claim.person.insutype = "310";
  claim.person.psn_type = "11";
  claim.person.brdy = parse_day("1980-05-01");
  claim.person.insuplc_admdvs = "420100";
  claim.visit.med_type = "11";
  claim.acct_used_flag = AccountUse::family;
  for (int number = 1; number <= lines; ++number) claim.lines.push_back(line_of(number));
  claim.ytd = {{"op.deductible", Money::yuan(650)}, {"op.fund", Money::yuan(120)}};
  claim.accounts.resize(2);
  claim.accounts[0].owner = "self";
  claim.accounts[0].balc = Money::yuan(30);
  claim.accounts[1].owner = "99999900000000000002";
  claim.accounts[1].relation = Relation::spouse;
  claim.accounts[1].balc = Money::yuan(100);
  return claim;
}

}  // namespace gongji::bench
