#include "sync/centre/booked.h"

#include <algorithm>

#include "offline/record/owners.h"
#include "offline/seal/key_store.h"
#include "offline/settlement/fund_counters.h"

namespace gongji::centre {
namespace {

Judgement refused_without_money(std::string reason) {
  Judgement judgement;
  judgement.kind = record::VerdictKind::refused;
  judgement.reason = std::move(reason);
  return judgement;
}

OutcomeRow outcome_of(const EntryName& name, int kind, std::string sale_id, Day day) {
  OutcomeRow outcome;
  outcome.entry = name;
  outcome.kind = kind;
  outcome.sale_id = std::move(sale_id);
  outcome.day = day;
  return outcome;
}

std::string owner_number(const std::string& owner, const std::string& psn_no) {
  return owner == "self" ? psn_no : owner;
}

Money paid_by(const std::vector<settlement::AccountPayment>& payments, const settlement::AccountPayment& like) {
  Money paid;
  for (const auto& payment : payments) {
    if (payment.owner == like.owner && payment.kind == like.kind) paid += payment.paid;
  }
  return paid;
}

}  // namespace

std::vector<settlement::Account> Booking::accounts_of(const Person& person, const LogName& but) {
  return accounts_with(person, {}, [&](AccountId account) {
    return max(Money{}, ledger_.balance(account) - ledger_.held(account, but));
  });
}

Money Booking::left_in(AccountId account, const LogName& log, const Lifted& lifted) {
  const auto back = lifted.accounts.find(account);
  const Money given_back = back == lifted.accounts.end() ? Money{} : back->second;
  return max(Money{},
             ledger_.balance(account) - ledger_.held(account, log) - ledger_.granted(account, log) + given_back);
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

record::Verdict Booking::book(const EntryName& name, const Site& site, const record::Entry& entry, WallTime now) {
  const Day today = civil_time_at(now).day;
  auto decoded = take_decoded(name, entry);
  if (decoded.has_error())
    return finish(outcome_of(name, 0, {}, today), nullptr, refused_without_money("malformed"), now);
  const record::Head& head = decoded->head;
  if (head.terminal != name.terminal || head.epoch != name.epoch || head.seq != name.seq) {
    return finish(outcome_of(name, 0, {}, today), nullptr, refused_without_money("head_mismatch"), now);
  }
  if (auto* sale = std::get_if<record::Sale>(&decoded->body)) {
    if (entry.personal_digest) name_persons(site, *sale);
    return book_sale(name, site, *sale, head.at, now);
  }
  if (const auto* cancel = std::get_if<record::Cancel>(&decoded->body)) return book_cancel(name, site, *cancel, now);
  // A paper moves no money: it is kept for a later re-settlement at the bureau.
  const auto& paper = std::get<record::Paper>(decoded->body);
  return finish(outcome_of(name, 3, to_string(paper.paper_id), paper.claim.begntime.day), nullptr, {}, now);
}

// An entry without its personal part does not say who it is about: the till's look-up key does, and family accounts are
// numbered in the order in which our own snapshots list them.
void Booking::name_persons(const Site& site, record::Sale& sale) {
  const auto person = ledger_.find_person_by_key(ledger_.site_key(site.facts.fixmedins_code), sale.person_key);
  if (!person) return;
  sale.claim.person.psn_no = person->facts.psn_no;
  settlement::Claim listed;
  listed.accounts = accounts_of(*person, {});
  static_cast<void>(record::restore_owners(sale.claim, &sale.settlement, record::family_of(listed, nullptr)));
}

record::Verdict Booking::book_sale(const EntryName& name, const Site& site, const record::Sale& sale, WallTime sold_at,
                                   WallTime now) {
  OutcomeRow place = outcome_of(name, 1, to_string(sale.sale_id), sale.claim.begntime.day);
  if (!consistent(sale)) {
    place.kind = 0;
    return finish(place, nullptr, refused_without_money("inconsistent"), now);
  }
  place.medfee = sale.settlement.totals.medfee_sumamt;
  const record::PayerShares told = record::payer_shares(sale.settlement);
  const auto end = [&](const Judgement& judgement) { return finish(place, &sale, judgement, now); };
  if (ledger_.find_sale(name.terminal, name.epoch, place.sale_id)) return end(refused(sale, "duplicate_sale", {}));
  if (sale.claim.site.fixmedins_code != site.facts.fixmedins_code) return end(refused(sale, "site_mismatch", {}));
  std::optional<OutcomeRow> whole;
  if (sale.kept_from) {
    whole = whole_of(name, site, sale);
    if (!whole) return end(refused(sale, "refund_unpaired", {}));
  }
  const bool promised = told.fund + told.account + told.family > Money{};
  if (promised && sale.backing == record::Backing::nothing) return end(refused(sale, "not_backed", {}));

  const auto person = ledger_.find_person(sale.claim.person.psn_no);
  if (!person) {
    Judgement judgement;
    if (!promised) {  // cash, from somebody whom we do not know: nothing to judge
      judgement.stands = told;
      return end(judgement);
    }
    judgement = refused(sale, "unknown_person", {});
    auto moved = movements(name, site, sale, judgement, Person{}, {});
    keep_within_total(name, site, sale, moved);
    post(Purpose::sale, name, place.day, now, moved);
    return end(judgement);
  }

  place.psn_no = person->facts.psn_no;
  // One till's sales of a day stand in the order of its log: that is how it settled them, whatever second two desks
  // wrote on theirs.
  if (whole) {
    place.second = whole->second;
    place.place_seq = whole->place_seq;
    place.guaranteed = use_again(name, site, sale, *whole);
  } else {
    place.second =
        std::max(sale.claim.begntime.second, ledger_.last_second_of(place.psn_no, name, sale.claim.begntime.day));
    place.place_seq = name.seq;
    ledger_.add_visit(site.facts.fixmedins_code, place.psn_no, place.day);
    place.guaranteed = (sale.backing == record::Backing::hold && use_hold(name, sale)) ||
                       (sale.backing == record::Backing::grant && use_grant(name, site, sale, sold_at));
  }
  if (!place.guaranteed) {
    // A hold whose answer got lost on the way: the sale went ahead on the reserve, so the hold is not needed.
    const auto unused = ledger_.find_hold_of_sale(sale.sale_id);
    if (unused && unused->live && unused->terminal == name.terminal) ledger_.close_hold(unused->hold_id, false);
  }
  std::string doubt = doubt_of(name, sale, whole ? &*whole : nullptr, sold_at, now);
  const std::string not_prescribed = doubt_of_prescription(site, sale, place.guaranteed, whole.has_value());
  if (doubt.empty()) doubt = not_prescribed;
  if (promised && !place.guaranteed && !doubt.empty()) {
    place.psn_no.clear();  // no law settles it, now or later
    const Judgement judgement = refused(sale, doubt, {});
    auto moved = movements(name, site, sale, judgement, *person, {});
    if (is_at_sites_risk(name, sale, false)) at_sites_risk(site, moved);
    keep_within_total(name, site, sale, moved);
    post(Purpose::sale, name, place.day, now, moved);
    return end(judgement);
  }
  Lifted lifted;
  const EntryName in_log{name.terminal, name.epoch, place.place_seq};
  auto behind = lift(in_log, {sale.claim.begntime.day, place.second}, *person, lifted);
  Judgement judgement = judge_sale(name, site, sale, *person, place.guaranteed, lifted);
  if (whole && judgement.kind != record::VerdictKind::accepted)
    judge_as_sold(judgement, name, site, sale, *person, *whole);
  // What stands behind a refund is judged around it, and not taken up.
  auto moved = movements(name, site, sale, judgement, *person, whole ? Lifted{} : lifted);
  if (is_at_sites_risk(name, sale, place.guaranteed) || beyond_its_order(site, sale, sold_at)) {
    at_sites_risk(site, moved);
  }
  if (whole) {
    behind.clear();
  } else {
    put_down(moved, judgement.added, lifted);
    settle_anew(behind, *person, lifted);
    take_up(behind, now);
  }
  keep_within_total(name, site, sale, moved);
  post(Purpose::sale, name, place.day, now, moved);
  ledger_.add_to_counters(name, place.psn_no, judgement.added);
  post_anew(behind, now);
  return end(judgement);
}

// A till settles what is kept with the counters and balances of the sale.  Where an earlier sale was cancelled since,
// other ones stand before it now: of a sale that stood as it was told the till's word counts, as long as what was given
// back just now is still there to be taken.
void Booking::judge_as_sold(Judgement& judgement, const EntryName& name, const Site& site, const record::Sale& kept,
                            const Person& person, const OutcomeRow& whole) {
  const bool just_now = reversed_ && reversed_->sale == whole.entry && reversed_->cancel.seq + 1 == name.seq;
  if (!just_now || whole.verdict != record::VerdictKind::accepted) return;
  Judgement as_sold = judge(kept, {site.facts, person.facts, {}, {}, true}, packs_);
  if (as_sold.kind != record::VerdictKind::accepted) return;
  for (const auto& account : accounts_left(person, {name.terminal, name.epoch}, {})) {
    if (paid_by(as_sold.accounts, {account.owner, account.kind, {}}) > account.balc) return;
  }
  judgement = std::move(as_sold);
}

// As the law has it on the day of service, with what stands before this sale.
Judgement Booking::judge_sale(const EntryName& name, const Site& site, const record::Sale& sale, const Person& person,
                              bool guaranteed, const Lifted& lifted) {
  Known known{site.facts, person.facts, {}, {}, true};
  // The money was set aside, for the counters and balances of that moment: with those the law must give these shares.
  if (guaranteed) return judge(sale, known, packs_);
  // Holds of this terminal belong to entries that come later in its log; they do not count yet.
  known.as_claimed = false;
  known.counters = counters_of(person.facts.psn_no, sale.claim.begntime.day, {name.terminal, name.epoch});
  for (const auto& counted : lifted.counters) settlement::add_counted(known.counters, counted);
  known.accounts = accounts_left(person, {name.terminal, name.epoch}, lifted);
  Judgement judgement = judge(sale, known, packs_);
  const record::PayerShares told = record::payer_shares(sale.settlement);
  if (told.fund + told.account + told.family == Money{} && judgement.kind == record::VerdictKind::refused) {
    judgement = Judgement{};  // nothing was asked for, so nothing is refused
    judgement.stands = told;
  }
  return judgement;
}

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

record::Verdict Booking::book_cancel(const EntryName& name, const Site& site, const record::Cancel& cancel,
                                     WallTime now) {
  const std::string sale_id = to_string(cancel.sale_id);
  const auto sale = ledger_.find_sale(name.terminal, name.epoch, sale_id);
  Day day = civil_time_at(now).day;
  Judgement judgement;
  if (!sale || sale->entry.seq != cancel.sale_seq) {
    judgement = refused_without_money("sale_unknown");
  } else if (sale->cancelled) {
    judgement = refused_without_money("already_cancelled");
    day = sale->day;
  } else {
    day = sale->day;
    std::vector<Movement> back = ledger_.movements_of(sale->entry);
    for (auto& movement : back) movement.amount = -movement.amount;
    post(Purpose::cancel, name, day, now, back);
    ledger_.take_back_counters(sale->entry);
    ledger_.mark_cancelled(sale->entry);
    if (registered_prescriptions_) ledger_.drop_prescription_use(sale_id);
    reversed_ = Reversed{name, sale->entry};
    const auto sold = ledger_.read_sale(sale->entry);
    if (sold && sold->backing == record::Backing::grant && sale->guaranteed) give_back_to_grant(name, site, *sold);
  }
  return finish(outcome_of(name, 2, sale_id, day), nullptr, judgement, now);
}

record::Verdict verdict_on(const EntryName& name, const record::Sale* sale, const Judgement& judgement, WallTime now) {
  record::Verdict verdict;
  verdict.epoch = name.epoch;
  verdict.seq = name.seq;
  verdict.kind = judgement.kind;
  verdict.reason = judgement.reason;
  verdict.article = judgement.article;
  verdict.stands = judgement.stands;
  const auto told = sale != nullptr ? record::payer_shares(sale->settlement) : record::PayerShares{};
  verdict.difference = {judgement.stands.fund - told.fund, judgement.stands.account - told.account,
                        judgement.stands.family - told.family, judgement.stands.cash - told.cash};
  if (sale != nullptr && judgement.kind != record::VerdictKind::refused &&
      !same_counted(judgement.added, record::counted_by(*sale))) {
    verdict.counted = judgement.added;
  }
  verdict.at = now;
  return verdict;
}

record::Verdict Booking::finish(const OutcomeRow& place, const record::Sale* sale, const Judgement& judgement,
                                WallTime now) {
  OutcomeRow outcome = place;
  outcome.verdict = judgement.kind;
  outcome.reason = judgement.reason;
  outcome.stands = judgement.stands;
  ledger_.add_outcome(outcome);
  return verdict_on(place.entry, sale, judgement, now);
}

}  // namespace gongji::centre
