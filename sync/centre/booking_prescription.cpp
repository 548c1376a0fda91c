// booking_prescription.cpp — what a sale took of the prescription that it names.
#include "sync/centre/booked.h"

namespace gongji::centre {

// A hold that was used has set it aside; what was sold without one is weighed now, as of its day of service.  What
// somebody guaranteed stands whatever the prescription says, and takes what there is.
std::string Booking::doubt_of_prescription(const Site& site, const record::Sale& sale, bool guaranteed, bool is_kept) {
  if (!registered_prescriptions_ || !sale.prescription) return {};
  const std::string sale_id = to_string(sale.sale_id);
  if (sale.backing == record::Backing::hold && guaranteed && ledger_.book_prescription_use(sale_id)) return {};
  ledger_.drop_prescription_use(sale_id);
  const auto found = ledger_.find_prescription(sale.prescription->number);
  std::string reason(fault_of(found, sale.claim.person.psn_no, site.facts.fixmedins_type, sale.claim.begntime.day));
  if (reason.empty()) {
    const Allotted allotted = allot(*found, ledger_.left_of(*found), goods_of(sale.claim));
    reason = allotted.reason;
    if (reason.empty() || guaranteed) ledger_.use_prescription(found->number, sale_id, allotted.taken, true);
  }
  return guaranteed || is_kept ? std::string() : reason;
}

}  // namespace gongji::centre
