// desk.h — the people of a world: what was asked at the tills, what was answered, and what an answer must be.
//
// A small model of its own: it knows nothing of journals and ledgers, only what somebody at a counter hears.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "tests/sim/broken.h"
#include "tests/sim/till.h"

namespace gongji::sim {

// A sale or a paper as it was first answered.
struct Answer {
  Id sale_id;
  std::uint32_t epoch = 1;
  std::uint64_t seq = 0;
  // Its entry is behind a backup of the disk that was put back: whether the
  // centre ever has it depends on what had gone up before.
  bool adrift = false;
  Digest hash{};
  bool paper = false;
  record::Backing backing = record::Backing::nothing;
  record::PayerShares shares;
  std::optional<record::Sale> sale;
};

// All that was ever said about one sale.
struct Wish {
  std::uint64_t number = 0;
  std::size_t till = 0, person = 0;
  bool wrong_card = false;
  std::size_t card_of = 0, voucher = 0;  // whose credential is shown; number of the voucher, 0: none
  bool in_reader = false;
  Pin pin = Pin::none;
  terminal::SaleDraft draft;
  std::optional<Answer> answer;
  std::optional<terminal::CancelDraft> cancel;  // as it was asked for; also of `refund`
  std::optional<terminal::RefundDraft> refund;  // instead of `cancel`
  bool taken_back = false;                      // answered so
  std::optional<Answer> kept;                   // of a refund
  std::size_t waiting = 0;                      // answers that are to come

  bool is_adrift() const { return (answer && answer->adrift) || (kept && kept->adrift); }
  Money total() const;
};

struct Heard {
  std::uint64_t asked = 0, on_hold = 0, on_grant = 0, on_reserve = 0, cash = 0, papers = 0, replayed = 0,
                taken_back = 0, refunds = 0, troubles = 0;
  Heard& operator+=(const Heard& other);
};

Money promised(const record::PayerShares& shares);

class Desk {
 public:
  Desk(const Setting& setting, Centre& centre, Trace& trace) : setting_(setting), centre_(centre), trace_(trace) {}

  void sell(Till& till, const Happening& it);
  void quote(Till& till, const Happening& it);
  void ask(Till& till, Wish& wish);  // for the first time, or again
  void cancel(Till& till, std::uint64_t sale);
  void cancel_elsewhere(Till& till, std::uint64_t sale);
  void refund_part(Till& till, std::uint64_t sale);
  void ask_take_back(Till& till, Wish& wish);  // what was asked for, again

  std::map<std::uint64_t, Wish>& wishes() { return wishes_; }
  const Heard& heard() const { return heard_; }
  // A till's disk is as it was when its log had `length` entries.
  void disk_put_back(Till& till, std::uint64_t length);
  // Whether an entry of that place lies behind such a moment.
  bool is_adrift(std::size_t till, std::uint32_t epoch, std::uint64_t seq) const;
  // Entries that a till was heard to make since then.
  std::size_t entries_since(std::size_t till, microseconds then) const;
  // Whether the disk of this till may answer with trouble now.
  std::vector<bool> disk_fails;

 private:
  terminal::SaleDraft draft_of(const Till& till, const Happening& it) const;
  bool reader_is_taken(const Wish& by_others_than) const;
  void check_card(const Till& till, const Wish& wish, const Answer& answer) const;
  void check_order(const Till& till, const Answer& answer, WallTime written) const;
  void hear(Till& till, Wish& wish, const terminal::Sold& sold, bool trusted);
  void hear_trouble(Till& till, Wish& wish, const Trouble& what, bool of_sale);
  void check_answer(const Wish& wish, const Answer& answer, const terminal::Sold& sold, bool trusted) const;

  const Setting& setting_;
  Centre& centre_;
  Trace& trace_;
  std::map<std::uint64_t, Wish> wishes_;
  std::map<std::size_t, std::vector<microseconds>> entries_at_;  // by till
  // Till, epoch, seq: whose entry it is.
  std::map<std::tuple<std::size_t, std::uint32_t, std::uint64_t>, std::uint64_t> by_place_;
  // Till and epoch: what lies behind is adrift.
  std::map<std::pair<std::size_t, std::uint32_t>, std::uint64_t> put_back_;
  std::map<std::size_t, std::uint64_t> pins_;  // by till: how often a PIN was given
  Heard heard_;
};

}  // namespace gongji::sim
