// denial.h — why nothing may be promised now.  One list, in order of precedence: when several apply, the first is the
// answer.  Numbers are stored in papers and logs: never renumber, give new ones a new number in the gaps.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "offline/base/result.h"

namespace gongji::authority {

enum class DenialCode : std::uint8_t {
  card_stopped = 10,      // the stop list: this card was reported lost or taken back
  voucher_stopped = 11,   // the stop list: this voucher was taken back, or used elsewhere
  voucher_used = 12,      // this voucher was used at this till
  person_stopped = 13,    // the stop list: this person's insurance is suspended
  journal_in_doubt = 16,  // this journal may be a restored backup
  clock_untrusted = 20,   // trusted_clock.h: this till cannot say what time it is
  served_ahead = 21,      // the visit is dated after today
  snapshot_absent = 30,   // this person was never seen here with the line up
  terms_absent = 40,      // the authority granted this terminal nothing
  terms_expired = 41,
  contact_too_old = 42,   // too many hours since the last contact with the centre
  card_pin_missing = 45,  // the terms ask for the card's PIN, and the card has not taken it
  presence_without_reserve = 50,
  family_without_grant = 51,  // off line others' accounts pay only where a grant names them
  lowest_share_unknown = 52,  // the terms promise the fund's least share, and the law does not tell it for this sale
  split_sale = 59,            // with what this person bought just before it is above the limit of one sale
  over_sale_limit = 60,
  over_person_day_limit = 61,
  over_total_limit = 62,
  over_count_limit = 63,
};

struct Denial {
  DenialCode code = DenialCode::clock_untrusted;
  std::string detail;  // limit and what was asked, without personal data
  bool operator==(const Denial&) const = default;
};

// Stable name ("over_sale_limit"), and what happened and what the cashier can do, in zh and en.
std::string_view name_of(DenialCode code);
const TroubleText& text_of(DenialCode code);

// The credential cannot be taken: nothing is written, and the cashier may go on with another one, or with its PIN.  For
// every other code the sale is paid in cash and a re-settlement paper is kept.  A paper names the patient, and must not
// be made for whoever holds a lost card or a copied voucher.
bool refuses_credential(DenialCode code);

// Every code, in order of precedence.
const std::vector<DenialCode>& all_denials();

}  // namespace gongji::authority
