// claims.h — claims for tests: a plain one to start from, and random ones.
#pragma once

#include <rapidcheck.h>

#include <string>

#include "offline/base/check.h"
#include "offline/settlement/claim.h"
#include "offline/settlement/policy.h"

namespace gongji::testing {

inline Day day(const char* text) {
  const auto parsed = parse_day(text);
  GONGJI_CHECK(parsed.has_value());
  return *parsed;
}
inline CivilTime at(const char* text) {
  const auto parsed = parse_civil_time(text);
  GONGJI_CHECK(parsed.has_value());
  return *parsed;
}

inline settlement::Line line(const char* number, Money amount,
                             settlement::LineClass line_class = settlement::LineClass::a,
                             settlement::LineKind kind = settlement::LineKind::drug) {
  settlement::Line line;
  line.feedetl_sn = number;
  line.med_list_codg = "XB01ACA056A012020279489";
  line.name = "demo";
  line.kind = kind;
  line.chrgitm_lv = line_class;
  line.pric = {amount.in_fen() * 10'000};
  line.cnt = {10'000};
  line.det_item_fee_sumamt = amount;
  return line;
}

inline settlement::Account own_account(Money balance) {
  settlement::Account account;
  account.owner = "self";
  account.balc = balance;
  return account;
}
inline settlement::Account family_account(const char* owner, Money balance,
                                          settlement::Relation relation = settlement::Relation::spouse) {
  settlement::Account account;
  account.owner = owner;
  account.relation = relation;
  account.balc = balance;
  return account;
}

// An on-job person at a designated third-level hospital in Wuhan, one class-A line of 1000 yuan, nothing used so far.
inline settlement::Claim plain_claim() {
  settlement::Claim claim;
  claim.id = "t-1";
  claim.begntime = at("2023-03-15 10:30:00");
  claim.site.fixmedins_code = "H42010000001";
  claim.site.fixmedins_type = 1;
  claim.site.admdvs = "420100";
  claim.site.dedc_hosp_lv = 3;
  claim.person.psn_no = "99999900000000000001";
  claim.person.insutype = "310";
  claim.person.psn_type = "11";
  claim.person.brdy = day("1980-05-01");
  claim.person.insuplc_admdvs = "420100";
  claim.visit.med_type = "11";
  claim.lines.push_back(line("1", Money::yuan(1000)));
  return claim;
}

// Any claim that Wuhan's pack settles or refuses, with every member that it looks at varied.
rc::Gen<settlement::Claim> any_claim();

// The same for any policy: its kinds of visit, its counters around the numbers of its rows.  `policy` must outlive it.
rc::Gen<settlement::Claim> any_claim_of(const settlement::Policy& policy);

}  // namespace gongji::testing
