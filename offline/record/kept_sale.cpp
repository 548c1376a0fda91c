#include "offline/record/kept_sale.h"

#include <algorithm>

#include "offline/record/verdict.h"

namespace gongji::record {
namespace {

bool same_visit(const Sale& kept, const Sale& whole) {
  return kept.person_key == whole.person_key && kept.pack == whole.pack && kept.pack_digest == whole.pack_digest &&
         kept.mdtrt_id == whole.mdtrt_id && kept.claim.begntime == whole.claim.begntime &&
         kept.claim.site == whole.claim.site && kept.claim.visit == whole.claim.visit &&
         kept.claim.acct_used_flag == whole.claim.acct_used_flag && kept.claim.ytd == whole.claim.ytd;
}

bool has_line(const Sale& whole, const settlement::Line& line) {
  return std::any_of(whole.claim.lines.begin(), whole.claim.lines.end(), [&](const settlement::Line& sold) {
    settlement::Line like = line;
    like.cnt = sold.cnt;
    like.det_item_fee_sumamt = sold.det_item_fee_sumamt;
    return like == sold && line.cnt <= sold.cnt && line.det_item_fee_sumamt <= sold.det_item_fee_sumamt;
  });
}

Money paid_of(const Sale& sale, const settlement::AccountPayment& like) {
  Money paid;
  for (const auto& payment : sale.settlement.accounts) {
    if (payment.owner == like.owner && payment.kind == like.kind) paid += payment.paid;
  }
  return paid;
}

bool same_backing(const Sale& kept, const Sale& whole) {
  if (kept.backing == Backing::nothing) {
    const PayerShares shares = payer_shares(kept.settlement);
    return shares.fund + shares.account + shares.family == Money();
  }
  return kept.backing == whole.backing && kept.backing_id == whole.backing_id;
}

}  // namespace

bool keeps_within(const Sale& kept, const Sale& whole) {
  if (!same_visit(kept, whole) || !same_backing(kept, whole)) return false;
  const auto& lines = kept.claim.lines;
  if (!std::all_of(lines.begin(), lines.end(), [&](const auto& line) { return has_line(whole, line); })) return false;
  if (payer_shares(kept.settlement).fund > payer_shares(whole.settlement).fund) return false;
  const auto& payments = kept.settlement.accounts;
  if (!std::all_of(payments.begin(), payments.end(),
                   [&](const auto& payment) { return paid_of(kept, payment) <= paid_of(whole, payment); })) {
    return false;
  }
  const auto before = counted_by(whole);
  const auto now = counted_by(kept);
  return std::all_of(now.begin(), now.end(), [&](const settlement::Counted& counted) {
    const auto there =
        std::find_if(before.begin(), before.end(), [&](const auto& other) { return other.same_counter(counted); });
    return counted.value <= (there == before.end() ? Money() : there->value);
  });
}

}  // namespace gongji::record
