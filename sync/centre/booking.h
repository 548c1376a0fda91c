// booking.h — what one entry of a till does to the ledger.
//
// Each entry has exactly one outcome and one verdict; an entry that cannot be accepted is refused and the log goes on.
//
//   backing   shares                                   who bears what does not stand
//   hold      stand as the till answered them          nobody: they were set aside
//   reserve   recomputed now                           risk_reserve, in one year of service up to the terms' total for
//                                                      this terminal and presence (an order may widen it), then the
//                                                      site; never the patient's or a family's account.  Where an
//                                                      emergency order is named: the same within its place, time and
//                                                      limit of one sale, otherwise the site
//   nothing   must be none                             the site
//
// Presence moves no money, but it decides who bears a share that nobody set aside.  A sale on the reserve whose
// credential turns out not to have held (a voucher that was used before, was taken back or was never issued; a card
// that had been reported lost) is refused: the site has sold in good faith and is paid, and it is the risk reserve that
// pays, not the account of somebody who may not have been there.  A hold or grant was set aside for this person at this
// terminal: such a sale stands, and the second use is listed for whoever looks into it.
//
// The site is owed what the till answered; fund and accounts pay what stands, an account never more than it was told.
//
// A person's sales are settled in the order of service (begntime, then terminal, epoch, seq), whatever the order in
// which they arrive: behind a late one every later sale of this person is settled anew, and those that come out
// differently get another verdict (late.cpp).  Whatever the arrival, counters, accounts and the fund end as if the
// entries had come in that order; other persons' use of a shared account is not settled anew.  A cancellation gives
// back exactly what stood and settles nothing anew.
//
// A partial refund is a cancellation and, just behind it, what is kept of the sale (record/kept_sale.h).  That takes
// the place of the sale in the order of service, and is judged with what stood before it.  Where the sale was
// guaranteed it is guaranteed too, out of what its cancellation has just given back; so both come in one request.  It
// settles nothing anew either.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <span>
#include <utility>

#include "offline/packs/packs.h"
#include "offline/record/grant_use.h"
#include "sync/centre/entries_in_hand.h"
#include "sync/centre/judge.h"
#include "sync/centre/ledger.h"

namespace gongji::centre {

class Booking {
 public:
  // `reserve`: of the terms that tills are given; an emergency order widens it.
  Booking(Ledger& ledger, const packs::PackSet& packs, std::vector<record::ReserveSlice> reserve = {})
      : ledger_(ledger), packs_(packs), reserve_(std::move(reserve)) {}

  void set_reserve(std::vector<record::ReserveSlice> reserve) { reserve_ = std::move(reserve); }
  // Whether every external prescription stands in the register.
  void set_registered_prescriptions(bool registered) { registered_prescriptions_ = registered; }

  // Inside a transaction of the ledger: locks and reads what these entries of one log will need (Ledger::prepare).
  // Changes nothing; the entries need not be verified yet.
  // `in_hand`: where they were read already, these and perhaps others around them.
  void prepare(const LogName& log, const Site& site, std::span<const record::Entry> entries,
               std::shared_ptr<const EntriesInHand> in_hand = {});
  // Of prepare()'s entries that are not booked: what the sale of this id says that it is backed by; nullopt: not there.
  std::optional<std::string> backing_id_of(const std::string& sale_id) const;
  // Inside the same transaction.  `site` is the terminal's.
  record::Verdict book(const EntryName& name, const Site& site, const record::Entry& entry, WallTime now);

  // Everything of the person that a sale may use; `but` as in Ledger::held.
  std::vector<settlement::Account> accounts_of(const Person& person, const LogName& but);
  // Every window that a day from `day` on can lie in.
  std::vector<settlement::Counted> counters_of(const std::string& psn_no, Day day, const LogName& but);

  // The newest verdict on each entry that was settled anew since the last call.  Forgets what an earlier transaction
  // left behind when it failed, the last cancellation too: call it first and last in each.
  std::vector<std::pair<EntryName, record::Verdict>> take_anew();

 private:
  // What the sales behind a late one have taken, given back for the moment.
  struct Lifted {
    std::vector<settlement::Counted> counters;  // below 0
    std::map<AccountId, Money> accounts;        // above 0
  };
  struct Booked;  // a sale behind a late one

  // booking_credential.cpp.  Books the use of its voucher; the reason why its credential did not hold, "" where it did.
  std::string doubt_of(const EntryName& name, const record::Sale& sale, const OutcomeRow* whole, WallTime sold_at,
                       WallTime now);
  // booking_prescription.cpp.  Books what the sale takes of its prescription; the reason why that does not hold, or "".
  std::string doubt_of_prescription(const Site& site, const record::Sale& sale, bool guaranteed, bool is_kept);
  // The last cancellation of this request, and the sale that it took back.
  struct Reversed {
    EntryName cancel, sale;
  };

