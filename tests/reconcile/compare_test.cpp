// Every kind of difference is seeded by hand, found once, and the totals differ by what the differences add up to.
#include "offline/reconcile/compare.h"

#include <rapidcheck.h>
#include <catch2/catch.hpp>

#include "offline/reconcile/repairs.h"
#include "tests/reconcile/sides.h"

using namespace gongji;
using namespace gongji::reconcile;
using gongji::tests::amounts;
using gongji::tests::line;
using gongji::tests::side;

namespace {

struct Seeded {
  Kind kind;
  Cause cause;
  Amounts difference;
};

// Of the one pair that differs.
Seeded only_difference(const Reconciliation& reconciliation) {
  std::vector<Seeded> found;
  for (const Pair& pair : reconciliation.pairs) {
    if (pair.kind) found.push_back({*pair.kind, pair.cause, pair.difference});
  }
  REQUIRE(found.size() == 1);
  CHECK_FALSE(reconciliation.balanced());
  CHECK(reconciliation.all.difference() == found.front().difference);
  return found.front();
}

Amounts minus(Amounts of) {
  Amounts out;
  out -= of;
  return out;
}

}  // namespace

TEST_CASE("two sides that say the same are balanced, in whatever order their lines come") {
  Line cancelled = line(3, State::cancel_unsent), paper = line(4, State::paper);
  const auto found = compare(side({line(1), line(2, State::refused), cancelled, paper}),
                             side({paper, line(3, State::cancelled), line(2, State::refused), line(1)}));
  CHECK(found.balanced());
  REQUIRE(found.groups.size() == 1);
  CHECK(found.all.till_sales == 2);  // neither the cancelled one nor the paper
  CHECK(found.all.till.medfee == line(1).amounts.medfee + line(2).amounts.medfee);
  CHECK(found.all.difference() == Amounts{});
}

TEST_CASE("what only the till has is told with the reason why") {
  const auto seeded = [](Line extra, std::uint32_t epoch) {
    return only_difference(compare(side({line(1), extra}, epoch), side({line(1)})));
  };
  const auto unsent = seeded(line(2, State::unsent), 1);
  CHECK(unsent.kind == Kind::only_at_till);
  CHECK(unsent.cause == Cause::not_sent);
  CHECK(unsent.difference == minus(line(2).amounts));
  Line earlier = line(2, State::unsent);
  CHECK(seeded(earlier, 2).cause == Cause::earlier_epoch);
  CHECK(seeded(line(2), 1).cause == Cause::gone_at_centre);
  // Cancelled before it was ever sent: no money, but an entry all the same.
  CHECK(seeded(line(2, State::cancel_unsent), 1).difference == Amounts{});
}

TEST_CASE("what only the centre has is told") {
  const auto found = only_difference(compare(side({line(1)}), side({line(1), line(2)})));
  CHECK(found.kind == Kind::only_at_centre);
  CHECK(found.cause == Cause::gone_at_till);
  CHECK(found.difference == line(2).amounts);
}

