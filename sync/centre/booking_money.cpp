// booking_money.cpp — whose account moves how far: what a sale may take, and who bears what nobody else pays.
#include <algorithm>

#include "sync/centre/booked.h"

namespace gongji::centre {

std::string owner_number(const std::string& owner, const std::string& psn_no) {
  return owner == "self" ? psn_no : owner;
}

std::vector<settlement::Account> Booking::accounts_of(const Person& person, const LogName& but) {
  return accounts_with(person, {}, [&](AccountId account) {
    return max(Money{}, ledger_.balance(account) - ledger_.held(account, but));
  });
}

Money Booking::left_in(AccountId account, const LogName& log, const Lifted& lifted) {
  const auto back = lifted.accounts.find(account);
  const Money given_back = back == lifted.accounts.end() ? Money{} : back->second;
  return max(Money{},
             ledger_.balance(account) - ledger_.held(account, log) - ledger_.promised_here(account, log) + given_back);
}

std::vector<settlement::Account> Booking::accounts_left(const Person& person, const LogName& log,
                                                        const Lifted& lifted) {
  return accounts_with(person, lifted, [&](AccountId account) { return left_in(account, log, lifted); });
}

std::vector<settlement::Account> Booking::accounts_with(const Person& person, const Lifted& lifted, const Left& left) {
  std::vector<settlement::Account> out;
  const auto add = [&](const std::string& psn_no, settlement::Account account) {
    const AccountId id = ledger_.account(person_account(psn_no, account.kind), false);
    const auto back = lifted.accounts.find(id);
    const Money given_back = back == lifted.accounts.end() ? Money{} : back->second;
    account.balc = left(id);
    out.push_back(std::move(account));
    return given_back;
  };
  for (const auto& own : person.accounts) {
    settlement::Account account;
    account.owner = "self";
    account.kind = own.kind;
    add(person.facts.psn_no, account);
  }
  for (const auto& family : person.family) {
    const auto owner = ledger_.find_owner(family.owner);
    if (!owner) continue;
    const std::size_t first = out.size();
    Money given_back;
    for (const auto& own : owner->accounts) {
      settlement::Account account;
      account.owner = family.owner;
      account.relation = family.relation;
      account.kind = own.kind;
      account.listed = family.listed;
      given_back += max(Money{}, add(family.owner, account));
    }
    if (!family.take_max) continue;
    Money rest = max(Money{}, *family.take_max + given_back -
                                  ledger_.taken_by(person.facts.psn_no, family.owner, family.take_since));
    for (std::size_t i = first; i < out.size(); ++i) {
      out[i].balc = min(out[i].balc, rest);
      rest -= out[i].balc;
    }
  }
  return out;
}

std::vector<settlement::Counted> Booking::counters_of(const std::string& psn_no, Day day, const LogName& but) {
  auto counters = ledger_.counters(psn_no, day.plus_days(-window_days_max));
  for (const auto& held : ledger_.held_counters(psn_no, but)) settlement::add_counted(counters, held);
  return counters;
}

void Booking::at_sites_risk(const Site& site, std::vector<Movement>& moved) {
  to_site(site, borne_by_reserve(moved), moved);
}

Money Booking::borne_by_reserve(const std::vector<Movement>& moved) {
  const AccountId reserve = ledger_.account(risk_reserve_account, true);
  Money borne;
  for (const auto& movement : moved) {
    if (movement.account == reserve) borne -= movement.amount;
  }
  return borne;
}

// So much of what the reserve bears, the site bears.
void Booking::to_site(const Site& site, Money amount, std::vector<Movement>& moved) {
  if (amount == Money{}) return;
  moved.push_back({ledger_.account(risk_reserve_account, true), amount});
  moved.push_back({ledger_.account(site_account(site.facts.fixmedins_code), false), -amount});
}

// What the reserve has borne of one terminal in one year of service ends at the terms' total; the site bears the rest.
// Without terms nobody has set a total.
void Booking::keep_within_total(const EntryName& name, const Site& site, const record::Sale& sale,
                                std::vector<Movement>& moved) {
  const Money asked = borne_by_reserve(moved);
  if (asked <= Money{} || reserve_.empty()) return;
  Money total;
  bool found = false;
  for (const auto& slice : reserve_) {
    if (slice.presence != sale.presence) continue;
    total = slice.total_max;
    found = true;
  }
  // A promise that no slice speaks of is within the largest.
  for (const auto& slice : reserve_) {
    if (!found) total = max(total, slice.total_max);
  }
  if (const auto id = parse_id(sale.backing_id); id && sale.backing == record::Backing::reserve) {
    for (const auto& order : ledger_.words_on(*id)) {
      const auto wide = record::widened(std::nullopt, order, sale.presence);
      if (wide) total = max(total, wide->total_max);
    }
  }
  const Money left = max(Money{}, total - ledger_.risk_borne(name.terminal, sale.claim.begntime.day.year()));
  if (asked > left) to_site(site, asked - left, moved);
}

void Booking::post(Purpose purpose, const EntryName& name, Day day, WallTime now, const std::vector<Movement>& moved) {
  ledger_.post(purpose, name, now, moved);
  // A cancellation is an entry of the terminal whose sale it is.
  ledger_.add_risk_borne(name.terminal, day.year(), borne_by_reserve(moved));
}

std::vector<Movement> Booking::movements(const EntryName& name, const Site& site, const record::Sale& sale,
                                         const Judgement& judgement, const Person& person, const Lifted& lifted) {
  const record::PayerShares told = record::payer_shares(sale.settlement);
  const Money owed = told.fund + told.account + told.family;
  std::vector<Movement> movements;
  Money paid;
  if (judgement.stands.fund > Money{}) {
    movements.push_back({ledger_.account(fund_account(person.facts.insutype), true), -judgement.stands.fund});
    paid += judgement.stands.fund;
  }
  for (const auto& payment : judgement.accounts) {
    const std::string owner = owner_number(payment.owner, person.facts.psn_no);
    const AccountId account = ledger_.account(person_account(owner, payment.kind), false);
    // Where the fund turns out to pay less, an account does not step in unasked.  And whatever a till promised twice,
    // nobody is overdrawn and what is set aside is not touched.
    const Money there = left_in(account, {name.terminal, name.epoch}, lifted);
    const Money amount = min(there, min(payment.paid, paid_by(sale.settlement.accounts, payment)));
    if (amount == Money{}) continue;
    movements.push_back({account, -amount});
    paid += amount;
  }
  movements.push_back({ledger_.account(site_account(site.facts.fixmedins_code), false), owed});
  if (paid < owed) movements.push_back({ledger_.account(risk_reserve_account, true), paid - owed});
  if (paid > owed) movements.push_back({ledger_.account(due_to_patients_account, true), paid - owed});
  return movements;
}

}  // namespace gongji::centre
