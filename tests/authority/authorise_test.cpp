#include "offline/authority/authorise.h"

#include <catch2/catch.hpp>

#include <set>

using namespace gongji;
using namespace gongji::authority;

namespace {

constexpr WallTime now{1'800'000'000'000};

Standing standing() {
  record::Terms terms;
  terms.terminal = "T-1";
  terms.reserve = {{record::Presence::card_read_here, Money::yuan(500), Money::yuan(800), Money::yuan(1000), 3, 72}};
  terms.issued = now.plus(std::chrono::hours(-1));
  terms.expires = now.plus(std::chrono::hours(1000));
  return {terms, now.plus(std::chrono::hours(-2))};
}

Ask ask(Money promised) {
  Ask out;
  out.presence = record::Presence::card_read_here;
  out.promised = promised;
  return out;
}

DenialCode code_of(const Decision& decision) {
  REQUIRE(std::holds_alternative<Denial>(decision));
  return std::get<Denial>(decision).code;
}

}  // namespace

TEST_CASE("a sale that promises nothing needs nothing behind it") {
  const auto decision = authorise(ask(Money()), Standing{}, {}, now);
  CHECK(std::get<Promise>(decision).backing == record::Backing::nothing);
}

TEST_CASE("a hold stands behind exactly its sale, whatever the reserve says") {
  Ask with_hold = ask(Money::yuan(9999));
  with_hold.hold_id = "H1";
  const auto promise = std::get<Promise>(authorise(with_hold, Standing{}, {}, now));
  CHECK(promise.backing == record::Backing::hold);
  CHECK(promise.backing_id == "H1");
}

TEST_CASE("without a line the reserve covers up to each limit and not a fen more") {
  const journal::Exposure none;
  CHECK(std::holds_alternative<Promise>(authorise(ask(Money::yuan(500)), standing(), none, now)));
  CHECK(code_of(authorise(ask(Money::yuan(500) + Money::fen(1)), standing(), none, now)) ==
        DenialCode::over_sale_limit);

  journal::Exposure person;
  person.total = person.person_today = Money::yuan(400);
  person.count = 1;
  CHECK(std::holds_alternative<Promise>(authorise(ask(Money::yuan(400)), standing(), person, now)));
  CHECK(code_of(authorise(ask(Money::yuan(400) + Money::fen(1)), standing(), person, now)) ==
        DenialCode::over_person_day_limit);

  journal::Exposure total;
  total.total = Money::yuan(900);
  total.count = 2;
  CHECK(std::holds_alternative<Promise>(authorise(ask(Money::yuan(100)), standing(), total, now)));
  CHECK(code_of(authorise(ask(Money::yuan(100) + Money::fen(1)), standing(), total, now)) ==
        DenialCode::over_total_limit);

  journal::Exposure count;
  count.count = 3;
  CHECK(code_of(authorise(ask(Money::fen(1)), standing(), count, now)) == DenialCode::over_count_limit);
}

TEST_CASE("a clock that is not trusted promises nothing") {
  Standing back = standing();
  back.clock_trusted = false;
  CHECK(code_of(authorise(ask(Money::fen(1)), back, {}, now)) == DenialCode::clock_untrusted);
}

TEST_CASE("a journal in doubt promises nothing, on a hold neither, and still sells for cash") {
  Standing doubtful = standing();
  doubtful.journal_in_doubt = true;
  CHECK(code_of(authorise(ask(Money::fen(1)), doubtful, {}, now)) == DenialCode::journal_in_doubt);
  Ask with_hold = ask(Money::yuan(10));
  with_hold.hold_id = "H1";
  CHECK(code_of(authorise(with_hold, doubtful, {}, now)) == DenialCode::journal_in_doubt);
  CHECK_FALSE(may_spend_grants(doubtful, record::Presence::card_read_here, now));
  CHECK(std::holds_alternative<Promise>(authorise(ask(Money()), doubtful, {}, now)));
}

TEST_CASE("hours without contact are counted to the millisecond") {
  Standing old = standing();
  old.last_contact = now.plus(-std::chrono::hours(72));
  CHECK(std::holds_alternative<Promise>(authorise(ask(Money::fen(1)), old, {}, now)));
  old.last_contact = now.plus(-std::chrono::hours(72) - std::chrono::milliseconds(1));
  CHECK(code_of(authorise(ask(Money::fen(1)), old, {}, now)) == DenialCode::contact_too_old);
}