TEST_CASE("other amounts are told by payer, to the fen") {
  Line other = line(1);
  other.amounts = amounts(1'000, 202, 30, 4);
  const auto found = only_difference(compare(side({line(1)}), side({other})));
  CHECK(found.kind == Kind::amounts_differ);
  CHECK(found.difference.shares.fund == Money::fen(-1));
  CHECK(found.difference.shares.account == Money::fen(1));
  CHECK(found.difference.medfee == Money{});
}

TEST_CASE("another state is told, and whose word is missing where") {
  const auto seeded = [](State till, State centre) {
    return only_difference(compare(side({line(1, till)}), side({line(1, centre)})));
  };
  const auto unheard = seeded(State::pending, State::accepted);
  CHECK(unheard.kind == Kind::state_differs);
  CHECK(unheard.cause == Cause::verdict_under_way);
  CHECK(unheard.difference == Amounts{});
  CHECK(seeded(State::cancel_unsent, State::accepted).cause == Cause::cancel_under_way);
  CHECK(seeded(State::cancelled, State::accepted).difference == line(1).amounts);
  const auto lost = seeded(State::accepted, State::cancelled);
  CHECK(lost.cause == Cause::cancelled_elsewhere);
  CHECK(lost.difference == minus(line(1).amounts));
}

TEST_CASE("a sale that stands twice is told, also where both sides have it twice") {
  SECTION("the same sale twice at the till") {
    const auto found = only_difference(compare(side({line(1), line(1)}), side({line(1)})));
    CHECK(found.kind == Kind::doubled);
    CHECK(found.difference == minus(line(1).amounts));
  }
  SECTION("the same sale twice at the centre") {
    const auto found = only_difference(compare(side({line(1)}), side({line(1), line(1)})));
    CHECK(found.kind == Kind::doubled);
    CHECK(found.difference == line(1).amounts);
  }
  SECTION("one request, two sales, and both sides agree about both") {
    Line again = line(2);
    again.msgid = line(1).msgid;
    const auto found = only_difference(compare(side({line(1), again}), side({line(1), again})));
    CHECK(found.kind == Kind::doubled);
    CHECK(found.difference == Amounts{});
    again.state = State::cancelled;  // repaired
    CHECK(compare(side({line(1), again}), side({line(1), again})).balanced());
  }
}

TEST_CASE("another insurance or clearing type moves a sale from one total to another") {
  Line other = line(1);
  other.group = {"390", "11"};
  const auto found = compare(side({line(1)}), side({other}));
  CHECK(only_difference(found).kind == Kind::group_differs);
  REQUIRE(found.groups.size() == 2);
  CHECK(found.groups[0].total.difference() == minus(line(1).amounts));
  CHECK(found.groups[1].total.difference() == line(1).amounts);
}

TEST_CASE("a centre that does not tell the group is compared by the till's") {
  Line untold = line(1);
  untold.group = {};
  const auto found = compare(side({line(1)}), side({untold}));
  CHECK(found.balanced());
  CHECK(found.groups.size() == 1);
}

namespace {

rc::Gen<Line> any_line() {
  return rc::gen::map(rc::gen::tuple(rc::gen::inRange(1, 12), rc::gen::inRange(0, 8), rc::gen::inRange(0, 3),
                                     rc::gen::inRange(0, 500), rc::gen::inRange(0, 500), rc::gen::inRange(1, 3)),
                      [](const auto& drawn) {
                        const auto& [seq, state, group, fund, cash, epoch] = drawn;
                        Line out = line(static_cast<std::uint64_t>(seq), static_cast<State>(state));
                        out.epoch = static_cast<std::uint32_t>(epoch);
                        out.group = {group == 0 ? "310" : "390", group == 2 ? "41" : "11"};
                        out.amounts = amounts(fund, 7, 0, cash);
                        return out;
                      });
}

}  // namespace

TEST_CASE("whatever both sides say, totals are the sums of lines and differences add up to the totals' difference") {
  CHECK(rc::check("totals == sums", [] {
    const auto ours = *rc::gen::container<std::vector<Line>>(any_line());
    const auto theirs = *rc::gen::container<std::vector<Line>>(any_line());
    const auto found = compare(side(ours, 2), side(theirs));

    Total lines;
    for (const Line& one : ours) {
      if (!stands(one.state)) continue;
      ++lines.till_sales;
      lines.till += one.amounts;
    }
    for (const Line& one : theirs) {
      if (!stands(one.state)) continue;
      ++lines.centre_sales;
      lines.centre += one.amounts;
    }
    RC_ASSERT(found.all == lines);

    Total groups;
    for (const GroupTotal& group : found.groups) {
      groups.till_sales += group.total.till_sales;
      groups.centre_sales += group.total.centre_sales;
      groups.till += group.total.till;
      groups.centre += group.total.centre;
      // By the lines of the group alone.
      Amounts difference;
      for (const Pair& pair : found.pairs) {
        if (pair.centre && pair.centre->group == group.name && stands(pair.centre->state)) {
          difference += pair.centre->amounts;
        }
        if (pair.till && pair.till->group == group.name && stands(pair.till->state)) difference -= pair.till->amounts;
      }
      RC_ASSERT(difference == group.total.difference());
    }
    RC_ASSERT(groups == found.all);

    Amounts differences;
    std::size_t till_lines = 0, centre_lines = 0;
    for (const Pair& pair : found.pairs) {
      differences += pair.difference;
      till_lines += pair.till ? 1 : 0;
      centre_lines += pair.centre ? 1 : 0;
      RC_ASSERT(pair.till.has_value() || pair.centre.has_value());
      if (!pair.kind) RC_ASSERT(pair.difference == Amounts{});
    }
    RC_ASSERT(differences == found.all.difference());
    RC_ASSERT(till_lines == ours.size());
    RC_ASSERT(centre_lines == theirs.size());
  }));
}

TEST_CASE("every difference has a sentence in both languages and a command that names what it is about") {
  CHECK(rc::check("repairs", [] {
    const auto ours = *rc::gen::container<std::vector<Line>>(any_line());
    const auto theirs = *rc::gen::container<std::vector<Line>>(any_line());
    const Place till{Desk::till, "/etc/gongjid.toml", "http://127.0.0.1:8471", ""};
    const Place centre{Desk::centre, "", "", "/var/centre"};
    for (const Pair& pair : compare(side(ours, 2), side(theirs)).pairs) {
      if (!pair.kind) continue;
      RC_ASSERT(!sentence_of(pair, Language::zh).empty());
      RC_ASSERT(!sentence_of(pair, Language::en).empty());
      for (const Place& place : {till, centre}) {
        const std::string command = command_of(pair, place);
        RC_ASSERT(!command.empty());
        RC_ASSERT(command.find('{') == std::string::npos || command.find("{\"opter\"") != std::string::npos);
      }
    }
  }));
}
