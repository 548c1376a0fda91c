#include "tests/state_machine/world.h"

#include <rapidcheck.h>
#include <ostream>

#include "offline/seal/sm3.h"
#include "terminal/troubles.h"

namespace gongji::tests {

namespace {

struct Buyer {
  const char* psn_no;
  const char* certno;
};
// Of people.json: the first may use the fourth's account, the third the second's.
constexpr Buyer buyers[person_count] = {{"42010000000000000001", "999999198005010027"},
                                        {"42010000000000000002", "999999195001010018"},
                                        {"42010000000000000003", "999999199208150040"},
                                        {"42010000000000000004", "999999198503120034"}};
constexpr std::chrono::seconds sale_pause{5};
constexpr std::chrono::milliseconds lag = authority::clock_lag_max;

centre::GrantPlan grant_plan() {
  centre::GrantPlan plan;
  plan.persons_max = 10;
  plan.hours = 24;
  plan.visits_days = 10;
  plan.share_ppm = 300'000;
  plan.account_max = Money::yuan(60);
  plan.family_max = Money::yuan(40);
  plan.fund_max = Money::yuan(80);
  plan.presences = {{record::Presence::id_number}};
  return plan;
}

Money promised(const record::PayerShares& shares) {
  return shares.fund + shares.account + shares.family;
}

const record::RequestKey& key_of(const journal::StoredEntry& entry) {
  return std::visit([](const auto& body) -> const record::RequestKey& { return body.key; }, entry.body);
}

}  // namespace

std::ostream& operator<<(std::ostream& out, const Wish& wish) {
  return out << "shop " << wish.shop << ", person " << wish.person << ", " << wish.fen << " fen, accounts "
             << static_cast<int>(wish.accounts);
}

World::World() : centre_(1, {}, grant_plan()) {
  opening_ = opening_counters(centre_.folder.path / "centre" / "ledger.sqlite");
  shops_.push_back(std::make_unique<Shop>(centre_, centre::clinic, "first"));
  shops_.push_back(std::make_unique<Shop>(centre_, centre::pharmacy, "second"));
  for (std::size_t place = 0; place < shop_count; ++place) {
    for (std::size_t person = 0; person < person_count; ++person) sell({place, person, 100});
  }
}

// Time goes by for everybody, and whoever has its line syncs.
void World::tick(std::chrono::milliseconds span) {
  centre_.clock.advance(span);
  for (const auto& each : shops_) {
    each->machine().advance(span);
    each->sync();
  }
}

void World::sell(const Wish& wish) {
  sell_dated(wish, civil_time_at(centre_.clock.wall().plus(sale_pause)).day);
}

void World::sell_dated(const Wish& wish, Day served) {
  tick();
  Told told;
  told.shop = wish.shop;
  const Shop& at = shop(wish.shop);
  auto& draft = told.draft;
  const std::string msgid = "msg-" + std::to_string(told_.size());
  const bool clinic = at.terms().fixmedins_type != 2;
  draft.key = {at.terms().fixmedins_code, msgid, clinic ? "2207" : "2102", seal::sm3(as_bytes(msgid))};
  draft.opter = "clerk";
  draft.psn_no = buyers[wish.person].psn_no;
  draft.credential.numbers = {"02", Secret(buyers[wish.person].certno), Secret()};
  draft.claim.id = msgid;
  draft.claim.begntime = {served, civil_time_at(centre_.clock.wall()).second};
  draft.claim.visit.med_type = clinic ? "11" : "41";
  draft.claim.acct_used_flag = wish.accounts;
  draft.claim.lines.resize(1);
  auto& line = draft.claim.lines[0];
  line.feedetl_sn = "1";
  line.med_list_codg = "XC08CAB037A001020180517";
  line.name = "demo";
  line.pric = {wish.fen * 10'000};
  line.cnt = {10'000};
  line.det_item_fee_sumamt = Money::fen(wish.fen);
  told_.push_back(std::move(told));
  ask(told_.back(), false);
}

void World::ask_again(std::size_t which) {
  tick();
  if (!told_.empty()) ask(told_[which % told_.size()], true);
}

// What the till's own clock should be worth, computed from what its journal told at the start.
bool World::believes_its_clock(std::size_t place) {
  Shop& at = shop(place);
  if (at.heard()) return true;
  const auto& known = at.known_at_start();
  if (!known.last_contact) return false;
  const WallTime machine = at.machine().wall();
  const WallTime floor = std::max(*known.last_contact, known.last_promise.value_or(*known.last_contact));
  return machine.plus(lag) >= floor && machine <= known.last_contact->plus(known.offline_max);
}

void World::ask(Told& told, bool asked) {
  Shop& at = shop(told.shop);
  const bool trusted = believes_its_clock(told.shop);
  RC_ASSERT(at.clock().trusted() == trusted);
  const auto outcome = at.sell(told.draft);
  if (!outcome) {
    RC_LOG() << told.draft.key.msgid << ": " << to_string(outcome.error(), Language::en) << "\n";
    // With the power gone everything is allowed but an answer; with it only what the centre may say.
    RC_ASSERT(!at.has_power() || outcome.error().text == &terminal::troubles::hold_refused);
    if (!at.has_power()) ++seen_.unanswered;
    return;
  }
  if (const auto* refused = std::get_if<terminal::Refused>(&*outcome)) {
    RC_FAIL("the law gives a settlement of every wish here: " + std::string(refused->pack));
  }
  hear(told, std::get<terminal::Sold>(*outcome), asked, trusted);
}

void World::hear(Told& told, const terminal::Sold& sold, bool asked, bool trusted) {
  Answer answer;
  answer.seq = sold.entry.head.seq;
  answer.hash = sold.entry.hash;
  RC_ASSERT(key_of(sold.entry) == told.draft.key);
  if (const auto* paper = std::get_if<record::Paper>(&sold.entry.body)) {
    answer.sale_id = paper->paper_id;
    answer.paper = true;
    RC_ASSERT(!paper->reasons.empty());
  } else {
    const auto& sale = std::get<record::Sale>(sold.entry.body);
    answer.sale_id = sale.sale_id;
    answer.backing = sale.backing;
    answer.shares = record::payer_shares(sale.settlement);
    const auto& shares = answer.shares;
    RC_ASSERT(promised(shares) + shares.cash == told.draft.claim.lines[0].det_item_fee_sumamt);
    RC_ASSERT(shares.fund >= Money() && shares.account >= Money() && shares.family >= Money() &&
              shares.cash >= Money());
    RC_ASSERT((promised(shares) > Money()) == (sale.backing != record::Backing::nothing));
    if (sale.backing == record::Backing::reserve) RC_ASSERT(shares.family == Money());
    if (!sold.replayed && !trusted) {
      RC_ASSERT(sale.backing == record::Backing::nothing || sale.backing == record::Backing::hold);
    }
  }
  if (told.answer) {
    RC_ASSERT(sold.replayed);
    RC_ASSERT(answer.sale_id == told.answer->sale_id);
    RC_ASSERT(answer.seq == told.answer->seq);
    RC_ASSERT(answer.hash == told.answer->hash);
    return;
  }
  RC_ASSERT(asked || !sold.replayed);
  for (const Told& other : told_) {
    if (other.answer && other.shop == told.shop) RC_ASSERT(other.answer->seq != answer.seq);
    if (other.answer) RC_ASSERT(other.answer->sale_id != answer.sale_id);
  }
  told.answer = answer;
  if (answer.paper) {
    ++seen_.papers;
    if (!trusted) ++seen_.untrusted;
  } else if (answer.backing == record::Backing::hold) {
    ++seen_.guaranteed_on_hold;
  } else if (answer.backing == record::Backing::grant) {
    ++seen_.guaranteed_on_grant;
  } else if (answer.backing == record::Backing::reserve) {
    ++seen_.provisional;
  } else {
    ++seen_.cash;
  }
}

void World::cancel(std::size_t which) {
  tick();
  if (told_.empty()) return;
  Told& told = told_[which % told_.size()];
  if (!told.answer || told.answer->paper || told.cancelled) return;
  if (!told.cancel) {
    terminal::CancelDraft draft;
    draft.key = {told.draft.key.fixmedins_code, "cancel-" + told.draft.key.msgid, "2103",
                 seal::sm3(as_bytes(told.draft.key.msgid))};
    draft.opter = "clerk";
    draft.sale_id = told.answer->sale_id;
    draft.psn_no = told.draft.psn_no;
    draft.reason = "customer";
    told.cancel = draft;
  }
  ask_cancel(told);
}

void World::ask_cancel(Told& told) {
  Shop& at = shop(told.shop);
  const auto outcome = at.cancel(*told.cancel);
  if (outcome) {
    RC_ASSERT(outcome->sale.sale_id == told.answer->sale_id);
    RC_ASSERT(record::payer_shares(outcome->sale.settlement) == told.answer->shares);
    told.cancelled = true;
    ++seen_.cancels;
    return;
  }
  RC_LOG() << told.cancel->key.msgid << ": " << to_string(outcome.error(), Language::en) << "\n";
  if (!at.has_power()) return;
  // What the centre has judged otherwise is given back at the centre.
  RC_ASSERT(outcome.error().text == &terminal::troubles::not_cancellable);
  told.cancel.reset();
}

void World::set_line(std::size_t place, Line line) {
  shop(place).line() = line;
  tick();
}

void World::wait(std::chrono::milliseconds span) {
  tick(span);
  centre_.service->idle(centre_.clock.wall());
}

void World::turn_clock(std::size_t place, std::chrono::milliseconds ahead) {
  ahead_[place] = ahead;
  shop(place).machine().set_wall(centre_.clock.wall().plus(ahead));
  tick();
}

void World::kill_battery(std::size_t place) {
  shop(place).machine().set_wall(WallTime{86'400'000});
  tick();
}

void World::restart(std::size_t place) {
  shop(place).stop();
  shop(place).start();
  tick();
}

void World::cut_power(std::size_t place) {
  ++seen_.power_cuts;
  shop(place).lose_power();
  shop(place).start();
  tick();
}

void World::cut_power_while_selling(const Wish& wish, int operations) {
  tick();
  shop(wish.shop).cut_power_after(operations);
  sell(wish);
  cut_power(wish.shop);
}

void World::finish() {
  for (std::size_t i = 0; i < shop_count; ++i) shop(i).line() = Line::up;
  tick();
  for (Told& told : told_) {
    if (!told.answer) ask(told, true);
    if (told.cancel && !told.cancelled) ask_cancel(told);
  }
  for (int i = 0; i < 8; ++i) tick(std::chrono::minutes(20));
  for (std::size_t i = 0; i < shop_count; ++i) {
    shop(i).with_journal([&](journal::Journal& journal) {
      const auto last = journal.verify();
      RC_ASSERT(last.has_value());
      const auto left = journal.unsent(1, 1U << 20U);
      RC_ASSERT(left.has_value());
      if (!left->entries.empty()) RC_FAIL(shop(i).last_problem());
    });
  }
  for (Told& told : told_) {
    if (told.answer) ask(told, true);
  }
  check_books();
}

void World::check_invariants(std::size_t place) {
  std::vector<Printed> printed;
  for (const Told& told : told_) {
    if (!told.answer || told.shop != place) continue;
    const Answer& answer = *told.answer;
    const std::int64_t medfee = told.draft.claim.lines[0].det_item_fee_sumamt.in_fen();
    const auto& shares = answer.shares;
    printed.push_back({told.draft.key.msgid, answer.paper ? 3 : 1, to_string(answer.sale_id), answer.seq, medfee,
                       shares.fund.in_fen(), shares.account.in_fen(), shares.family.in_fen(),
                       answer.paper ? medfee : shares.cash.in_fen()});
  }
  const auto broken =
      broken_invariants(shop(place).file(), centre_.folder.path / "centre" / "ledger.sqlite", printed, opening_);
  if (!broken.empty()) RC_FAIL(broken.front());
}

void World::check_books() {
  for (std::size_t i = 0; i < shop_count; ++i) check_invariants(i);
  RC_ASSERT(centre_.in_balance());
  std::map<std::string, Money> owed;
  std::map<std::pair<std::string, std::uint64_t>, const Told*> by_place;
  std::size_t entries[shop_count] = {};
  for (const Told& told : told_) {
    if (!told.answer) continue;
    entries[told.shop] += told.cancelled ? 2 : 1;
    if (told.answer->paper) continue;
    by_place[{shop(told.shop).terminal(), told.answer->seq}] = &told;
    if (!told.cancelled) owed[told.draft.key.fixmedins_code] += promised(told.answer->shares);
  }
  // Whoever sold by the rules is owed what was answered, whatever became of it later.
  for (const auto& [site, amount] : owed) RC_ASSERT(centre_.balance(centre::site_account(site)) == amount);

  for (std::size_t i = 0; i < shop_count; ++i) {
    std::vector<centre::OutcomeRow> rows;
    const auto read = centre_.service->ledger().transaction([&] {
      const Day today = centre_.today();
      for (int back = 0; back < 60; ++back) {
        const auto of_day = centre_.service->ledger().outcomes_of_day(shop(i).terminal(), today.plus_days(-back));
        rows.insert(rows.end(), of_day.begin(), of_day.end());
      }
    });
    RC_ASSERT(read.has_value());
    std::size_t sales = 0;
    for (const auto& row : rows) {
      if (row.kind != 1) continue;
      ++sales;
      const auto found = by_place.find({row.entry.terminal, row.entry.seq});
      RC_ASSERT(found != by_place.end());
      const Answer& answer = *found->second->answer;
      RC_ASSERT(row.sale_id == to_string(answer.sale_id));
      RC_ASSERT(row.cancelled == found->second->cancelled);
      // What was guaranteed stands.
      if (answer.backing == record::Backing::hold || answer.backing == record::Backing::grant) {
        RC_ASSERT(row.verdict == record::VerdictKind::accepted);
        RC_ASSERT(row.stands == answer.shares);
      }
      // Nobody pays more than the till said, but for cash: that is settled with the patient's account at the centre.
      RC_ASSERT(row.verdict != record::VerdictKind::refused);
    }
    std::size_t expected = 0;
    for (const auto& [place, told] : by_place) expected += place.first == shop(i).terminal() ? 1 : 0;
    RC_ASSERT(sales == expected);
    shop(i).with_journal([&](journal::Journal& journal) {
      const auto last = journal.verify();
      RC_ASSERT(last.has_value());
      RC_ASSERT(*last == entries[i]);
    });
  }
}

}  // namespace gongji::tests
