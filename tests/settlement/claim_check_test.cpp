// Whether a claim is readable is told alike with and without its text.
#include "offline/settlement/claim_check.h"

#include <rapidcheck/catch.h>

#include <catch2/catch.hpp>
#include <functional>
#include <vector>

#include "offline/settlement/claim_json.h"
#include "tests/settlement/claims.h"

using namespace gongji;
using namespace gongji::settlement;
using namespace gongji::testing;

namespace {

bool is_read(const Claim& claim) {
  return std::holds_alternative<Claim>(claim_from_json(claim_to_json(claim)));
}

Account account_of(std::string owner, Relation relation, std::string scheme) {
  Account account;
  account.owner = std::move(owner);
  account.relation = relation;
  account.scheme = std::move(scheme);
  return account;
}

// One thing that a till's bytes may hold and a claim may not; some of them it may, in some claims.
using Twist = std::function<void(Claim&)>;
const std::vector<Twist>& twists() {
  static const std::string broken = "\xC3(", surrogate = "\xED\xA0\x80", control = "a\x01\"\\\n\x7F";
  static const std::vector<Twist> all = {
      [](Claim& c) { c.id = broken; },
      [](Claim& c) { c.id = surrogate; },
      [](Claim& c) { c.id = control; },
      [](Claim& c) { c.id = std::string("\0x", 2); },
      [](Claim& c) { c.pack = "@1"; },
      [](Claim& c) { c.pack = "a@"; },
      [](Claim& c) { c.pack = "a@b"; },
      [](Claim& c) { c.pack = "ab"; },
      [](Claim& c) { c.pack = "a@" + broken; },
      [](Claim& c) { c.begntime.second = 86'399; },
      [](Claim& c) { c.begntime.second = 86'400; },
      [](Claim& c) { c.begntime.day = *Day::from_civil(2999, 12, 31); },
      [](Claim& c) { c.begntime.day = Day::from_civil(2999, 12, 31)->plus_days(1); },
      [](Claim& c) { c.person.brdy = *Day::from_civil(1800, 1, 1); },
      [](Claim& c) { c.person.brdy = Day::from_civil(1800, 1, 1)->plus_days(-1); },
      [](Claim& c) { c.person.retired_on = Day::from_number(500'000); },
      [](Claim& c) { c.person.entitled_from = Day::from_number(500'000); },
      [](Claim& c) { c.person.entitled_to = Day::from_number(500'000); },
      [](Claim& c) { c.person.paid_on = Day::from_number(500'000); },
      [](Claim& c) { c.site.fixmedins_code.clear(); },
      [](Claim& c) { c.site.fixmedins_code = broken; },
      [](Claim& c) { c.site.admdvs = "42010"; },
      [](Claim& c) { c.site.admdvs = "42010x"; },
      [](Claim& c) { c.person.psn_no.clear(); },
      [](Claim& c) { c.person.insutype.clear(); },
      [](Claim& c) { c.person.psn_type.clear(); },
      [](Claim& c) { c.person.insuplc_admdvs.clear(); },
      [](Claim& c) { c.visit.med_type.clear(); },
      [](Claim& c) { c.visit.presented_on = Day::from_number(500'000); },
      [](Claim& c) { c.visit.benefit = ""; },
      [](Claim& c) { c.visit.benefit = broken; },
      [](Claim& c) { c.visit.diseases = {"E11.900"}; },
      [](Claim& c) {
        c.visit.diseases = {"E11.900", ""};
      },
      [](Claim& c) { c.lines.clear(); },
      [](Claim& c) { c.lines.resize(lines_max, c.lines.front()); },
      [](Claim& c) { c.lines.resize(lines_max + 1, c.lines.front()); },
      [](Claim& c) { c.lines[0].feedetl_sn.clear(); },
      [](Claim& c) { c.lines[0].med_list_codg.clear(); },
      [](Claim& c) { c.lines[0].name = broken; },
      [](Claim& c) { c.lines[0].name = "缬沙坦"; },
      [](Claim& c) { c.lines[0].det_item_fee_sumamt = c.lines[0].det_item_fee_sumamt + Money::fen(2); },
      [](Claim& c) { c.lines[0].det_item_fee_sumamt = c.lines[0].det_item_fee_sumamt + Money::fen(1); },
      [](Claim& c) { c.lines[0].det_item_fee_sumamt = Money::fen(-1); },
      [](Claim& c) { c.lines[0].pric = {amount_max.in_fen() * 10'000 + 1}; },
      [](Claim& c) { c.lines[0].cnt = {amount_max.in_fen() * 100 + 1}; },
      [](Claim& c) { c.lines[0].pric_uplmt_amt = Price{amount_max.in_fen() * 10'000}; },
      [](Claim& c) { c.lines[0].pric_uplmt_amt = Price{amount_max.in_fen() * 10'000 + 1}; },
      [](Claim& c) { c.lines[0].selfpay_prop = Rate::ppm(1'000'000); },
      [](Claim& c) { c.lines[0].selfpay_prop = Rate::ppm(50); },
      [](Claim& c) {
        c.ytd.push_back({"new", Money::fen(1)});
      },
      [](Claim& c) {
        c.ytd = {{"one", Money::fen(1)}, {"two", {}}, {"one", Money::fen(1)}};
      },
      [](Claim& c) {
        c.ytd = {{"", Money::fen(1)}};
      },
      [](Claim& c) {
        c.ytd = {{broken, Money::fen(1)}};
      },
      [](Claim& c) {
        c.ytd = {{"one", Money::fen(-1)}};
      },
      [](Claim& c) {
        c.ytd = {{"one", amount_max}};
      },
      [](Claim& c) {
        c.ytd = {{"one", amount_max + Money::fen(1)}};
      },
      [](Claim& c) { c.accounts.push_back(account_of("", Relation::child, "s")); },
      [](Claim& c) { c.accounts.push_back(account_of("f", Relation::child, "")); },
      [](Claim& c) { c.accounts.push_back(account_of("f", Relation::child, "s")); },
      [](Claim& c) { c.accounts.push_back(account_of("f", Relation::child, broken)); },
      [](Claim& c) { c.accounts.push_back(account_of("self", Relation::child, "")); },
      [](Claim& c) { c.person.psn_type = "1501"; },
      [](Claim& c) {
        c.accounts = {account_of("self", Relation::self, "")};
        c.accounts[0].balc = Money::fen(-1);
      },
      [](Claim& c) {
        c.accounts = {account_of("self", Relation::self, "")};
        c.accounts[0].balc = amount_max + Money::fen(1);
      },
      [](Claim& c) { c.lines[0].name.assign(claim_text_bytes_max, 'a'); },
      [](Claim& c) { c.lines[0].name.assign(claim_text_bytes_max - 8'000, 'a'); },
      [](Claim& c) { c.lines[0].name.assign(claim_text_bytes_max / 6, '\x01'); },
  };
  return all;
}

}  // namespace

TEST_CASE("a claim is readable as values where it is as text") {
  const Claim plain = plain_claim();
  CHECK(is_readable(plain));
  std::size_t refused = 0;
  for (const Twist& twist : twists()) {
    Claim claim = plain;
    twist(claim);
    INFO(&twist - twists().data());
    CHECK(is_readable(claim) == is_read(claim));
    refused += is_readable(claim) ? 0 : 1;
  }
  CHECK(refused > 30);
  CHECK(refused < twists().size());
  rc::prop("any claim, twisted twice", [] {
    Claim claim = *any_claim();
    RC_ASSERT(is_readable(claim));
    for (int i = 0; i < 2; ++i) {
      const Twist twist = *rc::gen::elementOf(twists());
      if (!claim.lines.empty()) twist(claim);
    }
    RC_ASSERT(is_readable(claim) == is_read(claim));
  });
}

TEST_CASE("a claim with a value that has no name, or lies below zero, is not readable") {
  const std::vector<Twist> nameless = {
      [](Claim& c) { c.site.fixmedins_type = 6; },
      [](Claim& c) { c.site.dedc_hosp_lv = 5; },
      [](Claim& c) { c.person.employment = static_cast<Employment>(9); },
      [](Claim& c) { c.person.enrol_kind = static_cast<EnrolKind>(9); },
      [](Claim& c) { c.visit.region = static_cast<Region>(9); },
      [](Claim& c) { c.visit.settled = static_cast<Settled>(9); },
      [](Claim& c) { c.visit.cause = static_cast<Cause>(9); },
      [](Claim& c) { c.visit.rx_hosp_lv = std::uint8_t{7}; },
      [](Claim& c) { c.visit.place = static_cast<Place>(9); },
      [](Claim& c) { c.acct_used_flag = static_cast<AccountUse>(9); },
      [](Claim& c) { c.lines[0].kind = static_cast<LineKind>(9); },
      [](Claim& c) { c.lines[0].chrgitm_lv = static_cast<LineClass>(0); },
      [](Claim& c) { c.accounts.push_back(account_of("f", Relation::self, "s")); },
      [](Claim& c) {
        c.accounts = {account_of("self", Relation::self, "")};
        c.accounts[0].kind = static_cast<AccountKind>(9);
      },
      [](Claim& c) { c.begntime.second = -1; },
      [](Claim& c) { c.lines[0].pric = {-5}; },
      [](Claim& c) { c.lines[0].cnt = {-5}; },
      [](Claim& c) { c.lines[0].pric_uplmt_amt = Price{-5}; },
  };
  for (const Twist& twist : nameless) {
    Claim claim = plain_claim();
    twist(claim);
    INFO(&twist - nameless.data());
    CHECK_FALSE(is_readable(claim));
  }
}
