#include "terminal/checkout/checkout.h"

#include "offline/authority/denial.h"
#include "offline/journal/troubles.h"
#include "offline/seal/sm3.h"
#include "sync/link/on_writer.h"
#include "sync/protocol/fsi_troubles.h"
#include "terminal/troubles.h"

namespace gongji::terminal {

namespace asio = boost::asio;

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
  if (!done && done.error().text == &journal::troubles::log_behind) {
    auto doubting = doubt_log(*found);
    done = co_await std::move(doubting);
    if (!done) co_return done.error();
    done = co_await link::on_turn(parts_.journal, work);
  }
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

}  // namespace gongji::terminal
