#include "tests/settlement/identities.h"

#include <rapidcheck.h>

namespace gongji::testing {

using namespace settlement;

void require_identities(const Claim& claim, const Settlement& settlement) {
  const Totals& t = settlement.totals;
  RC_ASSERT(t.medfee_sumamt == t.fulamt_ownpay_amt + t.overlmt_selfpay + t.preselfpay_amt + t.inscp_scp_amt);
  RC_ASSERT(t.medfee_sumamt == t.fund_pay_sumamt + t.psn_part_amt);
  RC_ASSERT(t.fund_pay_sumamt == t.hifp_pay + t.hifob_pay);
  RC_ASSERT(t.psn_part_amt == t.acct_pay + t.psn_cash_pay);
  RC_ASSERT(t.acct_mulaid_pay >= Money());
  RC_ASSERT(t.acct_mulaid_pay <= t.acct_pay);
  RC_ASSERT(t.psn_cash_pay >= Money());
  RC_ASSERT(t.fund_pay_sumamt <= t.inscp_scp_amt - t.act_pay_dedc);

  RC_ASSERT(settlement.lines.size() == claim.lines.size());
  Money own, over, first, scope, fund, account, cash;
  for (std::size_t i = 0; i < claim.lines.size(); ++i) {
    const LineShares& line = settlement.lines[i];
    RC_ASSERT(line.feedetl_sn == claim.lines[i].feedetl_sn);
    RC_ASSERT(line.fund + line.account + line.cash == claim.lines[i].det_item_fee_sumamt);
    RC_ASSERT(line.fulamt_ownpay_amt + line.overlmt_amt + line.preselfpay_amt + line.inscp_scp_amt ==
              claim.lines[i].det_item_fee_sumamt);
    for (const Money part : {line.fulamt_ownpay_amt, line.overlmt_amt, line.preselfpay_amt, line.inscp_scp_amt,
                             line.fund, line.account, line.cash}) {
      RC_ASSERT(part >= Money());
    }
    RC_ASSERT(line.fund <= line.inscp_scp_amt);
    own += line.fulamt_ownpay_amt;
    over += line.overlmt_amt;
    first += line.preselfpay_amt;
    scope += line.inscp_scp_amt;
    fund += line.fund;
    account += line.account;
    cash += line.cash;
  }
  RC_ASSERT(own == t.fulamt_ownpay_amt);
  RC_ASSERT(over == t.overlmt_selfpay);
  RC_ASSERT(first == t.preselfpay_amt);
  RC_ASSERT(scope == t.inscp_scp_amt);
  RC_ASSERT(fund == t.fund_pay_sumamt);
  RC_ASSERT(account == t.acct_pay);
  RC_ASSERT(cash == t.psn_cash_pay);

  Money paid, family, own_left;
  for (const AccountPayment& payment : settlement.accounts) {
    RC_ASSERT(payment.paid > Money());
    paid += payment.paid;
    if (payment.owner != "self") family += payment.paid;
  }
  RC_ASSERT(paid == t.acct_pay);
  RC_ASSERT(family == t.acct_mulaid_pay);
  for (const Account& each : claim.accounts) {
    if (each.is_own()) own_left += each.balc;
  }
  RC_ASSERT(t.balc == own_left - (paid - family));
}

}  // namespace gongji::testing
