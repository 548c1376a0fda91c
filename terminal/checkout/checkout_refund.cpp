// checkout_refund.cpp — goods that come back: the whole sale, or a part of it.
//
// Neither asks the centre, the card or the limits: what comes back was promised before, and what is kept takes nothing
// that the sale did not (record/kept_sale.h).
#include <algorithm>

#include "offline/record/kept_sale.h"
#include "offline/settlement/refund.h"
#include "offline/settlement/settle.h"
#include "sync/link/on_writer.h"
#include "sync/protocol/fsi_troubles.h"
#include "terminal/checkout/checkout.h"
#include "terminal/troubles.h"

namespace gongji::terminal {

namespace asio = boost::asio;

namespace {

constexpr std::string_view kept_key_tail = "/kept";

// What must hold of a sale that comes back, by its own entry.
Result<const record::Sale*> reversible(journal::Turn& turn, const journal::StoredEntry& entry, const TakeBack& who,
                                       std::uint32_t epoch) {
  const auto* sale = std::get_if<record::Sale>(&entry.body);
  if (sale == nullptr) return trouble(troubles::not_cancellable, "setl_id", "cash");
  if (!who.psn_no.empty() && who.psn_no != sale->claim.person.psn_no) {
    return trouble(troubles::person_differs, "psn_no");
  }
  if (who.mdtrt_id && *who.mdtrt_id != sale->mdtrt_id) return trouble(troubles::visit_differs, "mdtrt_id");
  if (entry.state == journal::SaleState::cancelled) {
    const auto kept = turn.find_kept_of(sale->sale_id);
    if (!kept) return kept.error();
    if (!*kept) return trouble(troubles::already_cancelled, "setl_id");
    return trouble(troubles::refunded_in_part, "setl_id", to_string(std::get<record::Sale>((*kept)->body).sale_id));
  }
  if (entry.head.epoch != epoch || entry.state == journal::SaleState::adjusted ||
      entry.state == journal::SaleState::refused) {
    return trouble(troubles::not_cancellable, "setl_id", std::string(journal::name_of(entry.state)));
  }
  return sale;
}

settlement::Quantity less(settlement::Quantity sold, settlement::Quantity back) {
  return {sold.ten_thousandths - back.ten_thousandths};
}

// Every line of the sale with what is kept of it; what is wrong with the list itself is found by the engine.
std::vector<settlement::KeptLine> kept_lines(const settlement::Claim& sold, const RefundDraft& draft) {
  if (!draft.lines_come_back) return draft.lines;
  std::vector<settlement::KeptLine> kept;
  for (const settlement::KeptLine& back : draft.lines) {
    const auto line = std::find_if(sold.lines.begin(), sold.lines.end(),
                                   [&](const settlement::Line& each) { return each.feedetl_sn == back.feedetl_sn; });
    // Below 0 comes back: more would be kept than was sold.  More than was sold: below 0 would be kept.
    kept.push_back({back.feedetl_sn, line == sold.lines.end() ? back.cnt : less(line->cnt, back.cnt)});
  }
  for (const settlement::Line& line : sold.lines) {
    const bool named = std::any_of(
        kept.begin(), kept.end(), [&](const settlement::KeptLine& each) { return each.feedetl_sn == line.feedetl_sn; });
    if (!named) kept.push_back({line.feedetl_sn, line.cnt});
  }
  return kept;
}

// The fund's share with the counters as last known, for a sale that was settled with those of its least share.
void carry_lowest(record::Sale& kept, const settlement::Policy& policy) {
  if (!kept.lowest) return;
  settlement::Claim known = kept.claim;
  known.ytd = kept.lowest->known;
  const auto outcome = settlement::settle(known, policy, settlement::TraceWish::none);
  const auto* settled = std::get_if<settlement::Settlement>(&outcome);
  kept.lowest->last_known = (settled == nullptr ? kept.settlement : *settled).totals.fund_pay_sumamt;
}

record::Sale kept_sale(const record::Sale& sold, std::uint64_t sale_seq, settlement::Refund refund,
                       const settlement::Policy& policy, const RefundDraft& draft, const Id& id) {
  record::Sale kept = sold;
  kept.sale_id = id;
  kept.kept_from = record::KeptFrom{sold.sale_id, sale_seq};
  kept.key = draft.key;
  kept.key.msgid += kept_key_tail;
  kept.opter = draft.opter;
  kept.claim = *std::move(refund.kept);
  kept.settlement = *std::move(refund.settled_again);
  kept.counted = settlement::counted_between(policy, kept.claim.ytd, kept.settlement.ytd, kept.claim.begntime.day);
  if (promised(kept.settlement) == Money()) {
    kept.backing = record::Backing::nothing;
    kept.backing_id.clear();
  }
  carry_lowest(kept, policy);
  return kept;
}

record::Cancel cancel_of(const record::Sale& sale, std::uint64_t sale_seq, const TakeBack& who, const Id& id) {
  record::Cancel cancel;
  cancel.cancel_id = id;
  cancel.sale_id = sale.sale_id;
  cancel.sale_seq = sale_seq;
  cancel.key = who.key;
  cancel.opter = who.opter;
  cancel.person_key = sale.person_key;
  cancel.reason = who.reason;
  return cancel;
}

Result<journal::StoredEntry> stored_at(journal::Turn& turn, std::uint64_t seq) {
  auto stored = turn.find_seq(seq);
  if (!stored) return stored.error();
  return std::move(**stored);
}

}  // namespace

asio::awaitable<Result<Cancelled>> Checkout::cancel(CancelDraft draft) {
  Cancelled out;
  const journal::Journal::Work work = [&](journal::Turn& turn) -> Result<void> {
    auto earlier = find_earlier(turn, draft.key);
    if (!earlier) return earlier.error();
    auto found = turn.find_sale(draft.sale_id);
    if (!found) return found.error();
    if (!*found) return trouble(troubles::sale_unknown, "setl_id");
    if (*earlier) {
      out.sale = std::get<record::Sale>((*found)->body);
      out.cancel = std::move(**earlier);
      out.replayed = true;
      return {};
    }
    const auto sale = reversible(turn, **found, draft, parts_.identity.epoch);
    if (!sale) return sale.error();
    out.sale = **sale;
    const WallTime now = parts_.clock.wall();
    auto entry = turn.append(cancel_of(out.sale, (*found)->head.seq, draft, make_id(now, parts_.random)), now);
    if (!entry) return entry.error();
    auto stored = stored_at(turn, entry->head.seq);
    if (!stored) return stored.error();
    out.cancel = std::move(*stored);
    return {};
  };
  auto done = co_await link::on_turn(parts_.journal, work);
  if (!done) co_return done.error();
  if (!out.replayed) parts_.link.poke();
  co_return out;
}

Result<void> Checkout::reverse_turn(journal::Turn& turn, const ReverseDraft& draft, Cancelled& out) {
  auto earlier = find_earlier(turn, draft.key);
  if (!earlier) return earlier.error();
  auto found = turn.find_request(draft.key.fixmedins_code, draft.msgid);
  if (!found) return found.error();
  if (!*found) return trouble(troubles::nothing_to_reverse, "omsgid");
  const auto* sold = std::get_if<record::Sale>(&(*found)->body);
  if (std::holds_alternative<record::Cancel>((*found)->body)) return trouble(troubles::not_reversible, "omsgid");
  if (sold != nullptr && sold->key.infno != draft.infno) return trouble(troubles::nothing_to_reverse, "oinfno");
  if (*earlier && sold != nullptr) {
    out.sale = *sold;
    out.cancel = std::move(**earlier);
    out.replayed = true;
    return {};
  }
  const TakeBack who{draft.key, draft.opter, {}, draft.psn_no, std::nullopt, std::string(reversal_reason)};
  const auto sale = reversible(turn, **found, who, parts_.identity.epoch);
  if (!sale && sale.error().text == &troubles::already_cancelled) {
    // Twice is one; what somebody cancelled as a customer's return was not lost.
    auto before = turn.find_cancel_of(sold->sale_id);
    if (!before) return before.error();
    if (*before && std::get<record::Cancel>((*before)->body).reason == reversal_reason) {
      out.sale = *sold;
      out.cancel = std::move(**before);
      out.replayed = true;
      return {};
    }
  }
  if (!sale) return sale.error();
  out.sale = **sale;
  const WallTime now = parts_.clock.wall();
  auto entry = turn.append(cancel_of(out.sale, (*found)->head.seq, who, make_id(now, parts_.random)), now);
  if (!entry) return entry.error();
  auto stored = stored_at(turn, entry->head.seq);
  if (!stored) return stored.error();
  out.cancel = std::move(*stored);
  return {};
}

asio::awaitable<Result<Cancelled>> Checkout::reverse(ReverseDraft draft) {
  // Whoever gave up waiting for a sale may reverse it before it is written.
  if (selling_.contains(draft.msgid)) co_return trouble(troubles::still_settling, "omsgid");
  Cancelled out;
  const journal::Journal::Work work = [&](journal::Turn& turn) { return reverse_turn(turn, draft, out); };
  auto done = co_await link::on_turn(parts_.journal, work);
  if (!done) {
    Trouble wrong = done.error();
    if (wrong.path == "setl_id") wrong.path = "omsgid";
    co_return wrong;
  }
  if (!out.replayed) parts_.link.poke();
  co_return out;
}

Result<std::optional<Refused>> Checkout::refund_turn(journal::Turn& turn, const RefundDraft& draft, Refunded& out) {
  auto earlier = find_earlier(turn, draft.key);
  if (!earlier) return earlier.error();
  auto found = turn.find_sale(draft.sale_id);
  if (!found) return found.error();
  if (!*found) return trouble(troubles::sale_unknown, "id");
  if (*earlier) {
    out.sale = std::get<record::Sale>((*found)->body);
    out.cancel = std::move(**earlier);
    out.replayed = true;
    auto kept = turn.find_kept_of(draft.sale_id);
    if (!kept) return kept.error();
    out.kept = std::move(*kept);
    return std::optional<Refused>();
  }
  const auto sale = reversible(turn, **found, draft, parts_.identity.epoch);
  if (!sale) return sale.error();
  out.sale = **sale;
  const settlement::Claim& sold = out.sale.claim;
  const PackSource::Set packs = parts_.packs.now();
  const settlement::Policy* policy = packs->find(out.sale.pack, sold.begntime.day, sold.person.insuplc_admdvs);
  if (policy == nullptr || policy->digest != out.sale.pack_digest) {
    return trouble(troubles::refund_law_absent, "id", out.sale.pack);
  }
  auto outcome = settlement::refund(sold, out.sale.settlement, *policy, kept_lines(sold, draft));
  if (const auto* wrong = std::get_if<settlement::RefundError>(&outcome)) {
    return trouble(troubles::refund_lines_wrong,
                   wrong->feedetl_sn.empty() ? "lines" : "feedetl_sn " + wrong->feedetl_sn,
                   std::string(settlement::name_of(wrong->fault)));
  }
  if (auto* refusal = std::get_if<settlement::Refusal>(&outcome)) {
    return std::optional(Refused{std::move(*refusal), policy->name});
  }
  auto& refund = std::get<settlement::Refund>(outcome);

  const WallTime now = parts_.clock.wall();
  const std::uint64_t sale_seq = (*found)->head.seq;
  record::Cancel cancel = cancel_of(out.sale, sale_seq, draft, make_id(now, parts_.random));
  std::uint64_t cancel_seq = 0;
  if (!refund.kept) {
    auto entry = turn.append(cancel, now);
    if (!entry) return entry.error();
    cancel_seq = entry->head.seq;
  } else {
    cancel.reason = "partial_refund";
    const record::Sale kept =
        kept_sale(out.sale, sale_seq, std::move(refund), *policy, draft, make_id(now, parts_.random));
    if (!record::keeps_within(kept, out.sale)) return trouble(troubles::refund_pays_more, "lines");
    auto same_key = turn.find_request(kept.key.fixmedins_code, kept.key.msgid);
    if (!same_key) return same_key.error();
    if (*same_key) return trouble(protocol::fsi_troubles::message_reused, "Idempotency-Key");
    auto both = turn.append(cancel, kept, now);
    if (!both) return both.error();
    cancel_seq = both->cancel.head.seq;
    auto stored = stored_at(turn, both->kept.head.seq);
    if (!stored) return stored.error();
    out.kept = std::move(*stored);
  }
  auto stored = stored_at(turn, cancel_seq);
  if (!stored) return stored.error();
  out.cancel = std::move(*stored);
  return std::optional<Refused>();
}

asio::awaitable<Result<RefundOutcome>> Checkout::refund(RefundDraft draft) {
  Refunded out;
  std::optional<Refused> refused;
  const journal::Journal::Work work = [&](journal::Turn& turn) -> Result<void> {
    auto answer = refund_turn(turn, draft, out);
    if (!answer) return answer.error();
    refused = std::move(*answer);
    return {};
  };
  auto done = co_await link::on_turn(parts_.journal, work);
  if (!done) co_return done.error();
  if (refused) co_return RefundOutcome(std::move(*refused));
  if (!out.replayed) parts_.link.poke();
  co_return RefundOutcome(std::move(out));
}

record::PayerShares given_back(const Refunded& refunded) {
  record::PayerShares back = record::payer_shares(refunded.sale.settlement);
  if (!refunded.kept) return back;
  const auto kept = record::payer_shares(std::get<record::Sale>(refunded.kept->body).settlement);
  return {back.fund - kept.fund, back.account - kept.account, back.family - kept.family, back.cash - kept.cash};
}

}  // namespace gongji::terminal
