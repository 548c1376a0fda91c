// count.h — what went by, for a summary.  Internal.
#pragma once

#include "offline/base/money.h"
#include "offline/record/verdict.h"

namespace gongji::audit {

// Adds one entry to a summary that has sales, cancels, papers, medfee and shares.
template <class Summary>
void count(Summary& summary, const record::Body& body) {
  if (const auto* sale = std::get_if<record::Sale>(&body)) {
    const record::PayerShares shares = record::payer_shares(sale->settlement);
    ++summary.sales;
    summary.medfee += sale->settlement.totals.medfee_sumamt;
    summary.shares.fund += shares.fund;
    summary.shares.account += shares.account;
    summary.shares.family += shares.family;
    summary.shares.cash += shares.cash;
  } else if (std::holds_alternative<record::Cancel>(body)) {
    ++summary.cancels;
  } else {
    ++summary.papers;
  }
}

}  // namespace gongji::audit
