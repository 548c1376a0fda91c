// booking_credential.cpp — whether the credential of a sale held, and the use of its voucher.
#include <algorithm>

#include "offline/record/voucher.h"
#include "sync/centre/booked.h"

namespace gongji::centre {

namespace {

bool stopped_at(const std::optional<StopRow>& row, WallTime when) {
  return row && row->reason != record::StopReason::used &&
         record::in_force({row->kind, {}, row->reason, row->from, row->until, row->lifted}, when);
}

}  // namespace

// Reasons: voucher_unknown (not issued to this person by this centre), voucher_used_twice, voucher_revoked,
// voucher_expired, card_stopped.  What a person stopped by name is due is the law's to say.
std::string Booking::doubt_of(const EntryName& name, const record::Sale& sale, const OutcomeRow* whole,
                              WallTime sold_at, WallTime now) {
  // What is kept of a sale stands or falls with that.
  if (whole != nullptr) return whole->psn_no.empty() ? whole->reason : std::string();
  if (sale.presence == record::Presence::voucher_signed) {
    if (!sale.voucher) return "voucher_unknown";
    const std::string digest = to_hex(record::voucher_digest(*sale.voucher));
    const auto issued = ledger_.find_voucher(digest);
    const bool used_before = !ledger_.uses_of_voucher(digest).empty();
    ledger_.add_voucher_use(digest, name, sold_at);
    if (!issued || issued->psn_no != sale.claim.person.psn_no) return "voucher_unknown";
    const auto stop = ledger_.find_stop(record::StopKind::voucher, digest);
    if (!used_before) {
      // The others hear of it as long as one of them could take it.
      ledger_.put_stop({record::StopKind::voucher, digest, record::StopReason::used, std::min(sold_at, now),
                        issued->until, false, life_of(name.terminal, name.epoch), 0});
    }
    if (used_before) return "voucher_used_twice";
    if (stopped_at(stop, sold_at)) return "voucher_revoked";
    if (sold_at < issued->from || sold_at >= issued->until) return "voucher_expired";
    return {};
  }
  const std::string& card_sn = sale.holder.card_sn;
  if (!card_sn.empty() && stopped_at(ledger_.find_stop(record::StopKind::card, card_sn), sold_at)) {
    return "card_stopped";
  }
  return {};
}

}  // namespace gongji::centre
