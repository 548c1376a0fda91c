// compare.h — two sides of one day: what is equal, what differs, and by how much each payer.
//
// A sale is the same on both sides by its sale_id.  Every line of either side is in exactly one pair, and every pair
// that is not equal is exactly one difference; so the differences of a group add up to the difference of its totals,
// to the fen and to the sale.  Pure; any thread.  Cost: n log n.
#pragma once

#include <optional>
#include <vector>

#include "offline/reconcile/line.h"

namespace gongji::reconcile {

// In order of precedence: a pair that is more than one of these is the first.
enum class Kind : std::uint8_t {
  doubled,         // its sale_id or its msgid occurs on another line of the same side that stands
  only_at_till,    //
  only_at_centre,  //
  state_differs,   // confirmed and cancelled, for instance; whatever the amounts
  amounts_differ,  // by payer, or in total
  group_differs,   // another insurance or another clearing type
};

// Why, as far as the two lines tell; names a row of the table of repairs.
enum class Cause : std::uint8_t {
  doubled,
  not_sent,             // the till has not sent it
  earlier_epoch,        // it stands in a journal of an earlier epoch, which was not brought in
  gone_at_centre,       // acknowledged once, and not there
  gone_at_till,         // the centre has it, the till has not
  verdict_under_way,    // the centre has judged, the till has not heard it
  cancel_under_way,     // the till has cancelled, the centre has not been told
  cancelled_elsewhere,  // the centre has a cancellation that the till has not
  amounts,
  group,
};

struct Pair {
  std::optional<Line> till, centre;  // one at least
  std::optional<Kind> kind;          // absent: equal
  Cause cause = Cause::amounts;      // where kind is there
  // What the line counts in the totals at the centre, less what it counts at the till.
  Amounts difference;
};

// Counts and sums are of lines that stand.
struct Total {
  std::int64_t till_sales = 0, centre_sales = 0;
  Amounts till, centre;
  Amounts difference() const;  // centre less till
  bool operator==(const Total&) const = default;
};

struct GroupTotal {
  GroupName name;
  Total total;
};

struct Reconciliation {
  Day day;
  std::string fixmedins_code;
  std::vector<GroupTotal> groups;  // by name
  Total all;
  std::vector<Pair> pairs;  // by terminal, epoch, seq; what only the centre has stands among them
  bool balanced() const;    // no difference
};

// Both sides are of the same day and site.  A line of the centre without a group (an older centre) takes the till's.
Reconciliation compare(const Side& till, Side centre);

}  // namespace gongji::reconcile
