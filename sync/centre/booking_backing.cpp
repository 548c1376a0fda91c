// booking_backing.cpp — what stands behind a sale: its hold, its grant, its emergency order.
#include <algorithm>

#include "offline/seal/key_store.h"
#include "offline/settlement/fund_counters.h"
#include "sync/centre/booked.h"

namespace gongji::centre {

// True where the hold covers the whole promise; the hold is then used up and its rest free.
bool Booking::use_hold(const EntryName& name, const record::Sale& sale) {
  const auto hold = ledger_.find_hold_of_sale(sale.sale_id);
  if (!hold || !hold->live || hold->hold_id != sale.backing_id || hold->terminal != name.terminal ||
      hold->epoch != name.epoch || hold->psn_no != sale.claim.person.psn_no) {
    return false;
  }
  if (sale.settlement.totals.fund_pay_sumamt > hold->fund) return false;
  for (const auto& payment : sale.settlement.accounts) {
    const AccountId id =
        ledger_.account(person_account(owner_number(payment.owner, hold->psn_no), payment.kind), false);
    Money set_aside;
    for (const auto& part : hold->accounts) {
      if (part.account == id) set_aside += part.amount;
    }
    if (paid_by(sale.settlement.accounts, payment) > set_aside) return false;
  }
  for (const auto& added : record::counted_by(sale)) {
    Money set_aside;
    for (const auto& counter : hold->counters) {
      if (counter.same_counter(added)) set_aside += counter.value;
    }
    if (added.value > set_aside) return false;
  }
  ledger_.close_hold(hold->hold_id, true);
  return true;
}

// What a sale takes of the parts of a grant, in the ledger's words; nullopt where the grant does not speak of all of
// it.
std::optional<Booking::Taken> Booking::taken_of(const Site& site, const StandingGrant& standing,
                                                const record::Sale& sale) {
  const Bytes site_key = ledger_.site_key(site.facts.fixmedins_code);
  const auto counted = record::counted_by(sale);
  const record::Promised promised{sale.settlement.totals.fund_pay_sumamt, sale.settlement.accounts, counted};
  const auto use = record::use_of(standing.grant, promised, [&](const std::string& psn_no) {
    return seal::lookup_key(site_key, "person", psn_no);
  });
  if (!use) return std::nullopt;
  Taken taken;
  for (const auto& payment : sale.settlement.accounts) {
    taken.accounts.push_back(
        {ledger_.account(person_account(owner_number(payment.owner, standing.psn_no), payment.kind), false),
         payment.paid});
  }
  for (std::size_t i = 0; i < use->fund.size(); ++i) {
    const auto& limit = standing.grant.fund[i];
    if (use->fund[i] > Money{}) taken.counters.push_back({limit.scheme, limit.counter, limit.since, use->fund[i]});
  }
  return taken;
}

// True where what is left of the grant covers the whole promise; it is then taken off.
bool Booking::use_grant(const EntryName& name, const Site& site, const record::Sale& sale, WallTime sold_at) {
  const auto id = parse_id(sale.backing_id);
  const auto standing = id ? ledger_.find_grant(*id) : std::nullopt;
  if (!standing || standing->grant.terminal != name.terminal || standing->psn_no != sale.claim.person.psn_no) {
    return false;
  }
  const auto taken = taken_of(site, *standing, sale);
  const auto* policy = packs_.find(sale.pack, sale.claim.begntime.day, sale.claim.person.insuplc_admdvs);
  if (!taken || policy == nullptr) return false;
  if (!record::names_limits(standing->grant, record::counted_by(sale), settlement::fund_counters(*policy)))
    return false;
  const auto may_book = [&](Money share, Money left) {
    return record::may_book(standing->view(), name.epoch, sold_at, share, left);
  };
  if (!may_book(Money{}, Money{})) return false;
  for (const auto& part : taken->accounts) {
    Money left, share;
    for (const auto& there : standing->accounts) {
      if (there.account == part.account) left += there.amount;
    }
    for (const auto& other : taken->accounts) {
      if (other.account == part.account) share += other.amount;
    }
    if (!may_book(share, left)) return false;
  }
  for (const auto& part : taken->counters) {
    Money left;
    for (const auto& there : standing->counters) {
      if (there.same_counter(part)) left += there.value;
    }
    if (!may_book(part.value, left)) return false;
  }
  ledger_.use_grant(*standing, taken->accounts, taken->counters);
  return true;
}

// A grant that was freed when its sale came is nobody's promise any more, nor what a lost terminal promised: the site
// gets what the law gives now.
bool Booking::is_at_sites_risk(const EntryName& name, const record::Sale& sale, bool guaranteed) {
  return !guaranteed && (sale.backing == record::Backing::grant || ledger_.is_lost(name.terminal, name.epoch));
}

// Whether the sale names an emergency order that does not stand behind it.  Any word on the order counts, also one that
// was taken back or changed since: the till may not have heard of that.
bool Booking::beyond_its_order(const Site& site, const record::Sale& sale, WallTime sold_at) {
  if (sale.backing != record::Backing::reserve || sale.backing_id.empty()) return false;
  const record::PayerShares told = record::payer_shares(sale.settlement);
  const auto own = std::find_if(reserve_.begin(), reserve_.end(),
                                [&](const record::ReserveSlice& slice) { return slice.presence == sale.presence; });
  const auto slice = own == reserve_.end() ? std::nullopt : std::optional(*own);
  const auto id = parse_id(sale.backing_id);
  const auto words = id ? ledger_.words_on(*id) : std::vector<record::EmergencyOrder>();
  return std::none_of(words.begin(), words.end(), [&](const record::EmergencyOrder& order) {
    const auto wide = record::widened(slice, order, sale.presence);
    return record::names(order, site.facts.fixmedins_code, site.facts.admdvs) &&
           record::in_force(order, sale.claim.visit.med_type, sold_at) && wide &&
           told.fund + told.account + told.family <= wide->per_sale_max;
  });
}

}  // namespace gongji::centre
