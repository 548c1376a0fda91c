// checkout_commit.cpp — the one turn of the journal in which a sale becomes true, or a paper takes its place.
#include <algorithm>

#include "offline/authority/denial.h"
#include "terminal/checkout/checkout.h"
#include "terminal/checkout/last_day.h"
#include "terminal/troubles.h"

namespace gongji::terminal {

namespace {

bool same_shares(const protocol::HoldRequest& a, const protocol::HoldRequest& b) {
  return a.fund == b.fund && a.accounts == b.accounts && a.counters == b.counters && a.psn_no == b.psn_no;
}

// Of an account that had nothing left, too: what was set aside of it for another desk may be free again by the time
// this sale is settled anew, and without a hold its owner was not asked.
bool names_another(const settlement::Claim& claim) {
  return std::any_of(claim.accounts.begin(), claim.accounts.end(),
                     [](const settlement::Account& account) { return !account.is_own(); });
}

}  // namespace

Money promised(const settlement::Settlement& settlement) {
  return settlement.totals.fund_pay_sumamt + settlement.totals.acct_pay;
}

protocol::HoldRequest hold_for(const Id& sale_id, const settlement::Claim& claim,
                               const settlement::Settlement& settlement, std::vector<settlement::Counted> counted) {
  protocol::HoldRequest request;
  request.sale_id = sale_id;
  request.psn_no = claim.person.psn_no;
  request.counters = std::move(counted);
  request.fund = settlement.totals.fund_pay_sumamt;
  for (const auto& paid : settlement.accounts) request.accounts.push_back({paid.owner, paid.kind, paid.paid});
  return request;
}

// Runs on the writer's thread while the io thread waits for it.
Result<Checkout::TurnOutcome> Checkout::commit_turn(journal::Turn& turn, const SaleDraft& draft,
                                                    const Presented& presented, const Found& found, const Id& sale_id,
                                                    const std::optional<Held>& held) {
  TurnOutcome out;
  auto earlier = find_earlier(turn, draft.key);
  if (!earlier) return earlier.error();
  if (*earlier) {
    out.stored = std::move(**earlier);
    out.replayed = true;
    return out;
  }
  if (found.fresh) {
    if (auto done = turn.store_snapshot(found.key, found.credential_keys, *found.fresh); !done) return done.error();
  }
  if (auto taken = take_credential(turn, presented, found); !taken) return taken.error();
  asked_.end(sale_id);
  auto settled = settle_now(turn, found, draft.claim, draft.psn_no);
  if (!settled) return settled.error();
  const auto* wish = *settled ? std::get_if<Settled>(&**settled) : nullptr;
  if (!held && wish != nullptr && (promised(wish->settlement) > Money() || names_another(wish->claim))) {
    if (auto done = refresh_orders(turn); !done) return done.error();
    settled = settle_off_line(turn, found, draft.claim, draft.psn_no, presented.presence);
  }
  if (!settled) return settled.error();

  const WallTime now = parts_.clock.wall();
  Settled* known = nullptr;
  std::vector<std::string> reasons;
  authority::Promise promise;
  if (!*settled) {
    reasons.emplace_back(authority::name_of(authority::DenialCode::snapshot_absent));
  } else if (auto* refused = std::get_if<Refused>(&**settled)) {
    out.refused = std::move(*refused);
    return out;
  } else {
    known = &std::get<Settled>(**settled);
    if (held && !same_shares(held->request, hold_for(sale_id, known->claim, known->settlement, known->counted))) {
      out.moved = true;
      return out;
    }
    auto decision = decide(turn, *known, presented, found, held, now);
    if (!decision) return decision.error();
    if (const auto* denial = std::get_if<authority::Denial>(&*decision)) {
      if (authority::refuses_credential(denial->code))
        return trouble(authority::text_of(denial->code), {}, denial->detail);
      reasons.emplace_back(authority::name_of(denial->code));
    } else {
      promise = std::get<authority::Promise>(*decision);
    }
  }

  record::Body body;
  if (reasons.empty()) {
    auto sale = sale_of(draft, presented, std::move(*known), sale_id);
    if (sale.prescription && held && held->prescription_verified) {
      sale.prescription->check = record::PrescriptionCheck::verified;
    }
    sale.backing = promise.backing;
    sale.backing_id = promise.backing_id;
    if (sale.backing == record::Backing::reserve) {
      if (auto done = give_up_grants(turn, sale, now); !done) return done.error();
    }
    body = std::move(sale);
  } else {
    body = paper_of(draft, presented, known, sale_id, std::move(reasons));
  }
  const auto entry = turn.append(body, now);
  if (!entry) return entry.error();
  out.stored = journal::as_stored(*entry, std::move(body));
  return out;
}

Result<authority::Decision> Checkout::decide(journal::Turn& turn, const Settled& sale, const Presented& presented,
                                             const Found& found, const std::optional<Held>& held, WallTime now) const {
  authority::Ask ask;
  ask.presence = presented.presence;
  ask.promised = promised(sale.settlement);
  ask.family = sale.settlement.totals.acct_mulaid_pay;
  ask.served = sale.claim.begntime.day;
  ask.grant_id = sale.grant_id;
  ask.holder_checked = presented.holder_checked;
  auto stopped = this->stopped(turn, record::StopKind::person, sale.person_key, found);
  if (!stopped) return stopped.error();
  if (*stopped) ask.stopped = record::StopKind::person;
  ask.med_type = sale.claim.visit.med_type;
  ask.fund_later = sale.lowest.has_value();
  ask.lowest_unknown = sale.lowest_unknown;
  if (held) ask.hold_id = held->hold_id;
  std::optional<WallTime> since;
  if (terms_.split_window_minutes > 0) since = now.plus(-std::chrono::minutes(terms_.split_window_minutes));
  auto exposure = turn.exposure(presented.presence, sale.person_key, civil_time_at(now).day, since);
  if (!exposure) return exposure.error();
  return authority::authorise(ask, standing(), *exposure, now);
}

record::Sale Checkout::sale_of(const SaleDraft& draft, const Presented& presented, Settled&& known, const Id& sale_id) {
  record::Sale sale;
  sale.sale_id = sale_id;
  sale.mdtrt_id = draft.mdtrt_id.value_or(sale_id);
  sale.key = draft.key;
  sale.opter = draft.opter;
  sale.presence = presented.presence;
  sale.holder_checked = presented.holder_checked;
  if (presented.voucher) sale.voucher = presented.voucher->nonce;
  if (!draft.prescription.empty()) {
    sale.prescription = record::Prescription{draft.prescription, record::PrescriptionCheck::unverified};
  }
  sale.person_key = known.person_key;
  sale.snapshot_as_of = known.snapshot.as_of;
  sale.pack = known.pack;
  sale.pack_digest = known.pack_digest;
  sale.holder = holder_of(presented, &known.snapshot);
  sale.claim = std::move(known.claim);
  sale.settlement = std::move(known.settlement);
  sale.counted = std::move(known.counted);
  sale.lowest = std::move(known.lowest);
  return sale;
}

record::Paper Checkout::paper_of(const SaleDraft& draft, const Presented& presented, const Settled* known,
                                 const Id& paper_id, std::vector<std::string> reasons) const {
  record::Paper paper;
  paper.paper_id = paper_id;
  paper.key = draft.key;
  paper.opter = draft.opter;
  paper.presence = presented.presence;
  paper.reasons = std::move(reasons);
  paper.claim = draft.claim;
  paper.claim.site = site_of(terms_);
  if (known != nullptr) {
    paper.claim = known->claim;
    if (known->lowest) paper.claim.ytd = known->lowest->known;
  } else {
    paper.claim.person.psn_no = draft.psn_no;
  }
  const record::Snapshot* snapshot = known == nullptr ? nullptr : &known->snapshot;
  paper.last_day = last_day_of(paper.claim, snapshot != nullptr, *parts_.packs.now(), terms_);
  paper.holder = holder_of(presented, snapshot);
  return paper;
}

}  // namespace gongji::terminal