TEST_CASE("without a line a grant that covers the sale stands behind it, before any reserve") {
  Ask granted = ask(Money::yuan(9999));
  granted.grant_id = "G1";
  granted.family = Money::yuan(1);
  const auto promise = std::get<Promise>(authorise(granted, standing(), {}, now));
  CHECK(promise.backing == record::Backing::grant);
  CHECK(promise.backing_id == "G1");

  Ask held = granted;
  held.hold_id = "H1";
  CHECK(std::get<Promise>(authorise(held, standing(), {}, now)).backing == record::Backing::hold);

  // However long ago the last contact was: the grant has its own end.
  Standing old = standing();
  old.last_contact = now.plus(-std::chrono::hours(1000));
  CHECK(std::get<Promise>(authorise(granted, old, {}, now)).backing == record::Backing::grant);
}

TEST_CASE("a grant is spent only by a presence that the terms let, by a clock that is trusted, within the terms") {
  using record::Presence;
  Ask granted = ask(Money::yuan(1));
  granted.grant_id = "G1";
  for (const Presence presence : {Presence::card_authenticated, Presence::card_read_here, Presence::voucher_signed}) {
    granted.presence = presence;
    CHECK(std::get<Promise>(authorise(granted, standing(), {}, now)).backing == record::Backing::grant);
  }
  for (const Presence presence : {Presence::declared, Presence::id_number, Presence::token_online}) {
    granted.presence = presence;
    CHECK(code_of(authorise(granted, standing(), {}, now)) == DenialCode::presence_without_reserve);
    Standing open = standing();
    open.terms->grant_presences = {presence};
    CHECK(std::get<Promise>(authorise(granted, open, {}, now)).backing == record::Backing::grant);
  }
  granted.presence = Presence::card_read_here;
  Standing state = standing();
  state.clock_trusted = false;
  CHECK(code_of(authorise(granted, state, {}, now)) == DenialCode::clock_untrusted);
  state = standing();
  state.terms->expires = now.plus(std::chrono::milliseconds(-1));
  CHECK(code_of(authorise(granted, state, {}, now)) == DenialCode::terms_expired);
  state.terms.reset();
  CHECK(code_of(authorise(granted, state, {}, now)) == DenialCode::terms_absent);
}

TEST_CASE("without a grant a family's account is not promised off line") {
  Ask family = ask(Money::yuan(9999));
  family.family = Money::fen(1);
  CHECK(code_of(authorise(family, standing(), {}, now)) == DenialCode::family_without_grant);
  family.presence = record::Presence::declared;
  CHECK(code_of(authorise(family, standing(), {}, now)) == DenialCode::presence_without_reserve);
}

TEST_CASE("the same person again within the window adds up against the limit of one sale, and not a fen more") {
  journal::Exposure before;
  before.total = before.person_today = before.person_window = Money::yuan(300);
  before.count = 1;
  CHECK(std::holds_alternative<Promise>(authorise(ask(Money::yuan(200)), standing(), before, now)));
  CHECK(code_of(authorise(ask(Money::yuan(200) + Money::fen(1)), standing(), before, now)) == DenialCode::split_sale);
  CHECK(std::get<Denial>(authorise(ask(Money::yuan(201)), standing(), before, now)).detail == "501.00 / 500.00");
  // Outside the window the limit of the day decides; alone too large is alone too large.
  before.person_window = Money();
  CHECK(std::holds_alternative<Promise>(authorise(ask(Money::yuan(201)), standing(), before, now)));
  CHECK(code_of(authorise(ask(Money::yuan(501)), standing(), before, now)) == DenialCode::over_sale_limit);
}

TEST_CASE("where the terms promise the least share and the law does not tell it, nothing is promised") {
  Ask unknown = ask(Money::yuan(501));
  unknown.lowest_unknown = true;
  CHECK(code_of(authorise(unknown, standing(), {}, now)) == DenialCode::lowest_share_unknown);
  unknown.grant_id = "G1";
  CHECK(std::get<Promise>(authorise(unknown, standing(), {}, now)).backing == record::Backing::grant);
}

TEST_CASE("a sale that leaves its fund share to the centre is made only where something could be promised") {
  Ask later = ask(Money());
  later.fund_later = true;
  CHECK(std::get<Promise>(authorise(later, standing(), {}, now)).backing == record::Backing::nothing);
  Standing state = standing();
  state.clock_trusted = false;
  CHECK(code_of(authorise(later, state, {}, now)) == DenialCode::clock_untrusted);
  state = standing();
  state.last_contact = now.plus(-std::chrono::hours(73));
  CHECK(code_of(authorise(later, state, {}, now)) == DenialCode::contact_too_old);
  later.presence = record::Presence::declared;
  CHECK(code_of(authorise(later, standing(), {}, now)) == DenialCode::presence_without_reserve);
  later.hold_id = "H1";
  CHECK(std::get<Promise>(authorise(later, standing(), {}, now)).backing == record::Backing::hold);
}