  const Result<record::Decoded>* find_decoded(const EntryName& name) const;  // nullptr: not read, or booked
  void name_persons(const Site& site, record::Sale& sale);
  record::Verdict book_sale(const EntryName& name, const Site& site, const record::Sale& sale, WallTime sold_at,
                            WallTime now);
  record::Verdict book_cancel(const EntryName& name, const Site& site, const record::Cancel& cancel, WallTime now);
  std::optional<OutcomeRow> whole_of(const EntryName& name, const Site& site, const record::Sale& kept);
  bool use_again(const EntryName& name, const Site& site, const record::Sale& kept, const OutcomeRow& whole);
  bool use_hold(const EntryName& name, const record::Sale& sale);
  bool use_grant(const EntryName& name, const Site& site, const record::Sale& sale, WallTime sold_at);
  struct Taken {
    std::vector<Movement> accounts;  // amounts > 0
    std::vector<settlement::Counted> counters;
  };
  std::optional<Taken> taken_of(const Site& site, const StandingGrant& standing, const record::Sale& sale);
  bool beyond_its_order(const Site& site, const record::Sale& sale, WallTime sold_at);
  bool is_at_sites_risk(const EntryName& name, const record::Sale& sale, bool guaranteed);
  void at_sites_risk(const Site& site, std::vector<Movement>& moved);
  Money borne_by_reserve(const std::vector<Movement>& moved);
  void to_site(const Site& site, Money amount, std::vector<Movement>& moved);
  void keep_within_total(const EntryName& name, const Site& site, const record::Sale& sale,
                         std::vector<Movement>& moved);
  bool same_but_for_bearer(const Site& site, std::vector<Movement> a, std::vector<Movement> b);
  // `day`: of the service.
  void post(Purpose purpose, const EntryName& name, Day day, WallTime now, const std::vector<Movement>& moved);
  void give_back_to_grant(const EntryName& name, const Site& site, const record::Sale& sale);
  void judge_as_sold(Judgement& judgement, const EntryName& name, const Site& site, const record::Sale& kept,
                     const Person& person, const OutcomeRow& whole);
  Judgement judge_sale(const EntryName& name, const Site& site, const record::Sale& sale, const Person& person,
                       bool guaranteed, const Lifted& lifted);
  std::vector<Movement> movements(const EntryName& name, const Site& site, const record::Sale& sale,
                                  const Judgement& judgement, const Person& person, const Lifted& lifted);
  // What a sale of this log may take of an account: nothing that is set aside, also not for other entries of its own
  // log, whatever a till that knew less sold on the reserve.  Holds that no entry can use are freed before.
  Money left_in(AccountId account, const LogName& log, const Lifted& lifted);
  // By left_in() for each of them.
  std::vector<settlement::Account> accounts_left(const Person& person, const LogName& log, const Lifted& lifted);
  using Left = std::function<Money(AccountId)>;
  std::vector<settlement::Account> accounts_with(const Person& person, const Lifted& lifted, const Left& left);
  std::vector<Booked> lift(const EntryName& name, CivilTime served, const Person& person, Lifted& lifted);
  static void put_down(const std::vector<Movement>& moved, const std::vector<settlement::Counted>& counted,
                       Lifted& lifted);
  void settle_anew(std::vector<Booked>& behind, const Person& person, Lifted& lifted);
  void take_up(const std::vector<Booked>& changed, WallTime now);
  void post_anew(std::vector<Booked>& changed, WallTime now);
  record::Verdict finish(const OutcomeRow& place, const record::Sale* sale, const Judgement& judgement, WallTime now);

  Ledger& ledger_;
  const packs::PackSet& packs_;
  std::vector<record::ReserveSlice> reserve_;
  bool registered_prescriptions_ = false;
  std::map<EntryName, record::Verdict> anew_;
  std::optional<Reversed> reversed_;
  // By prepare(): entries that follow one another in one log, each until it is booked.
  LogName log_in_hand_;
  std::uint64_t next_in_hand_ = 0;
  std::shared_ptr<const EntriesInHand> in_hand_;
};

// The verdict on an entry; `sale` is nullptr where it has none, or none that can be read.
record::Verdict verdict_on(const EntryName& name, const record::Sale* sale, const Judgement& judgement, WallTime now);

}  // namespace gongji::centre
