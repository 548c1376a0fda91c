#include "sync/centre/booked.h"

#include <algorithm>

#include "offline/record/owners.h"

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

}  // namespace

record::Verdict Booking::book(const EntryName& name, const Site& site, const record::Entry& entry, WallTime now) {
  const Day today = civil_time_at(now).day;
  const auto in_hand = in_hand_;  // to the end of this entry
  const auto* known = find_decoded(name);
  std::optional<Result<record::Decoded>> own;
  if (known == nullptr) own = decoded_of(entry);
  const Result<record::Decoded>& decoded = known == nullptr ? *own : *known;
  next_in_hand_ = name.seq + 1;
  if (decoded.has_error())
    return finish(outcome_of(name, 0, {}, today), nullptr, refused_without_money("malformed"), now);
  const record::Head& head = decoded->head;
  if (head.terminal != name.terminal || head.epoch != name.epoch || head.seq != name.seq) {
    return finish(outcome_of(name, 0, {}, today), nullptr, refused_without_money("head_mismatch"), now);
  }
  if (const auto* sale = std::get_if<record::Sale>(&decoded->body)) {
    if (!entry.personal_digest) return book_sale(name, site, *sale, head.at, now);
    record::Sale named = *sale;
    name_persons(site, named);
    return book_sale(name, site, named, head.at, now);
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