TEST_CASE("when several limits are broken, the first in the list is the answer") {
  journal::Exposure exposure;
  exposure.total = exposure.person_today = Money::yuan(5000);
  exposure.count = 99;
  Ask wish = ask(Money::yuan(5000));
  wish.presence = record::Presence::declared;
  wish.family = Money::fen(1);
  wish.served = civil_time_at(now).day.plus_days(1);
  Standing state = standing();
  const record::Terms valid = *state.terms;
  state.clock_trusted = false;
  state.terms.reset();
  state.last_contact.reset();
  // Everything is wrong; one thing after the other is put right.
  int last = 0;
  const auto next = [&](DenialCode expected) {
    CHECK(code_of(authorise(wish, state, exposure, now)) == expected);
    CHECK(static_cast<int>(expected) > last);
    last = static_cast<int>(expected);
  };
  wish.voucher_used = true;
  wish.stopped = record::StopKind::card;
  next(DenialCode::card_stopped);
  wish.stopped = record::StopKind::voucher;
  next(DenialCode::voucher_stopped);
  wish.stopped = record::StopKind::person;
  next(DenialCode::voucher_used);
  wish.voucher_used = false;
  next(DenialCode::person_stopped);
  wish.stopped.reset();
  next(DenialCode::clock_untrusted);
  state.clock_trusted = true;
  next(DenialCode::served_ahead);
  wish.served = civil_time_at(now).day;
  next(DenialCode::terms_absent);
  state.terms = valid;
  state.terms->expires = now.plus(std::chrono::milliseconds(-1));
  next(DenialCode::terms_expired);
  state.terms = valid;
  next(DenialCode::contact_too_old);
  state.last_contact = now;
  next(DenialCode::presence_without_reserve);
  wish.presence = record::Presence::card_read_here;
  next(DenialCode::family_without_grant);
  wish.family = Money();
  wish.lowest_unknown = true;
  next(DenialCode::lowest_share_unknown);
  wish.lowest_unknown = false;
  exposure.person_window = Money::fen(1);
  next(DenialCode::split_sale);
  exposure.person_window = Money();
  next(DenialCode::over_sale_limit);
  wish.promised = Money::yuan(500);
  next(DenialCode::over_person_day_limit);
  exposure.person_today = Money();
  next(DenialCode::over_total_limit);
  exposure.total = Money();
  next(DenialCode::over_count_limit);
  exposure.count = 0;
  CHECK(std::holds_alternative<Promise>(authorise(wish, state, exposure, now)));
}

TEST_CASE("a visit that is dated after today is promised nothing, but for a clock that is minutes ahead at midnight") {
  const WallTime eve = wall_time_of(*parse_civil_time("2026-12-31 23:54:59"));
  Standing state = standing();
  state.terms->expires = eve.plus(std::chrono::hours(100));
  state.last_contact = eve;
  Ask wish = ask(Money::yuan(1));
  wish.served = *Day::from_civil(2027, 1, 1);
  CHECK(code_of(authorise(wish, state, {}, eve)) == DenialCode::served_ahead);
  wish.grant_id = "grant";
  CHECK(code_of(authorise(wish, state, {}, eve)) == DenialCode::served_ahead);
  CHECK(std::holds_alternative<Promise>(authorise(wish, state, {}, eve.plus(std::chrono::seconds(1)))));
  wish.served = *Day::from_civil(2026, 12, 31);
  CHECK(std::holds_alternative<Promise>(authorise(wish, state, {}, eve)));
  // A hold is the centre's own word.
  wish.served = *Day::from_civil(2027, 1, 2);
  wish.hold_id = "hold";
  CHECK(std::holds_alternative<Promise>(authorise(wish, state, {}, eve)));
}

