// Emergency orders: wider for a time, at a place, for a kind of visit, and not a moment longer.
#include <catch2/catch.hpp>

#include "offline/authority/headroom.h"
#include "offline/authority/trusted_clock.h"

using namespace gongji;
using namespace gongji::authority;
using namespace std::chrono_literals;

namespace {

constexpr WallTime begins{1'800'000'000'000};
constexpr WallTime ends = begins.plus(48h);
constexpr auto card = record::Presence::card_read_here;

record::EmergencyOrder order() {
  record::EmergencyOrder made;
  made.id.bytes[15] = 7;
  made.areas = {"9999"};
  made.reserve = {{card, Money::yuan(900), Money::yuan(700), Money::yuan(5000), 20, 240},
                  {record::Presence::id_number, Money::yuan(50), Money::yuan(50), Money::yuan(100), 2, 240}};
  made.issued = begins.plus(-1h);
  made.start = begins;
  made.end = ends;
  made.reference = "应急〔2027〕1号";
  return made;
}

Standing standing(const record::EmergencyOrder& with, WallTime last_contact = begins.plus(-2h)) {
  record::Terms terms;
  terms.fixmedins_code = "P99999900001";
  terms.admdvs = "999900";
  terms.reserve = {{card, Money::yuan(500), Money::yuan(800), Money::yuan(1000), 3, 72}};
  terms.expires = begins.plus(24h * 365);
  return {terms, last_contact, true, false, {with}};
}

Ask ask(Money promised, record::Presence presence = card) {
  Ask out;
  out.presence = presence;
  out.promised = promised;
  out.med_type = "41";
  return out;
}

// "" where the terms' own reserve is enough.
std::optional<std::string> backing_of(const Decision& decision) {
  if (!std::holds_alternative<Promise>(decision)) return std::nullopt;
  CHECK(std::get<Promise>(decision).backing == record::Backing::reserve);
  return std::get<Promise>(decision).backing_id;
}
DenialCode code_of(const Decision& decision) {
  REQUIRE(std::holds_alternative<Denial>(decision));
  return std::get<Denial>(decision).code;
}

const Money beyond = Money::yuan(600);  // above the terms' limit of one sale, within the order's

}  // namespace

TEST_CASE("an order holds from its first millisecond to the one before its end") {
  const std::string id = to_string(order().id);
  const Standing state = standing(order());
  CHECK(code_of(authorise(ask(beyond), state, {}, begins.plus(-1s))) == DenialCode::over_sale_limit);
  CHECK(code_of(authorise(ask(beyond), state, {}, begins.plus(-1ms))) == DenialCode::over_sale_limit);
  CHECK(backing_of(authorise(ask(beyond), state, {}, begins)) == id);
  CHECK(backing_of(authorise(ask(beyond), state, {}, ends.plus(-1s))) == id);
  CHECK(backing_of(authorise(ask(beyond), state, {}, ends.plus(-1ms))) == id);
  CHECK(code_of(authorise(ask(beyond), state, {}, ends)) == DenialCode::over_sale_limit);
  CHECK(code_of(authorise(ask(beyond), state, {}, ends.plus(1s))) == DenialCode::over_sale_limit);
}

