// fixtures.h — one invented sale, its cancellation and one paper.  The published vectors are made of them.
// The persons do not exist: no region has the code 999999.
#pragma once

#include <algorithm>

#include "offline/record/entry.h"
#include "offline/record/grant.h"
#include "offline/seal/sm3.h"

namespace gongji::record::fixtures {

inline Id id(std::uint8_t last) {
  Id made{{0x01, 0x9a, 0xa0, 0x00, 0x00, 0x00, 0x70, 0, 0x80, 0, 0, 0, 0, 0, 0, 0}};
  made.bytes[15] = last;
  return made;
}

inline RequestKey key(std::string msgid, std::string infno, std::string_view input) {
  return {"P99999900001", std::move(msgid), std::move(infno), seal::sm3(as_bytes(input))};
}

inline Holder holder() {
  return {"王小草", "01", "999999195501010014", "1", "01", "03", "Z99999999", "999999D1560000050000000000000001"};
}

inline settlement::Claim claim() {
  using namespace settlement;
  Claim claim;
  claim.id = "till-1-000017";
  claim.begntime = {*Day::from_civil(2026, 11, 20), 37'815};
  claim.site = {"P99999900001", 2, "999999", 9, true, true};
  claim.person.psn_no = "99999900000000000000000017";
  claim.person.insutype = "310";
  claim.person.psn_type = "21";
  claim.person.brdy = Day::from_civil(1955, 1, 1);
  claim.person.retired_on = Day::from_civil(2015, 2, 1);
  claim.person.insuplc_admdvs = "999999";
  claim.person.entitled_from = Day::from_civil(2001, 1, 1);
  claim.visit.med_type = "41";
  claim.visit.rx_circ_flag = true;
  claim.visit.rx_hosp_lv = 2;
  claim.visit.diseases = {"I10.x00"};
  claim.acct_used_flag = AccountUse::family;
  claim.lines.resize(2);
  claim.lines[0].feedetl_sn = "1";
  claim.lines[0].med_list_codg = "XC08CAA999A001010199999";
  claim.lines[0].name = "某\"降压\"片 5mg×28";
  claim.lines[0].chrgitm_lv = LineClass::b;
  claim.lines[0].selfpay_prop = Rate::percent(10);
  claim.lines[0].pric = {28'500'000};
  claim.lines[0].cnt = {20'000};
  claim.lines[0].det_item_fee_sumamt = Money::fen(5'700);
  claim.lines[1].feedetl_sn = "2";
  claim.lines[1].name = "蜂蜜\t500g";
  claim.lines[1].kind = LineKind::other;
  claim.lines[1].chrgitm_lv = LineClass::c;
  claim.lines[1].pric = {39'900'000};
  claim.lines[1].cnt = {10'000};
  claim.lines[1].pric_uplmt_amt = Price{0};
  claim.lines[1].det_item_fee_sumamt = Money::fen(3'990);
  claim.lines[1].excluded = true;
  claim.ytd = {{"op.deductible", Money::fen(50'000)}, {"op.fund", Money::fen(123'456)}};
  claim.accounts = {{"self", Relation::self, AccountKind::current, Money::fen(300), "", true},
                    {"99999900000000000000000029", Relation::child, AccountKind::current, Money::fen(90'000), "", true},
                    {"self", Relation::self, AccountKind::prior, Money::fen(200), "", true}};
  return claim;
}

inline settlement::Settlement settled() {
  using namespace settlement;
  Settlement settlement;
  Totals& totals = settlement.totals;
  totals.medfee_sumamt = Money::fen(9'690);
  totals.fulamt_ownpay_amt = Money::fen(3'990);
  totals.preselfpay_amt = Money::fen(570);
  totals.inscp_scp_amt = Money::fen(5'130);
  totals.hifp_pay = totals.fund_pay_sumamt = Money::fen(3'591);
  totals.pool_prop_selfpay = Rate::percent(70);
  totals.psn_part_amt = Money::fen(6'099);
  totals.acct_pay = Money::fen(2'109);
  totals.acct_mulaid_pay = Money::fen(1'609);
  totals.psn_cash_pay = Money::fen(3'990);
  settlement.accounts = {{"self", AccountKind::current, Money::fen(300)},
                         {"self", AccountKind::prior, Money::fen(200)},
                         {"99999900000000000000000029", AccountKind::current, Money::fen(1'609)}};
  settlement.lines.resize(2);
  settlement.lines[0] = {
      "1", Money(), Money(), Money::fen(570), Money::fen(5'130), Money::fen(3'591), Money::fen(2'109), Money()};
  settlement.lines[1] = {"2", Money::fen(3'990), Money(), Money(), Money(), Money(), Money(), Money::fen(3'990)};
  settlement.ytd = {{"op.deductible", Money::fen(50'000)}, {"op.fund", Money::fen(127'047)}};
  return settlement;
}

inline Sale sale() {
  Sale sale;
  sale.sale_id = id(1);
  sale.mdtrt_id = id(2);
  sale.key = key("P999999000012026112010301500017", "2102", "{\"invented\":\"input of 2102\"}");
  sale.opter = "0007";
  sale.presence = Presence::card_read_here;
  sale.backing = Backing::reserve;
  sale.person_key = to_hex(seal::sm3(as_bytes("an invented person")));
  sale.snapshot_as_of = {1'795'132'800'000};
  sale.pack = "invented-employee@2026-01-01";
  sale.pack_digest = "sm3:" + to_hex(seal::sm3(as_bytes("an invented pack")));
  sale.claim = claim();
  sale.settlement = settled();
  sale.holder = holder();
  return sale;
}

inline Cancel cancel() {
  Cancel cancel;
  cancel.cancel_id = id(3);
  cancel.sale_id = id(1);
  cancel.sale_seq = 1;
  cancel.key = key("P999999000012026112010325900018", "2103", "{\"invented\":\"input of 2103\"}");
  cancel.opter = "0007";
  cancel.person_key = sale().person_key;
  cancel.reason = "customer";
  return cancel;
}

inline Paper paper() {
  Paper paper;
  paper.paper_id = id(4);
  paper.key = key("P999999000012026112010404200019", "2102", "{\"invented\":\"another input of 2102\"}");
  paper.opter = "0008";
  paper.presence = Presence::declared;
  paper.reasons = {"no_snapshot", "clock_untrusted"};
  paper.claim = claim();
  paper.claim.person = {};
  paper.claim.accounts.clear();
  paper.claim.ytd.clear();
  paper.holder.mdtrt_cert_type = "02";
  paper.holder.mdtrt_cert_no = "999999195801010024";
  return paper;
}

inline Head head(std::uint64_t seq) {
  return {"T-99999900001-01", 1, seq, {1'795'141'815'000 + static_cast<std::int64_t>(seq) * 60'000}};
}

inline Salt salt(std::uint8_t first) {
  Salt made{};
  for (auto& octet : made) octet = first++;
  return made;
}

// The chain of the published vectors: sale, cancel, paper.
inline std::vector<Entry> chain(Form form = Form::canonical) {
  std::vector<Entry> entries;
  Digest previous{};
  for (const Body& body : {Body(sale()), Body(cancel()), Body(paper())}) {
    const std::uint64_t seq = entries.size() + 1;
    entries.push_back(make_entry(head(seq), body, salt(static_cast<std::uint8_t>(seq * 16)), previous, form));
    previous = entries.back().hash;
  }
  return entries;
}

// Own 60.00, one family account 25.00, the fund 300.00 of a year's benefit, for three days.
inline Grant grant() {
  const auto hash = [](const char* octet) {
    std::string text;
    for (int i = 0; i < 32; ++i) text += octet;
    return text;
  };
  Grant grant;
  grant.id = id(0x21);
  grant.terminal = "T-000007";
  grant.life = {2, 4'242'424'242'424'242};
  grant.person_key = hash("5a");
  grant.accounts = {{"self", settlement::AccountKind::prior, Money::yuan(60)},
                    {hash("c3"), settlement::AccountKind::prior, Money::yuan(25)}};
  grant.fund = {{"invented-employee", "op.fund", *Day::from_civil(2026, 1, 1), Money::yuan(300)}};
  grant.snapshot_as_of = {1'795'147'100'000};
  grant.issued = {1'795'147'200'000};
  grant.expires = {1'795'406'400'000};
  return grant;
}

}  // namespace gongji::record::fixtures
