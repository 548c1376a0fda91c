// What is kept of a sale takes nothing from anybody that the sale did not.
#include "offline/record/kept_sale.h"

#include <catch2/catch.hpp>

#include "tests/record/fixtures.h"

using namespace gongji;
using namespace gongji::record;

namespace {

// The fixture's first line, one of its two pieces; half of every payer's share of it.
Sale half() {
  Sale kept = fixtures::sale();
  kept.sale_id = fixtures::id(9);
  kept.key.msgid += "/kept";
  kept.kept_from = KeptFrom{fixtures::id(1), 1};
  kept.claim.lines.resize(1);
  kept.claim.lines[0].cnt = {10'000};
  kept.claim.lines[0].det_item_fee_sumamt = Money::fen(2'850);
  auto& totals = kept.settlement.totals;
  totals.medfee_sumamt = Money::fen(2'850);
  totals.hifp_pay = totals.fund_pay_sumamt = Money::fen(1'796);
  totals.acct_pay = Money::fen(1'054);
  totals.acct_mulaid_pay = Money::fen(554);
  totals.psn_cash_pay = Money();
  kept.settlement.accounts.back().paid = Money::fen(554);
  kept.settlement.ytd[1].value = Money::fen(123'456 + 1'796);
  return kept;
}

}  // namespace

TEST_CASE("what is kept is within the whole as long as nobody pays more, and nothing but lines and shares differs") {
  const Sale whole = fixtures::sale();
  CHECK(keeps_within(half(), whole));
  CHECK(keeps_within(whole, whole));
  const auto broken_by = [&](auto change) {
    Sale kept = half();
    change(kept);
    return !keeps_within(kept, whole);
  };
  CHECK(broken_by([](Sale& kept) { kept.person_key[0] = kept.person_key[0] == '0' ? '1' : '0'; }));
  CHECK(broken_by([](Sale& kept) { kept.pack_digest.back() = 'x'; }));
  CHECK(broken_by([](Sale& kept) { ++kept.claim.begntime.second; }));
  CHECK(broken_by([](Sale& kept) { kept.claim.ytd[0].value = Money(); }));
  CHECK(broken_by([](Sale& kept) { kept.claim.visit.rx_circ_flag = false; }));
  CHECK(broken_by([](Sale& kept) { kept.claim.lines[0].cnt = {20'001}; }));
  CHECK(broken_by([](Sale& kept) { kept.claim.lines[0].det_item_fee_sumamt = Money::fen(5'701); }));
  CHECK(broken_by([](Sale& kept) { kept.claim.lines[0].selfpay_prop.reset(); }));
  CHECK(broken_by([](Sale& kept) { kept.claim.lines[0].feedetl_sn = "3"; }));
  CHECK(broken_by([](Sale& kept) { kept.settlement.totals.fund_pay_sumamt = Money::fen(3'592); }));
  CHECK(broken_by([](Sale& kept) { kept.settlement.accounts[0].paid = Money::fen(301); }));
  CHECK(broken_by([](Sale& kept) { kept.settlement.accounts[2].kind = settlement::AccountKind::prior; }));
  CHECK(broken_by([](Sale& kept) { kept.settlement.ytd[1].value = Money::fen(127'048); }));
  CHECK(broken_by([](Sale& kept) { kept.backing = Backing::grant; }));
  CHECK(broken_by([](Sale& kept) { kept.backing_id = "another"; }));
  CHECK(broken_by([](Sale& kept) { kept.backing = Backing::nothing; }));
}

TEST_CASE(
    "a sale that names what it is kept of carries that in its public part, and one that does not is written as ever") {
  const Sale kept = half();
  const Head head{"T-0001", 1, 3, {1'795'141'935'000}};
  const Entry entry = make_entry(head, kept, Salt{}, Digest{});
  CHECK(entry.public_bytes.find(R"("kept_from":{"sale_id":")" + to_string(fixtures::id(1)) +
                                R"(","sale_seq":1},"key":)") != std::string::npos);
  CHECK(std::get<Sale>(decode(entry.public_bytes, entry.personal_bytes)->body) == kept);
  CHECK(make_entry(head, fixtures::sale(), Salt{}, Digest{}).public_bytes.find("kept_from") == std::string::npos);
}
