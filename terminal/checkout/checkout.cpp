#include "terminal/checkout/checkout.h"

#include <fmt/format.h>

#include "offline/authority/denial.h"
#include "offline/base/check.h"
#include "offline/seal/sm3.h"
#include "offline/settlement/settle.h"
#include "sync/link/on_writer.h"
#include "sync/protocol/fsi_troubles.h"
#include "terminal/checkout/last_day.h"
#include "terminal/troubles.h"

namespace gongji::terminal {

namespace asio = boost::asio;

namespace {

// Counts a running sale for the limit and keeps its msgid, whatever way a coroutine ends.
class Running {
 public:
  Running(std::size_t& count, std::multiset<std::string>& selling, const std::string& msgid)
      : count_(count), selling_(selling), place_(selling.insert(msgid)) {
    ++count_;
  }
  ~Running() {
    --count_;
    selling_.erase(place_);
  }
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;

 private:
  std::size_t& count_;
  std::multiset<std::string>& selling_;
  std::multiset<std::string>::iterator place_;
};

// Lets the card go at the end of a sale that read it.
class CardTurn {
 public:
  explicit CardTurn(CounterCard* card) : card_(card) {}
  ~CardTurn() {
    if (card_ != nullptr) card_->release();
  }
  CardTurn(const CardTurn&) = delete;
  CardTurn& operator=(const CardTurn&) = delete;

