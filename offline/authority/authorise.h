// authorise.h — what may be promised now, and who stands behind it.  Called inside the writer's turn, so that what it
// decides against is what is committed.
//
// Line up: a hold of exactly these shares stands behind the sale (*guaranteed*).  Line down: a standing grant that
// covers them (*guaranteed*); else the slice of the reserve that the authority signed for this terminal and presence
// (*provisional*), against the stored snapshot, and never on a family's account; else the same slice as an emergency
// order in force widens it.  Where none covers the shares, nothing is promised: cash, and a re-settlement paper.
//
// Pure: no clock, no file.  Thread safety: any thread.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "offline/authority/denial.h"
#include "offline/authority/trusted_clock.h"
#include "offline/base/clock.h"
#include "offline/base/day.h"
#include "offline/base/money.h"
#include "offline/journal/journal.h"
#include "offline/record/entry.h"
#include "offline/record/order.h"
#include "offline/record/snapshot.h"

namespace gongji::authority {

// Where this terminal stands with its centre.
struct Standing {
  std::optional<record::Terms> terms;
  std::optional<WallTime> last_contact;  // as the centre signed it
  bool clock_trusted = true;
  bool journal_in_doubt = false;  // journal::Doubt: it may be a restored backup
  // Emergency orders that name this site, of each the newest word, verified; withdrawn and ended ones do no harm.
  std::vector<record::EmergencyOrder> orders = {};
};

struct Ask {
  record::Presence presence = record::Presence::declared;
  Money promised;                       // fund and account shares together
  std::optional<std::string> hold_id;   // a hold of exactly these shares, where the centre gave one
  std::optional<std::string> grant_id;  // a grant that may be spent now and covers exactly these shares
  Money family;                         // of `promised`, what others' accounts pay
  Day served;                           // the day of the visit, as the till's software says it
  // What the stop list says of the credential or the person, the first that is in force: card, voucher, person.
  std::optional<record::StopKind> stopped;
  bool voucher_used = false;    // at this till
  bool holder_checked = false;  // the card took its PIN
  std::string med_type = {};    // kind of the visit: an order may name some
  bool fund_later = false;      // a part of the fund's share is left to the centre (record::LowestShare)
  bool lowest_unknown = false;  // it should be, but the law does not tell the least share
};

struct Promise {
  record::Backing backing = record::Backing::nothing;
  std::string backing_id;  // of an order too, where the terms' own reserve was not enough
};

using Decision = std::variant<Promise, Denial>;

// Requires ask.promised >= 0.  The stop list and a used voucher deny whatever stands behind the sale, a hold, too.
// Otherwise a sale that promises nothing needs nothing behind it; but one that leaves a share of the fund to the centre
// is made only where something could be promised.  A journal in doubt promises nothing, on a hold neither: it is not
// known what was promised before.
Decision authorise(const Ask& ask, const Standing& standing, const journal::Exposure& exposure, WallTime now);

// Whether this sale needs the card's PIN without the line: what it promises, and what this person was promised on the
// reserve today under this presence, is more than the terms let pass.  Only a card that is read here can be asked; what
// was typed in has limits of its own.
bool needs_card_pin(const record::Terms& terms, record::Presence presence, Money promised_today);

// Whether the terms let this presence spend a standing grant off line.
bool may_spend_grants(const Standing& standing, record::Presence presence, WallTime now);

// The longest that these terms let a till promise without contact, whatever the presence.
std::chrono::hours offline_max(const record::Terms& terms);

// What orders that name the terminal's site add to that, for as long as they hold.
std::vector<LongerOffline> longer_by(const std::vector<record::EmergencyOrder>& orders, const record::Terms& terms);

// The slice that would cover this presence, where there is one.
std::optional<record::ReserveSlice> slice_for(const record::Terms& terms, record::Presence presence);

}  // namespace gongji::authority
