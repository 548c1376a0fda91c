// booking.h — what one entry of a till does to the ledger.
//
// Each entry has exactly one outcome and one verdict; an entry that cannot be accepted is refused and the log goes on.
//
//   backing   shares                                   who bears what does not stand
//   hold      stand as the till answered them          nobody: they were set aside
//   reserve   recomputed now                           risk_reserve; never the patient's or a family's account
//   nothing   must be none                             the site
//
// The site is owed what the till answered; fund and accounts pay what stands, an account never more than it was told.
#pragma once

#include "offline/packs/packs.h"
#include "sync/centre/judge.h"
#include "sync/centre/ledger.h"

namespace gongji::centre {

class Booking {
 public:
  Booking(Ledger& ledger, const packs::PackSet& packs) : ledger_(ledger), packs_(packs) {}

  // Inside a transaction of the ledger.  `site` is the terminal's.
  record::Verdict book(const EntryName& name, const Site& site, const record::Entry& entry, WallTime now);

  // Everything of the person that a sale may use; `but_terminal` as in Ledger::held.
  std::vector<settlement::Account> accounts_of(const Person& person, const std::string& but_terminal);
  std::vector<settlement::Counter> counters_of(const std::string& psn_no, std::int32_t year,
                                               const std::string& but_terminal);

 private:
  record::Verdict book_sale(const EntryName& name, const Site& site, const record::Sale& sale, WallTime now);
  record::Verdict book_cancel(const EntryName& name, const record::Cancel& cancel, WallTime now);
  bool use_hold(const EntryName& name, const record::Sale& sale);
  void post_sale(const EntryName& name, const Site& site, const record::Sale& sale, const Judgement& judgement,
                 const Person& person, WallTime now);
  record::Verdict finish(const EntryName& name, int kind, const std::string& sale_id, Day day, Money medfee,
                         const record::PayerShares& told, const Judgement& judgement, WallTime now);

  Ledger& ledger_;
  const packs::PackSet& packs_;
};

}  // namespace gongji::centre