 private:
  CounterCard* card_;
};

std::vector<protocol::Goods> goods_of(const settlement::Claim& claim) {
  std::vector<protocol::Goods> goods;
  for (const auto& line : claim.lines) goods.push_back({line.med_list_codg, line.cnt});
  return goods;
}

// nullptr: the centre speaks of something else.
const TroubleText* refused_prescription(std::string_view problem) {
  constexpr std::pair<std::string_view, const TroubleText*> texts[] = {
      {"prescription_unknown", &troubles::prescription_unknown},
      {"prescription_not_here", &troubles::prescription_not_here},
      {"prescription_expired", &troubles::prescription_expired},
      {"prescription_other_goods", &troubles::prescription_other_goods},
      {"prescription_used_up", &troubles::prescription_used_up},
  };
  for (const auto& [code, text] : texts) {
    if (problem == code) return text;
  }
  return nullptr;
}

bool same_shares(const protocol::HoldRequest& a, const protocol::HoldRequest& b) {
  return a.fund == b.fund && a.accounts == b.accounts && a.counters == b.counters && a.psn_no == b.psn_no;
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

Result<std::unique_ptr<Checkout>> Checkout::make(Parts parts, std::optional<WallTime> last_contact) {
  const record::Signed signed_terms{parts.identity.terms_bytes, parts.identity.terms_signature};
  if (!record::verify(parts.identity.authority_public_key, record::terms_tag, signed_terms)) {
    return trouble(troubles::identity_unreadable, "terms", "signature");
  }
  auto terms = record::decode_terms(signed_terms.bytes);
  if (!terms) return terms.error();
  return std::unique_ptr<Checkout>(new Checkout(std::move(parts), std::move(*terms), last_contact));
}

Checkout::Checkout(Parts parts, record::Terms terms, std::optional<WallTime> last_contact)
    : parts_(std::move(parts)),
      terms_(std::move(terms)),
      terms_bytes_(parts_.identity.terms_bytes),
      last_contact_(last_contact),
      vouchers_([](ByteView code) { return seal::sm3(code); }) {}

authority::Standing Checkout::standing() const {
  const auto line = parts_.link.status();
  return {terms(), line.last_contact ? line.last_contact : last_contact_, parts_.clock.trusted(), line.in_doubt,
          parts_.orders.orders()};
}

Result<void> Checkout::refresh_orders(journal::Turn& turn) {
  if (auto done = refresh_terms(turn); !done) return done;
  const auto from_feed = turn.orders();
  if (!from_feed) return from_feed.error();
  if (parts_.orders.refresh(*from_feed)) parts_.clock.set_longer(authority::longer_by(parts_.orders.orders(), terms()));
  return {};
}

Result<std::optional<journal::StoredEntry>> Checkout::find_earlier(journal::Turn& turn, const record::RequestKey& key) {
  auto earlier = turn.find_request(key.fixmedins_code, key.msgid);
  if (!earlier || !*earlier) return earlier;
  const record::RequestKey& first =
      std::visit([](const auto& body) -> const record::RequestKey& { return body.key; }, (*earlier)->body);
  if (first.infno != key.infno || first.digest != key.digest) {
    return trouble(protocol::fsi_troubles::message_reused, "msgid", first.infno);
  }
  // Its answer would look as if it still stood, to somebody who had said that it got lost.
  const auto* sale = std::get_if<record::Sale>(&(*earlier)->body);
  if (sale != nullptr && (*earlier)->state == journal::SaleState::cancelled) {
    const auto cancel = turn.find_cancel_of(sale->sale_id);
    if (!cancel) return cancel.error();
    if (*cancel && std::get<record::Cancel>((*cancel)->body).reason == reversal_reason) {
      return trouble(troubles::reversed_before, "msgid");
    }
  }
  return earlier;
}

Result<void> Checkout::refresh_terms(journal::Turn& turn) {
  auto latest = turn.terms();
  if (!latest) return latest.error();
  if (!*latest || (*latest)->bytes == terms_bytes_) return {};
  if (!record::verify(parts_.identity.authority_public_key, record::terms_tag, **latest)) {
    return trouble(troubles::identity_unreadable, "terms", "signature");
  }
  auto terms = record::decode_terms((*latest)->bytes);
  if (!terms) return terms.error();
  const std::scoped_lock lock(terms_lock_);
  parts_.clock.set_offline_max(authority::offline_max(*terms));
  terms_ = std::move(*terms);
  terms_bytes_ = (*latest)->bytes;
  return {};
}

record::Terms Checkout::terms() const {
  const std::scoped_lock lock(terms_lock_);
  return terms_;
}

// The one place where a sale becomes true.  Runs on the writer's thread while the io thread waits for it.
Result<Checkout::TurnOutcome> Checkout::commit_turn(journal::Turn& turn, const SaleDraft& draft,
                                                    const Presented& presented, const Found& found, const Id& sale_id,
                                                    const std::optional<protocol::HoldRequest>& held,
                                                    const std::string& hold_id, bool prescription_verified) {
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
  auto settled = settle_now(turn, found, draft.claim, draft.psn_no);
  if (!settled) return settled.error();
  const bool promises = *settled && std::holds_alternative<Settled>(**settled) &&
                        promised(std::get<Settled>(**settled).settlement) > Money();
  if (promises && !held) {
    if (auto done = refresh_orders(turn); !done) return done.error();
    settled = settle_off_line(turn, found, draft.claim, draft.psn_no, presented.presence);
  }
  if (!settled) return settled.error();

  const WallTime now = parts_.clock.wall();
  std::vector<std::string> reasons;
  authority::Promise promise;
  if (!*settled) {
    reasons.emplace_back(authority::name_of(authority::DenialCode::snapshot_absent));
  } else if (auto* refused = std::get_if<Refused>(&**settled)) {
    out.refused = std::move(*refused);
    return out;
  } else {
    const Settled& sale = std::get<Settled>(**settled);
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
    if (held) {
      if (!same_shares(*held, hold_for(sale_id, sale.claim, sale.settlement, sale.counted))) {
        out.moved = true;
        return out;
      }
      ask.hold_id = hold_id;
    }
    std::optional<WallTime> since;
    if (terms_.split_window_minutes > 0) since = now.plus(-std::chrono::minutes(terms_.split_window_minutes));
    auto exposure = turn.exposure(presented.presence, sale.person_key, civil_time_at(now).day, since);
    if (!exposure) return exposure.error();
    authority::Decision decision = authority::authorise(ask, standing(), *exposure, now);
    if (const auto* denial = std::get_if<authority::Denial>(&decision)) {
      if (authority::refuses_credential(denial->code))
        return trouble(authority::text_of(denial->code), {}, denial->detail);
      reasons.emplace_back(authority::name_of(denial->code));
    } else {
      promise = std::get<authority::Promise>(decision);
    }
  }

  record::Body body;
  if (reasons.empty()) {
    Settled& sale = std::get<Settled>(**settled);
    record::Sale entry;
    entry.sale_id = sale_id;
    entry.mdtrt_id = draft.mdtrt_id.value_or(sale_id);
    entry.key = draft.key;
    entry.opter = draft.opter;
    entry.presence = presented.presence;
    entry.holder_checked = presented.holder_checked;
    if (presented.voucher) entry.voucher = presented.voucher->nonce;
    if (!draft.prescription.empty()) {
      entry.prescription =
          record::Prescription{draft.prescription, prescription_verified ? record::PrescriptionCheck::verified
                                                                         : record::PrescriptionCheck::unverified};
    }
    entry.backing = promise.backing;
    entry.backing_id = promise.backing_id;
    entry.person_key = sale.person_key;
    entry.snapshot_as_of = sale.snapshot.as_of;
    entry.pack = sale.pack;
    entry.pack_digest = sale.pack_digest;
    entry.holder = holder_of(presented, &sale.snapshot);
    entry.claim = std::move(sale.claim);
    entry.settlement = std::move(sale.settlement);
    entry.counted = std::move(sale.counted);
    entry.lowest = std::move(sale.lowest);
    if (entry.backing == record::Backing::reserve) {
      if (auto done = give_up_grants(turn, entry, now); !done) return done.error();
    }
    body = std::move(entry);
  } else {
    record::Paper paper;
    paper.paper_id = sale_id;
    paper.key = draft.key;
    paper.opter = draft.opter;
    paper.presence = presented.presence;
    paper.reasons = std::move(reasons);
    paper.claim = draft.claim;
    paper.claim.site = site_of(terms_);
    const record::Snapshot* snapshot = nullptr;
    if (*settled) {
      const Settled& known = std::get<Settled>(**settled);
      paper.claim = known.claim;
      if (known.lowest) paper.claim.ytd = known.lowest->known;
      snapshot = &known.snapshot;
    } else {
      paper.claim.person.psn_no = draft.psn_no;
    }
    paper.last_day = last_day_of(paper.claim, snapshot != nullptr, *parts_.packs.now(), terms_);
    paper.holder = holder_of(presented, snapshot);
    body = std::move(paper);
  }
  const auto entry = turn.append(body, now);
  if (!entry) return entry.error();
  out.stored = journal::as_stored(*entry, std::move(body));
  return out;
}

asio::awaitable<Result<Known>> Checkout::person(Credential credential) {
  const bool reads_card = credential.read_card;
  const CardTurn card_turn(reads_card ? parts_.card : nullptr);
  auto presented_step = present(std::move(credential));
  auto presented = co_await std::move(presented_step);
  if (!presented) co_return presented.error();
  auto found_step = look_up(*presented);
  auto found = co_await std::move(found_step);
  if (!found) co_return found.error();
  Known known;
  std::optional<journal::PersonState> state;
  const journal::Journal::Work work = [&](journal::Turn& turn) -> Result<void> {
    if (found->fresh) {
      if (auto stored = turn.store_snapshot(found->key, found->credential_keys, *found->fresh); !stored) return stored;
    }
    if (auto taken = take_credential(turn, *presented, *found); !taken) return taken.error();
    auto person = found->snapshot ? turn.state_of(*found->snapshot) : turn.find_person(found->key);
    if (!person) return person.error();
    state = std::move(*person);
    return {};
  };
  auto done = co_await link::on_turn(parts_.journal, work);
  if (!done) co_return done.error();
  if (!state) co_return trouble(authority::text_of(authority::DenialCode::snapshot_absent));
  known.holder = holder_of(*presented, &state->snapshot);
  known.snapshot = std::move(state->snapshot);
  known.accounts = std::move(state->accounts);
  known.from_store = !found->fresh;
  co_return known;
}

asio::awaitable<Result<QuoteOutcome>> Checkout::quote(SaleDraft draft) {
  const CardTurn card_turn(draft.credential.read_card ? parts_.card : nullptr);
  auto presented_step = present(draft.credential);
  auto presented = co_await std::move(presented_step);
  if (!presented) co_return presented.error();
  auto found_step = look_up(*presented);
  auto found = co_await std::move(found_step);
  if (!found) co_return found.error();
  std::optional<std::variant<Settled, Refused>> settled;
  const journal::Journal::Work work = [&](journal::Turn& turn) -> Result<void> {
    if (auto fresh_terms = refresh_terms(turn); !fresh_terms) return fresh_terms;
    if (auto taken = take_credential(turn, *presented, *found); !taken) return taken.error();
    if (auto done = refresh_orders(turn); !done) return done;
    auto answer = found->fresh ? settle_now(turn, *found, draft.claim, draft.psn_no)
                               : settle_off_line(turn, *found, draft.claim, draft.psn_no, presented->presence);
    if (!answer) return answer.error();
    settled = std::move(*answer);
    if (const auto* known = *answer ? std::get_if<Settled>(&*settled) : nullptr) {
      auto stopped = this->stopped(turn, record::StopKind::person, known->person_key, *found);
      if (!stopped) return stopped.error();
      if (*stopped) return trouble(authority::text_of(authority::DenialCode::person_stopped));
    }
    return {};
  };
  auto done = co_await link::on_turn(parts_.journal, work);
  if (!done) co_return done.error();
  if (!settled) co_return trouble(authority::text_of(authority::DenialCode::snapshot_absent));
  if (auto* refused = std::get_if<Refused>(&*settled)) co_return QuoteOutcome(std::move(*refused));
  Settled& known = std::get<Settled>(*settled);
  Quoted quoted;
  quoted.sale.sale_id = make_id(parts_.clock.wall(), parts_.random);
  quoted.sale.mdtrt_id = draft.mdtrt_id.value_or(quoted.sale.sale_id);
  quoted.sale.key = draft.key;
  quoted.sale.opter = draft.opter;
  quoted.sale.presence = presented->presence;
  quoted.sale.person_key = known.person_key;
  quoted.sale.snapshot_as_of = known.snapshot.as_of;
  quoted.sale.pack = known.pack;
  quoted.sale.pack_digest = known.pack_digest;
  quoted.sale.holder = holder_of(*presented, &known.snapshot);
  quoted.sale.claim = std::move(known.claim);
  quoted.sale.settlement = std::move(known.settlement);
  quoted.sale.lowest = std::move(known.lowest);
  quoted.snapshot = std::move(known.snapshot);
  co_return QuoteOutcome(std::move(quoted));
}

asio::awaitable<Result<SaleOutcome>> Checkout::sell(SaleDraft draft) {
  if (running_ >= sales_at_once_max) co_return trouble(troubles::daemon_busy);
  const Running running(running_, selling_, draft.key.msgid);
  const SaleTimer timer(parts_.times, parts_.clock);

  // An answered request needs no card and no centre.
  std::optional<journal::StoredEntry> earlier;
  const journal::Journal::Work look = [&](journal::Turn& turn) -> Result<void> {
    if (auto fresh_terms = refresh_terms(turn); !fresh_terms) return fresh_terms;
    auto answer = find_earlier(turn, draft.key);
    if (!answer) return answer.error();
    earlier = std::move(*answer);
    return {};
  };
  auto looked = co_await link::on_turn(parts_.journal, look);
  if (!looked) co_return looked.error();
  if (earlier) co_return SaleOutcome(Sold{std::move(*earlier), true});

  const CardTurn card_turn(draft.credential.read_card ? parts_.card : nullptr);
  auto presented_step = present(draft.credential);
  auto presented = co_await std::move(presented_step);
  if (!presented) co_return presented.error();
  auto person_turn_step = turns_.enter(credential_key(presented->credential));
  const PersonTurns::Turn person_turn = co_await std::move(person_turn_step);
  // The sale before this one may have been the same request.
  auto looked_again = co_await link::on_turn(parts_.journal, look);
  if (!looked_again) co_return looked_again.error();
  if (earlier) co_return SaleOutcome(Sold{std::move(*earlier), true});
  if (!draft.credential.pin.empty()) {
    auto holder_step = check_holder(*presented, std::move(draft.credential.pin));
    auto holder = co_await std::move(holder_step);
    if (!holder) co_return holder.error();
  }
  if (auto used = use_up(*presented); !used) co_return used.error();

  std::vector<record::ClosedGrant> given_up;
  for (int attempt = 0; attempt < settle_attempts_max; ++attempt) {
    // A hold cannot be changed: each attempt, with other amounts, is another sale to the centre.
    const Id sale_id = make_id(parts_.clock.wall(), parts_.random);
    auto found_step = look_up(*presented);
    auto found = co_await std::move(found_step);
    if (!found) {
      give_back(*presented);
      co_return found.error();
    }

    std::optional<protocol::HoldRequest> held;
    std::string hold_id;
    bool prescription_verified = false;
    if (found->fresh) {
      // Line up: settle once to know what to ask for.
      std::optional<std::variant<Settled, Refused>> settled;
      const journal::Journal::Work work = [&](journal::Turn& turn) -> Result<void> {
        if (auto taken = take_credential(turn, *presented, *found); !taken) return taken.error();
        auto answer = settle_now(turn, *found, draft.claim, draft.psn_no);
        if (!answer) return answer.error();
        settled = std::move(*answer);
        return {};
      };
      auto done = co_await link::on_turn(parts_.journal, work);
      if (!done) co_return done.error();
      if (auto* refused = std::get_if<Refused>(&*settled)) co_return SaleOutcome(std::move(*refused));
      const Settled& wish = std::get<Settled>(*settled);
      if (promised(wish.settlement) > Money() && !standing().journal_in_doubt) {
        protocol::HoldRequest request = hold_for(sale_id, wish.claim, wish.settlement, wish.counted);
        request.closed_grants = given_up;
        if (!draft.prescription.empty() && parts_.link.status().version >= protocol::prescriptions_since) {
          request.prescription = protocol::PrescriptionUse{Secret(draft.prescription), goods_of(wish.claim)};
        }
        auto answer_step = parts_.link.hold(request, hold_deadline);
        auto answer = co_await std::move(answer_step);
        if (answer && answer->problem) {
          if (const TroubleText* text = refused_prescription(answer->problem->code)) {
            give_back(*presented);
            co_return trouble(*text, "rxno");
          }
          const bool insufficient = answer->problem->code == "hold_insufficient";
          if (!insufficient && answer->problem->code != "hold_too_many") {
            co_return trouble(troubles::hold_refused, {}, answer->problem->code + ": " + answer->problem->zh);
          }
          if (insufficient && attempt + 1 < settle_attempts_max) {
            const journal::Journal::Work give_up = [&](journal::Turn& turn) -> Result<void> {
              return make_room(turn, wish, given_up);
            };
            auto gave_up = co_await link::on_turn(parts_.journal, give_up);
            if (!gave_up) co_return gave_up.error();
            continue;
          }
          // The log waits for its moment: what is short was set aside for this till, and the centre has not seen that
          // it was given up; or too many sales wait with it.  As without the line.
        } else if (answer) {
          held = std::move(request);
          hold_id = answer->value->hold_id;
          prescription_verified = answer->value->prescription_verified;
        }
      }
    }

    if (presented->card) {
      auto same_step = parts_.card->confirm(*presented->card);
      auto same = co_await std::move(same_step);
      if (!same) {
        if (held) parts_.link.release(hold_id);
        co_return same.error();
      }
    }

    TurnOutcome outcome;
    const journal::Journal::Work work = [&](journal::Turn& turn) -> Result<void> {
      auto answer = commit_turn(turn, draft, *presented, *found, sale_id, held, hold_id, prescription_verified);
      if (!answer) return answer.error();
      outcome = std::move(*answer);
      return {};
    };
    auto done = co_await link::on_turn(parts_.journal, work);
    const bool used = done && outcome.stored && !outcome.replayed;
    const auto* sale = used ? std::get_if<record::Sale>(&outcome.stored->body) : nullptr;
    const bool holds = sale != nullptr && sale->backing == record::Backing::hold;
    if (held && !holds) parts_.link.release(hold_id);
    if (!done) co_return done.error();
    if (outcome.refused) co_return SaleOutcome(std::move(*outcome.refused));
    if (outcome.moved) continue;
    if (used) parts_.link.poke();
    co_return SaleOutcome(Sold{std::move(*outcome.stored), outcome.replayed});
  }
  co_return trouble(troubles::settlement_moved);
}

}  // namespace gongji::terminal
