// late.cpp — a sale that arrives behind later ones of the same person takes its place in the order of service.
//
// The later ones are lifted off (in thought), the late one is settled, then each of them again, in order, with what now
// stands before it.  Only those that come out differently are touched in the ledger: reversed, then posted anew.  What
// was guaranteed is not lifted: it was set aside, in accounts and counters, from the moment of its promise.
#include <algorithm>

#include "sync/centre/booked.h"

namespace gongji::centre {
namespace {

// One for each account, never 0, by account: as Ledger::movements_of gives them.
std::vector<Movement> summed(const std::vector<Movement>& movements) {
  std::map<AccountId, Money> sums;
  for (const auto& movement : movements) sums[movement.account] += movement.amount;
  std::vector<Movement> out;
  for (const auto& [account, amount] : sums) {
    if (amount != Money{}) out.push_back({account, amount});
  }
  return out;
}

std::vector<Movement> reversed(std::vector<Movement> movements) {
  for (auto& movement : movements) movement.amount = -movement.amount;
  return movements;
}

}  // namespace

std::vector<Booking::Booked> Booking::lift(const EntryName& name, CivilTime served, const Person& person,
                                           Lifted& lifted) {
  std::vector<Booked> behind;
  for (auto& outcome : ledger_.sales_behind(person.facts.psn_no, served, name)) {
    Booked booked;
    booked.outcome = std::move(outcome);
    booked.counted = ledger_.counted_by(booked.outcome.entry);
    for (auto counted : booked.counted) {
      counted.value = -counted.value;
      settlement::add_counted(lifted.counters, counted);
    }
    auto sale_behind = ledger_.read_sale(booked.outcome.entry);
    auto site = sale_behind ? ledger_.find_site(sale_behind->claim.site.fixmedins_code) : std::nullopt;
    if (!sale_behind || !site) continue;  // trouble of the ledger: nothing of this will be committed
    booked.sale = *std::move(sale_behind);
    booked.site = *std::move(site);
    if (booked.sale.claim.person.psn_no.empty()) name_persons(booked.site, booked.sale);
    booked.moved = ledger_.movements_of(booked.outcome.entry);
    for (const auto& movement : booked.moved) lifted.accounts[movement.account] -= movement.amount;
    behind.push_back(std::move(booked));
  }
  return behind;
}

void Booking::put_down(const std::vector<Movement>& moved, const std::vector<settlement::Counted>& counted,
                       Lifted& lifted) {
  for (const auto& movement : moved) lifted.accounts[movement.account] += movement.amount;
  for (const auto& each : counted) settlement::add_counted(lifted.counters, each);
}

// Leaves those that come out differently.
void Booking::settle_anew(std::vector<Booked>& behind, const Person& person, Lifted& lifted) {
  std::vector<Booked> changed;
  for (auto& booked : behind) {
    const EntryName& name = booked.outcome.entry;
    booked.judgement = judge_sale(name, booked.site, booked.sale, person, false, lifted);
    auto told = movements(name, booked.site, booked.sale, booked.judgement, person, lifted);
    if (is_at_sites_risk(name, booked.sale, false) ||
        (!booked.sale.backing_id.empty() && beyond_its_order(booked.site, booked.sale, ledger_.written_at(name)))) {
      at_sites_risk(booked.site, told);
    }
    const auto moves = summed(told);
    put_down(moves, booked.judgement.added, lifted);
    booked.told_alike =
        same_counted(booked.judgement.added, booked.counted) && booked.judgement.kind == booked.outcome.verdict &&
        booked.judgement.reason == booked.outcome.reason && booked.judgement.stands == booked.outcome.stands;
    if (booked.told_alike && same_but_for_bearer(booked.site, moves, booked.moved)) continue;
    booked.moves = moves;
    changed.push_back(std::move(booked));
  }
  behind = std::move(changed);
}

// Who bears what nobody else pays is decided once, when it is posted.
bool Booking::same_but_for_bearer(const Site& site, std::vector<Movement> a, std::vector<Movement> b) {
  to_site(site, borne_by_reserve(a), a);
  to_site(site, borne_by_reserve(b), b);
  return summed(a) == summed(b);
}

void Booking::take_up(const std::vector<Booked>& changed, WallTime now) {
  for (const auto& booked : changed) {
    post(Purpose::anew, booked.outcome.entry, booked.outcome.day, now, reversed(booked.moved));
    ledger_.forget_counted(booked.outcome.entry);
  }
}

void Booking::post_anew(std::vector<Booked>& changed, WallTime now) {
  for (auto& booked : changed) {
    const EntryName& name = booked.outcome.entry;
    keep_within_total(name, booked.site, booked.sale, booked.moves);
    post(Purpose::anew, name, booked.outcome.day, now, booked.moves);
    ledger_.add_to_counters(name, booked.outcome.psn_no, booked.judgement.added);
    booked.outcome.verdict = booked.judgement.kind;
    booked.outcome.reason = booked.judgement.reason;
    booked.outcome.stands = booked.judgement.stands;
    ledger_.judge_anew(booked.outcome);
    if (booked.told_alike) continue;
    anew_.insert_or_assign(name, verdict_on(name, &booked.sale, booked.judgement, now));
  }
}

std::vector<std::pair<EntryName, record::Verdict>> Booking::take_anew() {
  std::vector<std::pair<EntryName, record::Verdict>> out(anew_.begin(), anew_.end());
  anew_.clear();
  reversed_.reset();
  in_hand_.reset();
  return out;
}

}  // namespace gongji::centre