TEST_CASE("the terms' own reserve comes first, and the larger of both limits holds, member by member") {
  const Standing state = standing(order());
  CHECK(backing_of(authorise(ask(Money::yuan(500)), state, {}, begins)) == "");
  CHECK(backing_of(authorise(ask(Money::yuan(700)), state, {}, begins)) == to_string(order().id));
  // Per sale the order's 900, per day the terms' 800.
  CHECK(code_of(authorise(ask(Money::yuan(900)), state, {}, begins)) == DenialCode::over_person_day_limit);
  CHECK(code_of(authorise(ask(Money::yuan(901)), state, {}, begins)) == DenialCode::over_sale_limit);
  journal::Exposure much;
  much.total = Money::yuan(4'900);
  much.count = 19;
  CHECK(backing_of(authorise(ask(Money::yuan(100)), state, much, begins)) == to_string(order().id));
  CHECK(code_of(authorise(ask(Money::yuan(101)), state, much, begins)) == DenialCode::over_total_limit);
  much.count = 20;
  CHECK(code_of(authorise(ask(Money::yuan(1)), state, much, begins)) == DenialCode::over_count_limit);
}

TEST_CASE("an order gives a presence a reserve that the terms do not have, and longer without contact") {
  const auto number = record::Presence::id_number;
  CHECK(backing_of(authorise(ask(Money::yuan(50), number), standing(order()), {}, begins)) == to_string(order().id));
  CHECK(code_of(authorise(ask(Money::yuan(51), number), standing(order()), {}, begins)) == DenialCode::over_sale_limit);
  CHECK(code_of(authorise(ask(Money::yuan(1), record::Presence::declared), standing(order()), {}, begins)) ==
        DenialCode::presence_without_reserve);

  const Standing silent = standing(order(), begins.plus(-240h));
  CHECK(backing_of(authorise(ask(Money::yuan(1)), silent, {}, begins)) == to_string(order().id));
  CHECK(code_of(authorise(ask(Money::yuan(1)), silent, {}, begins.plus(1ms))) == DenialCode::contact_too_old);
}

TEST_CASE("an order holds at its places and for its kinds of visits only, and not once it is withdrawn") {
  record::EmergencyOrder elsewhere = order();
  elsewhere.areas = {"9998"};
  CHECK(code_of(authorise(ask(beyond), standing(elsewhere), {}, begins)) == DenialCode::over_sale_limit);
  elsewhere.sites = {"P99999900001"};
  CHECK(backing_of(authorise(ask(beyond), standing(elsewhere), {}, begins)));
  record::EmergencyOrder clinic = order();
  clinic.med_types = {"11", "14"};
  CHECK(code_of(authorise(ask(beyond), standing(clinic), {}, begins)) == DenialCode::over_sale_limit);
  clinic.med_types.push_back("41");
  CHECK(backing_of(authorise(ask(beyond), standing(clinic), {}, begins)));
  record::EmergencyOrder withdrawn = order();
  withdrawn.withdrawn = true;
  CHECK(code_of(authorise(ask(beyond), standing(withdrawn), {}, begins)) == DenialCode::over_sale_limit);
}

TEST_CASE("of one order the word that was issued last counts, whichever came first") {
  record::EmergencyOrder withdrawn = order();
  withdrawn.withdrawn = true;
  withdrawn.issued = order().issued.plus(1ms);
  record::EmergencyOrder other = order();
  other.id.bytes[15] = 8;
  for (const auto& words : {std::vector{order(), withdrawn, other}, std::vector{withdrawn, other, order()}}) {
    const auto newest = record::newest_of(words);
    REQUIRE(newest.size() == 2);
    CHECK(newest[0] == other);
    CHECK(newest[1] == withdrawn);
  }
}

TEST_CASE("an order widens nothing without terms, after their end, or by a clock that is not trusted") {
  Standing state = standing(order());
  state.clock_trusted = false;
  CHECK(code_of(authorise(ask(Money::yuan(1)), state, {}, begins)) == DenialCode::clock_untrusted);
  CHECK(headroom_by_order(state, {}, begins).empty());
  state = standing(order());
  state.terms->expires = begins.plus(-1ms);
  CHECK(code_of(authorise(ask(Money::yuan(1)), state, {}, begins)) == DenialCode::terms_expired);
  state.terms.reset();
  CHECK(code_of(authorise(ask(Money::yuan(1)), state, {}, begins)) == DenialCode::terms_absent);
}

TEST_CASE("a clock that was turned does not open an order") {
  // The till heard the centre ten hours before the order begins and was started again since.
  const WallTime contact = begins.plus(-10h);
  const KnownTimes known{contact, contact.plus(1h), 72h, {{begins, ends, 240h}}};
  const auto promises = [&](WallTime machine_says) {
    const ManualClock machine(machine_says);
    const TrustedClock clock(machine, known);
    Standing state = standing(order(), contact);
    state.clock_trusted = clock.trusted();
    return backing_of(authorise(ask(beyond), state, {}, clock.wall())).has_value();
  };
  CHECK(promises(begins));
  CHECK_FALSE(promises(WallTime{0}));              // a dead battery
  CHECK_FALSE(promises(contact.plus(-24h)));       // set back
  CHECK_FALSE(promises(begins.plus(-1ms)));        // before its start
  CHECK_FALSE(promises(ends));                     // at its end
  CHECK_FALSE(promises(contact.plus(24h * 365)));  // set forward
  // Set back into the order when it is over: the last promise is known to be later.
  KnownTimes over = known;
  over.last_promise = ends.plus(1h);
  const ManualClock machine(ends.plus(-1h));
  CHECK_FALSE(TrustedClock(machine, over).trusted());
}

TEST_CASE("once the centre was heard an order ends by its time, whatever the machine's clock says") {
  ManualClock machine(begins);
  TrustedClock clock(machine, {});
  clock.heard(ends.plus(-1s));
  const auto promises = [&] {
    Standing state = standing(order(), ends.plus(-1s));
    state.clock_trusted = clock.trusted();
    return backing_of(authorise(ask(beyond), state, {}, clock.wall())).has_value();
  };
  machine.set_wall(begins.plus(-24h * 30));
  CHECK(promises());
  machine.advance(1s - 1ms);
  CHECK(promises());
  machine.advance(1ms);
  CHECK_FALSE(promises());
  machine.set_wall(begins.plus(1h));  // back into the order
  CHECK_FALSE(promises());
}

TEST_CASE("the hours that an order adds are believed only while it holds") {
  const WallTime contact = begins.plus(-100h);
  const auto trusts = [&](WallTime machine_says) {
    const ManualClock machine(machine_says);
    return TrustedClock(machine, {contact, std::nullopt, 72h, {{begins, ends, 120h}}}).trusted();
  };
  CHECK(trusts(contact.plus(72h)));
  CHECK_FALSE(trusts(contact.plus(72h + 1ms)));
  CHECK_FALSE(trusts(begins.plus(-1ms)));
  CHECK(trusts(begins));
  CHECK(trusts(contact.plus(120h)));
  CHECK_FALSE(trusts(contact.plus(120h + 1ms)));
}

TEST_CASE("the countdown of an order says when it starts, when it ends, and what is left under it") {
  const Standing state = standing(order());
  auto left = headroom_by_order(state, {}, begins.plus(-3h));
  REQUIRE(left.size() == 1);
  CHECK(left[0].id == order().id);
  CHECK(left[0].reference == "应急〔2027〕1号");
  CHECK(left[0].starts_in == 3h);
  CHECK(left[0].ends_in == 51h);
  CHECK(left[0].reserve.empty());
  left = headroom_by_order(state, {{card, Money::yuan(300), 4}}, begins.plus(1h));
  REQUIRE(left.size() == 1);
  CHECK(left[0].starts_in == 0ms);
  CHECK(left[0].ends_in == 47h);
  REQUIRE(left[0].reserve.size() == 2);
  CHECK(left[0].reserve[0].total_left == Money::yuan(4'700));
  CHECK(left[0].reserve[0].per_sale_max == Money::yuan(900));
  CHECK(left[0].reserve[0].per_person_day_max == Money::yuan(800));
  CHECK(left[0].reserve[0].count_left == 16);
  CHECK(left[0].reserve[0].time_left == 47h - 1ms);
  CHECK(left[0].reserve[1].presence == record::Presence::id_number);
  CHECK(headroom_by_order(state, {}, ends).empty());
  record::EmergencyOrder withdrawn = order();
  withdrawn.withdrawn = true;
  CHECK(headroom_by_order(standing(withdrawn), {}, begins).empty());
}
