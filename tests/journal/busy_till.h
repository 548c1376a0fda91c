// busy_till.h — everything that a till does to its journal, one transaction at a time, drawn from a seed.
//
// For tests that break something in the middle: an act is answered (done, durable) or it failed, and what was answered
// stands in answered().
#pragma once

#include <map>
#include <string>
#include <vector>

#include "tests/journal/till.h"

namespace gongji::tests {

enum class Act {
  sell,
  sell_three,  // one commit: two sales, and one between them that is undone
  sell_family,
  sell_on_voucher,
  cancel,
  refund_part,
  paper,
  store_snapshot,
  feed_verdict,
  feed_grant,
  feed_stop,
  feed_order,
  spend_grant,
  cancel_granted,
  give_grant_up,
  tell_closed_grants,
  acknowledge,
  idle,
};
inline constexpr Act all_acts[] = {
    Act::sell,           Act::sell_three,      Act::feed_grant,  Act::spend_grant,   Act::sell_family,
    Act::cancel,         Act::acknowledge,     Act::paper,       Act::feed_verdict,  Act::cancel_granted,
    Act::store_snapshot, Act::spend_grant,     Act::idle,        Act::give_grant_up, Act::tell_closed_grants,
    Act::sell,           Act::sell_on_voucher, Act::refund_part, Act::feed_stop,     Act::feed_order,
    Act::feed_stop};
std::string name_of(Act act);

// A request and the entry that answers it.
struct Answered {
  std::string msgid;
  bool is_sale = false;
  Digest hash{};
  bool operator==(const Answered&) const = default;
};

class BusyTill {
 public:
  BusyTill(Till& till, std::uint64_t seed) : till_(till), random_(seed) {}

  // Snapshots of mother and son, each with money.
  void begin(journal::Journal& journal);
  // False: it failed and was not answered.  An act that finds nothing to act upon sells instead.
  bool act(journal::Journal& journal, Act act);
  Act draw();

  const std::vector<Answered>& answered() const { return answered_; }

 private:
  struct Sold {
    std::uint64_t seq = 0;
    Shares shares;
    bool granted = false, judged = false;
  };
  std::int64_t below(std::int64_t limit);
  std::string next_msgid() { return "act-" + std::to_string(++count_); }
  bool commit(journal::Journal& journal, std::vector<journal::Journal::Work> works);
  bool append(journal::Journal& journal, const std::function<record::Body(journal::Turn&)>& body,
              const Sold* sold = nullptr);
  Sold* pick(bool granted);
  bool sell(journal::Journal& journal, const Patient& patient, Shares shares);
  bool sell_three(journal::Journal& journal);
  bool spend_grant(journal::Journal& journal);
  bool cancel(journal::Journal& journal, bool granted);
  bool feed(journal::Journal& journal, std::vector<record::FeedItem> items);
  bool refund_part(journal::Journal& journal);
  bool feed_grant(journal::Journal& journal);
  bool feed_stop(journal::Journal& journal);
  bool feed_order(journal::Journal& journal);
  bool feed_verdict(journal::Journal& journal);
  bool give_grant_up(journal::Journal& journal);

  Till& till_;
  SeededRandom random_;
  int count_ = 0;
  int hours_ = 0;
  std::uint8_t grants_ = 0;
  std::uint8_t vouchers_ = 0;
  bool stopped_ = false;
  std::optional<record::Grant> grant_;
  std::vector<Sold> sold_;  // not cancelled
  std::vector<Answered> answered_;
};

}  // namespace gongji::tests
