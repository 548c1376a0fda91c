#include "tests/sim/desk.h"

#include <array>

#include "card/troubles.h"
#include "offline/authority/troubles.h"
#include "offline/journal/troubles.h"
#include "offline/seal/sm3.h"
#include "sync/protocol/fsi_troubles.h"
#include "terminal/troubles.h"

namespace gongji::sim {

namespace {

const record::RequestKey& key_of(const journal::StoredEntry& entry) {
  return std::visit([](const auto& body) -> const record::RequestKey& { return body.key; }, entry.body);
}

record::RequestKey key_for(const Till& till, const std::string& msgid, const char* infno) {
  return {till.terms().fixmedins_code, msgid, infno, seal::sm3(as_bytes(msgid))};
}

Answer answer_of(const journal::StoredEntry& entry) {
  Answer answer;
  answer.epoch = entry.head.epoch;
  answer.seq = entry.head.seq;
  answer.hash = entry.hash;
  if (const auto* paper = std::get_if<record::Paper>(&entry.body)) {
    answer.sale_id = paper->paper_id;
    answer.paper = true;
    return answer;
  }
  answer.sale = std::get<record::Sale>(entry.body);
  answer.sale_id = answer.sale->sale_id;
  answer.backing = answer.sale->backing;
  answer.shares = record::payer_shares(answer.sale->settlement);
  return answer;
}

// Never six zeros.
std::string pin_of(std::size_t person) {
  return std::to_string(100'000 + person);
}

void put_in(CardAtCounter& reader, std::size_t person) {
  const Buyer holder = buyer(person);
  card::CardFields fields;
  fields.card_identifier = Secret(holder.card_sn);
  fields.card_no = Secret(holder.card_no);
  fields.social_security_no = Secret(holder.certno);
  fields.name = Secret("person");
  reader.card = std::move(fields);
  reader.pin = pin_of(person);
}

// Whether another sale was made on the voucher of this one, in the same log.
bool is_same_use(const Wish& other, const Wish& wish, const Answer& answer) {
  return other.number != wish.number && other.till == wish.till && other.voucher == wish.voucher &&
         other.card_of == wish.card_of && other.answer && !other.answer->paper && !other.answer->adrift &&
         other.answer->epoch == answer.epoch;
}

// Trouble that a counter may hear while the disk and the power are there.
bool may_be_heard(const Trouble& what, const Wish& wish) {
  namespace t = terminal::troubles;
  static constexpr std::array always{&t::hold_refused,     &t::settlement_moved,   &t::not_cancellable,
                                     &t::refund_pays_more, &t::refund_lines_wrong, &t::already_cancelled,
                                     &t::refunded_in_part};
  if (wish.wrong_card && what.text == &t::person_differs) return true;
  // Its first use may have been somebody else's; and its period passes by clocks that were turned, too.
  namespace a = authority::troubles;
  static constexpr std::array of_voucher{&a::voucher_used, &a::voucher_stopped, &t::voucher_not_in_period};
  if (wish.voucher != 0 && std::find(of_voucher.begin(), of_voucher.end(), what.text) != of_voucher.end()) return true;
  // Another desk may have wanted the reader meanwhile.
  namespace c = card::troubles;
  static constexpr std::array of_card{&c::card_changed, &c::card_pulled, &t::person_differs};
  if (wish.in_reader && std::find(of_card.begin(), of_card.end(), what.text) != of_card.end()) return true;
  if (wish.in_reader && wish.pin == Pin::none && what.text == &a::card_pin_missing) return true;
  if (wish.pin == Pin::wrong && (what.text == &c::pin_wrong || what.text == &c::pin_refused_before)) return true;
  return std::find(always.begin(), always.end(), what.text) != always.end();
}

}  // namespace

Money promised(const record::PayerShares& shares) {
  return shares.fund + shares.account + shares.family;
}

Money Wish::total() const {
  Money sum;
  for (const auto& line : draft.claim.lines) sum += line.det_item_fee_sumamt;
  return sum;
}

Heard& Heard::operator+=(const Heard& other) {
  asked += other.asked;
  on_hold += other.on_hold;
  on_grant += other.on_grant;
  on_reserve += other.on_reserve;
  cash += other.cash;
  papers += other.papers;
  replayed += other.replayed;
  taken_back += other.taken_back;
  refunds += other.refunds;
  troubles += other.troubles;
  return *this;
}

terminal::SaleDraft Desk::draft_of(const Till& till, const Happening& it) const {
  const bool clinic = till.terms().fixmedins_type != 2;
  const Buyer holder = buyer(it.card_of);
  const CivilTime now = civil_time_at(centre_.true_time());
  terminal::SaleDraft draft;
  draft.key = key_for(till, "sale-" + std::to_string(it.sale), clinic ? "2207" : "2102");
  draft.opter = "clerk";
  draft.psn_no = buyer(it.person).psn_no;
  draft.credential.numbers = it.by_card ? protocol::Credential{"03", Secret(holder.card_no), Secret(holder.card_sn)}
                                        : protocol::Credential{"02", Secret(holder.certno), Secret()};
  if (it.voucher != 0) draft.credential.numbers = {"01", centre_.voucher(it.card_of, it.voucher), Secret()};
  if (it.in_reader) draft.credential.read_card = true;
  if (it.pin != Pin::none) draft.credential.pin = Secret(it.pin == Pin::right ? pin_of(it.card_of) : "000000");
  draft.claim.id = draft.key.msgid;
  draft.claim.begntime = now;
  draft.claim.visit.med_type = clinic ? "11" : "41";
  draft.claim.acct_used_flag = it.accounts;
  std::int64_t left = it.number;
  for (unsigned i = 0; i < it.lines; ++i) {
    const bool last = i + 1 == it.lines;
    const std::int64_t fen = last ? left : left / 2;
    left -= fen;
    auto& line = draft.claim.lines.emplace_back();
    line.feedetl_sn = std::to_string(i + 1);
    line.med_list_codg = "XC08CAB037A001020180517";
    line.name = "demo";
    line.chrgitm_lv = i == 1 ? settlement::LineClass::b : settlement::LineClass::a;
    line.pric = {fen * 10'000};
    line.cnt = {10'000};
    line.det_item_fee_sumamt = Money::fen(fen);
  }
  return draft;
}

void Desk::sell(Till& till, const Happening& it) {
  Wish& wish = wishes_[it.sale];
  wish.number = it.sale;
  wish.till = till.place();
  wish.person = it.person;
  wish.wrong_card = it.card_of != it.person;
  wish.card_of = it.card_of;
  wish.voucher = it.voucher;
  wish.in_reader = it.in_reader;
  wish.pin = it.pin;
  wish.draft = draft_of(till, it);
  ask(till, wish);
}

void Desk::ask(Till& till, Wish& wish) {
  if (wish.is_adrift()) return;                         // nobody knows it any more
  if (wish.in_reader && reader_is_taken(wish)) return;  // and does not wait
  ++heard_.asked;
  ++wish.waiting;
  if (wish.in_reader) put_in(till.reader, wish.card_of);
  if (wish.pin != Pin::none) ++pins_[till.place()];
  trace_.tell("till {} is asked for sale {}", till.place(), wish.number);
  const bool trusted = till.may_trust_its_clock();  // or meanwhile, before the answer
  must(till.trusts_its_clock() == trusted, "a_clock_that_is_not_trusted_promises_nothing",
       "till " + std::to_string(till.place()) + " believes its clock differently than it may");
  till.ask<terminal::SaleDraft, terminal::SaleOutcome>(
      &terminal::Checkout::sell, wish.draft,
      [this, &till, &wish, trusted](const Result<terminal::SaleOutcome>& outcome) {
        --wish.waiting;
        if (!outcome) {
          hear_trouble(till, wish, outcome.error(), true);
        } else if (const auto* refused = std::get_if<terminal::Refused>(&*outcome)) {
          throw Broken("the_law_settles_every_sale", wish.draft.key.msgid + ", " + refused->pack);
        } else {
          hear(till, wish, std::get<terminal::Sold>(*outcome), trusted || till.may_trust_its_clock());
        }
      });
}

void Desk::quote(Till& till, const Happening& it) {
  till.ask<terminal::SaleDraft, terminal::QuoteOutcome>(
      &terminal::Checkout::quote, draft_of(till, it), [this, &till, it](const Result<terminal::QuoteOutcome>& outcome) {
        trace_.tell("till {} quotes {}: {}", till.place(), it.sale, outcome ? "ok" : outcome.error().text->code);
      });
}

void Desk::hear_trouble(Till& till, Wish& wish, const Trouble& what, bool of_sale) {
  ++heard_.troubles;
  trace_.tell("till {} on sale {}: {} {}", till.place(), wish.number, what.text->code, what.detail);
  if (till.is_dying() || disk_fails[till.place()] || till.is_ending()) return;
  must(may_be_heard(what, wish), "trouble_has_a_cause", to_string(what, Language::en));
  if (of_sale) return;
  // What the centre has judged otherwise, or what would make somebody pay more, is not taken back here.
  wish.cancel.reset();
  wish.refund.reset();
}

void Desk::check_answer(const Wish& wish, const Answer& answer, const terminal::Sold& sold, bool trusted) const {
  const std::string& msgid = wish.draft.key.msgid;
  must(key_of(sold.entry) == wish.draft.key, "one_answer_for_each_request", msgid + " got another's answer");
  if (answer.paper) {
    must(!std::get<record::Paper>(sold.entry.body).reasons.empty(), "a_paper_says_why", msgid);
    return;
  }
  must(!wish.wrong_card, "no_sale_on_anothers_card", msgid);
  const record::PayerShares& shares = answer.shares;
  must(promised(shares) + shares.cash == wish.total(), "shares_add_up", msgid);
  must(min(min(shares.fund, shares.account), min(shares.family, shares.cash)) >= Money(), "shares_add_up",
       msgid + " has a share below zero");
  must((promised(shares) > Money()) == (answer.backing != record::Backing::nothing), "every_promise_is_backed", msgid);
  if (answer.backing == record::Backing::reserve) {
    must(shares.family == Money(), "the_reserve_backs_no_family_account", msgid);
  }
  if (!sold.replayed && !trusted) {
    must(answer.backing == record::Backing::nothing || answer.backing == record::Backing::hold,
         "a_clock_that_is_not_trusted_promises_nothing", msgid);
  }
}

void Desk::hear(Till& till, Wish& wish, const terminal::Sold& sold, bool trusted) {
  Answer answer = answer_of(sold.entry);
  trace_.tell("till {} answers sale {}: seq {} backing {} fund {} account {} family {} cash {}{}{}", till.place(),
              wish.number, answer.seq, static_cast<int>(answer.backing), answer.shares.fund.in_fen(),
              answer.shares.account.in_fen(), answer.shares.family.in_fen(), answer.shares.cash.in_fen(),
              answer.paper ? " paper" : "", sold.replayed ? " again" : "");
  check_answer(wish, answer, sold, trusted);
  if (sold.replayed) ++heard_.replayed;
  answer.adrift = is_adrift(till.place(), answer.epoch, answer.seq);
  if (!sold.replayed && !answer.paper) check_card(till, wish, answer);
  if (!sold.replayed && answer.backing == record::Backing::reserve) check_order(till, answer, sold.entry.head.at);
  if (wish.is_adrift()) return;
  if (wish.answer) {
    must(sold.replayed && answer.sale_id == wish.answer->sale_id && answer.seq == wish.answer->seq &&
             answer.hash == wish.answer->hash,
         "one_answer_for_each_request", wish.draft.key.msgid + " was answered twice, differently");
    return;
  }
  const bool uses_voucher = wish.voucher != 0 && !answer.paper && !answer.adrift;
  must(!uses_voucher || std::none_of(wishes_.begin(), wishes_.end(),
                                     [&](const auto& each) { return is_same_use(each.second, wish, answer); }),
       "a_voucher_is_used_once_at_a_till", wish.draft.key.msgid);
  const auto place = by_place_.emplace(std::tuple(till.place(), answer.epoch, answer.seq), wish.number);
  must(place.second || answer.adrift, "what_was_answered_is_kept",
       "seq " + std::to_string(answer.seq) + " of till " + std::to_string(till.place()) + " was answered twice");
  if (answer.paper) {
    ++heard_.papers;
  } else if (answer.backing == record::Backing::hold) {
    ++heard_.on_hold;
  } else if (answer.backing == record::Backing::grant) {
    ++heard_.on_grant;
  } else if (answer.backing == record::Backing::reserve) {
    ++heard_.on_reserve;
  } else {
    ++heard_.cash;
  }
  wish.answer = std::move(answer);
  entries_at_[till.place()].push_back(virtual_now());
}

bool Desk::reader_is_taken(const Wish& by_others_than) const {
  return std::any_of(wishes_.begin(), wishes_.end(), [&](const auto& each) {
    const Wish& other = each.second;
    return other.till == by_others_than.till && other.number != by_others_than.number && other.in_reader &&
           other.waiting > 0;
  });
}

bool Desk::is_adrift(std::size_t till, std::uint32_t epoch, std::uint64_t seq) const {
  const auto found = put_back_.find({till, epoch});
  return found != put_back_.end() && seq > found->second;
}

void Desk::disk_put_back(Till& till, std::uint64_t length) {
  std::uint64_t& least = put_back_.try_emplace({till.place(), till.epoch()}, length).first->second;
  least = std::min(least, length);
  for (auto& [number, wish] : wishes_) {
    if (wish.till != till.place()) continue;
    if (wish.answer)
      wish.answer->adrift = wish.answer->adrift || is_adrift(wish.till, wish.answer->epoch, wish.answer->seq);
    if (wish.kept) wish.kept->adrift = wish.kept->adrift || is_adrift(wish.till, wish.kept->epoch, wish.kept->seq);
    // What was taken back behind the backup may stand again.
    if (wish.cancel && wish.answer && wish.answer->epoch == till.epoch()) wish.answer->adrift = true;
  }
}

// A PIN goes to the card once for each time that somebody gave it, and what it opens needed it.
void Desk::check_card(const Till& till, const Wish& wish, const Answer& answer) const {
  const auto given = pins_.find(till.place());
  must(till.reader.shown <= (given == pins_.end() ? 0 : given->second), "a_pin_is_shown_once_for_each_try",
       "till " + std::to_string(till.place()));
  const record::Sale& sale = *answer.sale;
  must(sale.holder_checked == (wish.pin == Pin::right), "the_right_pin_checks_the_holder", wish.draft.key.msgid);
  const bool read_here = sale.presence == record::Presence::card_read_here;
  must(read_here == wish.in_reader, "the_right_pin_checks_the_holder", wish.draft.key.msgid + ", another presence");
  must(!read_here || answer.backing != record::Backing::reserve || sale.holder_checked ||
           promised(answer.shares) <= pin_above,
       "the_right_pin_checks_the_holder", wish.draft.key.msgid + " promises too much without");
}

// What stands on an order stands on one that speaks of this site, in its time, and within its limit of one sale.
void Desk::check_order(const Till& till, const Answer& answer, WallTime written) const {
  const std::string& id = answer.sale->backing_id;
  if (id.empty()) return;
  const auto found = centre_.orders().find(id);
  const std::string name = "till " + std::to_string(till.place()) + " seq " + std::to_string(answer.seq);
  must(found != centre_.orders().end(), "an_order_ends_in_time", name + ": nobody gave order " + id);
  const record::EmergencyOrder& order = found->second;
  must(order.sites.front() == till.terms().fixmedins_code, "an_order_ends_in_time", name + " is at another site");
  must(order.start <= written && written < order.end, "an_order_ends_in_time", name);
  if (till.has_heard_the_centre()) {
    const WallTime now = centre_.true_time();
    must(now < order.end.plus(std::chrono::minutes(1)), "an_order_ends_in_time", name + ", by the centre's time");
  }
  must(promised(answer.shares) <= order.reserve.front().per_sale_max, "an_order_ends_in_time", name + ", too much");
}

std::size_t Desk::entries_since(std::size_t till, microseconds then) const {
  const auto found = entries_at_.find(till);
  if (found == entries_at_.end()) return 0;
  const auto first = std::lower_bound(found->second.begin(), found->second.end(), then);
  return static_cast<std::size_t>(found->second.end() - first);
}

void Desk::cancel(Till& till, std::uint64_t sale) {
  const auto found = wishes_.find(sale);
  if (found == wishes_.end() || !found->second.answer || found->second.answer->paper) return;
  Wish& wish = found->second;
  if (wish.taken_back || wish.cancel || wish.is_adrift()) return;
  terminal::CancelDraft draft;
  draft.key = key_for(till, "cancel-" + wish.draft.key.msgid, "2103");
  draft.opter = "clerk";
  draft.sale_id = wish.answer->sale_id;
  draft.psn_no = wish.draft.psn_no;
  draft.reason = "customer";
  wish.cancel = draft;
  ask_take_back(till, wish);
}

void Desk::cancel_elsewhere(Till& till, std::uint64_t sale) {
  const auto found = wishes_.find(sale);
  if (found == wishes_.end() || !found->second.answer || found->second.till == till.place()) return;
  terminal::CancelDraft draft;
  draft.key = key_for(till, "elsewhere-" + found->second.draft.key.msgid, "2103");
  draft.opter = "clerk";
  draft.sale_id = found->second.answer->sale_id;
  till.ask<terminal::CancelDraft, terminal::Cancelled>(
      &terminal::Checkout::cancel, draft, [this, &till, sale](const Result<terminal::Cancelled>& outcome) {
        trace_.tell("till {} was asked to cancel sale {} of another", till.place(), sale);
        must(!outcome, "only_the_till_that_sold_takes_back", "sale " + std::to_string(sale));
      });
}

// The first line stays, the others come back.
void Desk::refund_part(Till& till, std::uint64_t sale) {
  const auto found = wishes_.find(sale);
  if (found == wishes_.end() || !found->second.answer || found->second.answer->paper) return;
  Wish& wish = found->second;
  if (wish.taken_back || wish.cancel || wish.is_adrift() || wish.draft.claim.lines.size() < 2) return;
  terminal::RefundDraft draft;
  draft.key = key_for(till, "refund-" + wish.draft.key.msgid, "2103");
  draft.opter = "clerk";
  draft.sale_id = wish.answer->sale_id;
  draft.psn_no = wish.draft.psn_no;
  draft.reason = "customer";
  draft.lines.push_back({"1", {10'000}});
  wish.cancel = draft;
  wish.refund = draft;
  ask_take_back(till, wish);
}

void Desk::ask_take_back(Till& till, Wish& wish) {
  if (wish.is_adrift()) return;
  ++wish.waiting;
  trace_.tell("till {} is asked to take sale {} back", till.place(), wish.number);
  const auto hear_done = [this, &till, &wish](const record::Sale& sale) {
    trace_.tell("till {} took sale {} back", till.place(), wish.number);
    must(sale.sale_id == wish.answer->sale_id && record::payer_shares(sale.settlement) == wish.answer->shares,
         "what_comes_back_is_what_was_sold", wish.draft.key.msgid);
    wish.taken_back = true;
    entries_at_[till.place()].push_back(virtual_now());
    ++heard_.taken_back;
  };
  if (!wish.refund) {
    till.ask<terminal::CancelDraft, terminal::Cancelled>(
        &terminal::Checkout::cancel, *wish.cancel,
        [this, &till, &wish, hear_done](const Result<terminal::Cancelled>& outcome) {
          --wish.waiting;
          if (!outcome) return hear_trouble(till, wish, outcome.error(), false);
          hear_done(outcome->sale);
        });
    return;
  }
  till.ask<terminal::RefundDraft, terminal::RefundOutcome>(
      &terminal::Checkout::refund, *wish.refund,
      [this, &till, &wish, hear_done](const Result<terminal::RefundOutcome>& outcome) {
        --wish.waiting;
        if (!outcome) return hear_trouble(till, wish, outcome.error(), false);
        const auto* refunded = std::get_if<terminal::Refunded>(&*outcome);
        must(refunded != nullptr, "the_law_settles_every_sale", wish.draft.key.msgid + ", refund");
        hear_done(refunded->sale);
        ++heard_.refunds;
        if (!refunded->kept) return;
        Answer kept = answer_of(*refunded->kept);
        kept.adrift = is_adrift(till.place(), kept.epoch, kept.seq);
        must(!wish.kept || wish.kept->sale_id == kept.sale_id, "one_answer_for_each_request",
             wish.draft.key.msgid + ", refund");
        wish.kept = std::move(kept);
        entries_at_[till.place()].push_back(virtual_now());
      });
}

}  // namespace gongji::sim
