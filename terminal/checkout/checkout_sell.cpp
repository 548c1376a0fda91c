// checkout_sell.cpp — the steps of a sale in their order; what each of them does is elsewhere.
#include "offline/authority/denial.h"
#include "offline/journal/troubles.h"
#include "sync/link/on_writer.h"
#include "terminal/checkout/checkout.h"
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

}  // namespace

// Line up: settles once to know what to ask for.
asio::awaitable<Result<Checkout::HoldAnswered>> Checkout::ask_for_hold(const SaleDraft& draft,
                                                                       const Presented& presented, const Found& found,
                                                                       const Id& sale_id, bool is_last,
                                                                       std::vector<record::ClosedGrant>& given_up,
                                                                       std::optional<AskedHolds::Asked>& asked) {
  HoldAnswered out;
  std::optional<std::variant<Settled, Refused>> settled;
  const journal::Journal::Work work = [&](journal::Turn& turn) -> Result<void> {
    if (auto taken = take_credential(turn, presented, found); !taken) return taken.error();
    auto answer = settle_now(turn, found, draft.claim, draft.psn_no);
    if (!answer) return answer.error();
    settled = std::move(*answer);
    return {};
  };
  auto done = co_await link::on_turn(parts_.journal, work);
  if (!done) co_return done.error();
  if (auto* refused = std::get_if<Refused>(&*settled)) {
    out.refused = std::move(*refused);
    co_return out;
  }
  const Settled& wish = std::get<Settled>(*settled);
  if (promised(wish.settlement) == Money() || standing().journal_in_doubt) co_return out;

  protocol::HoldRequest request = hold_for(sale_id, wish.claim, wish.settlement, wish.counted);
  request.closed_grants = given_up;
  if (!draft.prescription.empty() && parts_.link.status().version >= protocol::prescriptions_since) {
    request.prescription = protocol::PrescriptionUse{Secret(draft.prescription), goods_of(wish.claim)};
  }
  asked.emplace(asked_, request);
  auto answer_step = parts_.link.hold(request, hold_deadline);
  auto answer = co_await std::move(answer_step);
  if (!answer) co_return out;
  if (!answer->problem) {
    out.held = Held{std::move(request), answer->value->hold_id, answer->value->prescription_verified};
    co_return out;
  }
  asked.reset();
  if (const TroubleText* text = refused_prescription(answer->problem->code)) {
    give_back(presented);
    co_return trouble(*text, "rxno");
  }
  const bool insufficient = answer->problem->code == "hold_insufficient";
  if (!insufficient && answer->problem->code != "hold_too_many") {
    co_return trouble(troubles::hold_refused, {}, answer->problem->code + ": " + answer->problem->zh);
  }
  // On the last attempt the log waits for its moment: what is short was set aside for this till, and the centre has not
  // seen that it was given up; or too many sales wait with it.  As without the line.
  if (insufficient && !is_last) {
    const journal::Journal::Work give_up = [&](journal::Turn& turn) -> Result<void> {
      return make_room(turn, wish, given_up);
    };
    auto gave_up = co_await link::on_turn(parts_.journal, give_up);
    if (!gave_up) co_return gave_up.error();
    out.made_room = true;
  }
  co_return out;
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

    std::optional<AskedHolds::Asked> asked;
    std::optional<Held> held;
    if (found->fresh) {
      const bool is_last = attempt + 1 == settle_attempts_max;
      auto hold_step = ask_for_hold(draft, *presented, *found, sale_id, is_last, given_up, asked);
      auto answer = co_await std::move(hold_step);
      if (!answer) co_return answer.error();
      if (answer->refused) co_return SaleOutcome(std::move(*answer->refused));
      if (answer->made_room) continue;
      held = std::move(answer->held);
    }

    if (presented->card) {
      auto same_step = parts_.card->confirm(*presented->card);
      auto same = co_await std::move(same_step);
      if (!same) {
        if (held) parts_.link.release(held->hold_id);
        co_return same.error();
      }
    }

    TurnOutcome outcome;
    const journal::Journal::Work work = [&](journal::Turn& turn) -> Result<void> {
      auto answer = commit_turn(turn, draft, *presented, *found, sale_id, held);
      if (!answer) return answer.error();
      outcome = std::move(*answer);
      return {};
    };
    auto done = co_await link::on_turn(parts_.journal, work);
    if (!done && done.error().text == &journal::troubles::log_behind) {
      if (held) parts_.link.release(std::exchange(held, std::nullopt)->hold_id);
      auto doubting = doubt_log(*found);
      done = co_await std::move(doubting);
      if (!done) co_return done.error();
      done = co_await link::on_turn(parts_.journal, work);
    }
    const bool used = done && outcome.stored && !outcome.replayed;
    const auto* sale = used ? std::get_if<record::Sale>(&outcome.stored->body) : nullptr;
    const bool holds = sale != nullptr && sale->backing == record::Backing::hold;
    if (held && !holds) parts_.link.release(held->hold_id);
    if (!done) co_return done.error();
    if (outcome.refused) co_return SaleOutcome(std::move(*outcome.refused));
    if (outcome.moved) continue;
    if (used) parts_.link.poke();
    co_return SaleOutcome(Sold{std::move(*outcome.stored), outcome.replayed});
  }
  co_return trouble(troubles::settlement_moved);
}

}  // namespace gongji::terminal
