#include "offline/authority/headroom.h"

#include <catch2/catch.hpp>

#include <random>

using namespace gongji;
using namespace gongji::authority;
using namespace std::chrono_literals;

namespace {

constexpr WallTime now{1'800'000'000'000};
constexpr auto presence = record::Presence::card_read_here;

Standing standing() {
  record::Terms terms;
  terms.reserve = {{presence, Money::yuan(500), Money::yuan(800), Money::yuan(1000), 3, 72}};
  terms.expires = now.plus(1000h);
  return {terms, now.plus(-2h)};
}

}  // namespace

TEST_CASE("the headroom counts down to each limit") {
  const auto left = headroom(standing(), {{presence, Money::yuan(300), 1}}, now);
  REQUIRE(left.size() == 1);
  CHECK(left[0].total_left == Money::yuan(700));
  CHECK(left[0].count_left == 2);
  CHECK(left[0].time_left == 70h);

  Standing ending = standing();
  ending.terms->expires = now.plus(1h);
  CHECK(headroom(ending, {}, now)[0].time_left == 1h);
}

TEST_CASE("nothing is left without terms, without contact, with an untrusted clock, a journal in doubt, or too late") {
  CHECK(headroom({}, {}, now).empty());
  Standing silent = standing();
  silent.last_contact.reset();
  Standing lost = standing();
  lost.clock_trusted = false;
  Standing late = standing();
  late.last_contact = now.plus(-73h);
  Standing doubted = standing();
  doubted.journal_in_doubt = true;
  for (const Standing& none : {silent, lost, doubted, late}) {
    const auto left = headroom(none, {}, now);
    CHECK(left[0].total_left == Money());
    CHECK(left[0].count_left == 0);
    CHECK(left[0].time_left == 0ms);
  }
}

TEST_CASE("what the headroom says is what is granted, and not a fen or a sale more") {
  std::mt19937_64 random(7);
  const auto below = [&](std::uint64_t limit) { return static_cast<std::int64_t>(random() % limit); };
  for (int i = 0; i < 20'000; ++i) {
    Standing state = standing();
    state.terms->reserve[0].per_sale_max = state.terms->reserve[0].per_person_day_max = Money::yuan(5000);
    state.last_contact = now.plus(-std::chrono::hours(below(80)));
    state.clock_trusted = below(10) != 0;
    state.journal_in_doubt = below(10) == 0;
    const journal::ReserveUse use{presence, Money::fen(below(110'000)), static_cast<std::uint32_t>(below(5))};
    const Headroom left = headroom(state, {use}, now)[0];
    const journal::Exposure exposure{use.total, use.count, Money(), Money()};
    const auto granted = [&](Money wish) {
      Ask ask;
      ask.presence = presence;
      ask.promised = wish;
      return std::holds_alternative<Promise>(authorise(ask, state, exposure, now));
    };
    const bool any = left.count_left > 0 && left.total_left > Money();
    if (any) CHECK(granted(left.total_left));
    CHECK_FALSE(granted(left.total_left + Money::fen(1)));
    if (!any) CHECK_FALSE(granted(Money::fen(1)));
  }
}