TEST_CASE("every denial has a frozen number, a name, and words in both languages") {
  std::set<std::string_view> names, codes;
  int last = 0;
  for (const DenialCode code : all_denials()) {
    CHECK(static_cast<int>(code) > last);
    last = static_cast<int>(code);
    CHECK(names.insert(name_of(code)).second);
    const TroubleText& text = text_of(code);
    CHECK(codes.insert(text.code).second);
    CHECK_FALSE(text.zh.empty());
    CHECK_FALSE(text.next_zh.empty());
    CHECK_FALSE(text.en.empty());
    CHECK_FALSE(text.next_en.empty());
  }
  // Stored in papers and logs.
  const std::vector<std::pair<DenialCode, int>> frozen = {{DenialCode::card_stopped, 10},
                                                          {DenialCode::voucher_stopped, 11},
                                                          {DenialCode::voucher_used, 12},
                                                          {DenialCode::person_stopped, 13},
                                                          {DenialCode::card_pin_missing, 45},
                                                          {DenialCode::clock_untrusted, 20},
                                                          {DenialCode::served_ahead, 21},
                                                          {DenialCode::snapshot_absent, 30},
                                                          {DenialCode::terms_absent, 40},
                                                          {DenialCode::terms_expired, 41},
                                                          {DenialCode::contact_too_old, 42},
                                                          {DenialCode::presence_without_reserve, 50},
                                                          {DenialCode::family_without_grant, 51},
                                                          {DenialCode::lowest_share_unknown, 52},
                                                          {DenialCode::split_sale, 59},
                                                          {DenialCode::over_sale_limit, 60},
                                                          {DenialCode::over_person_day_limit, 61},
                                                          {DenialCode::over_total_limit, 62},
                                                          {DenialCode::over_count_limit, 63}};
  for (const auto& [code, number] : frozen) CHECK(static_cast<int>(code) == number);
}

TEST_CASE("the stop list is asked first: whatever stands behind a sale, and whatever else is wrong") {
  Ask stopped = ask(Money::yuan(9'999));
  stopped.hold_id = "H1";
  stopped.grant_id = "G1";
  stopped.voucher_used = true;
  Standing bad = standing();
  bad.clock_trusted = false;
  for (const auto& [kind, code] : {std::pair(record::StopKind::card, DenialCode::card_stopped),
                                   std::pair(record::StopKind::voucher, DenialCode::voucher_stopped)}) {
    stopped.stopped = kind;
    CHECK(code_of(authorise(stopped, standing(), {}, now)) == code);
    CHECK(code_of(authorise(stopped, bad, {}, now)) == code);
    CHECK(code_of(authorise(stopped, Standing{}, {}, now)) == code);
  }
  // A used voucher comes before the person: nothing may be written for whoever holds a copy of it.
  stopped.stopped = record::StopKind::person;
  CHECK(code_of(authorise(stopped, standing(), {}, now)) == DenialCode::voucher_used);
  stopped.voucher_used = false;
  CHECK(code_of(authorise(stopped, bad, {}, now)) == DenialCode::person_stopped);
  stopped.promised = Money();
  CHECK(code_of(authorise(stopped, standing(), {}, now)) == DenialCode::person_stopped);
}

TEST_CASE("a stopped credential leaves no paper with the patient's name; every other denial does") {
  std::set<DenialCode> refusing;
  for (const DenialCode code : all_denials()) {
    if (refuses_credential(code)) refusing.insert(code);
  }
  CHECK(refusing == std::set{DenialCode::card_stopped, DenialCode::voucher_stopped, DenialCode::voucher_used,
                             DenialCode::card_pin_missing});
}

TEST_CASE("above the terms' sum a card that is read here needs its PIN, on the reserve and on a grant") {
  Standing with_pin = standing();
  with_pin.terms->card_pin_above = Money::yuan(100);
  const journal::Exposure none;
  CHECK(std::holds_alternative<Promise>(authorise(ask(Money::yuan(100)), with_pin, none, now)));
  Ask above = ask(Money::yuan(100) + Money::fen(1));
  CHECK(code_of(authorise(above, with_pin, none, now)) == DenialCode::card_pin_missing);
  above.grant_id = "G1";
  CHECK(code_of(authorise(above, with_pin, none, now)) == DenialCode::card_pin_missing);

  above.holder_checked = true;
  CHECK(std::get<Promise>(authorise(above, with_pin, none, now)).backing == record::Backing::grant);
  above.grant_id.reset();
  CHECK(std::get<Promise>(authorise(above, with_pin, none, now)).backing == record::Backing::reserve);

  // What was sold to this person today adds up: two halves are a whole.
  journal::Exposure earlier;
  earlier.person_today = earlier.total = Money::yuan(60);
  earlier.count = 1;
  CHECK(code_of(authorise(ask(Money::yuan(60)), with_pin, earlier, now)) == DenialCode::card_pin_missing);

  // With the line up a hold stands behind the sale, and nobody is asked.
  Ask held = ask(Money::yuan(400));
  held.hold_id = "H1";
  CHECK(std::get<Promise>(authorise(held, with_pin, none, now)).backing == record::Backing::hold);
  // No rule, no question; and a card that nobody read cannot be asked.
  CHECK(std::holds_alternative<Promise>(authorise(ask(Money::yuan(400)), standing(), none, now)));
  with_pin.terms->reserve[0].presence = record::Presence::declared;
  Ask typed = ask(Money::yuan(400));
  typed.presence = record::Presence::declared;
  CHECK(std::holds_alternative<Promise>(authorise(typed, with_pin, none, now)));
}
