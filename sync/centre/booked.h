// booked.h — a sale behind a late one, and what the parts of Booking share.  For booking*.cpp and late.cpp only.
#pragma once

#include "sync/centre/booking.h"

namespace gongji::centre {

struct Booking::Booked {
  OutcomeRow outcome;
  std::vector<settlement::Counted> counted;  // as it stands in the ledger
  Site site;
  record::Sale sale;
  std::vector<Movement> moved;  // as it stands in the ledger
  Judgement judgement;          // settled anew
  std::vector<Movement> moves;  // posted anew
  bool told_alike = false;      // only who among the accounts pays is different: no new verdict
};

// The psn_no of an account's owner, who is "self" where it is the patient's own.
std::string owner_number(const std::string& owner, const std::string& psn_no);

}  // namespace gongji::centre
