// Random sales, cancels, repeats, fallen lines, turned clocks, restarts and power cuts at two shops, against what must
// hold whatever happens (world.h).
//
//   RC_PARAMS="seed=7 max_success=1000" test-state_machine
#include <rapidcheck.h>
#include <rapidcheck/state.h>
#include <catch2/catch.hpp>

#include <spdlog/spdlog.h>
#include <cstdlib>
#include <iostream>

#include "tests/state_machine/world.h"

namespace gongji::tests {

namespace {

// What commands need to know of the past.
struct Past {
  std::size_t wishes = 0;
};

using Command = rc::state::Command<Past, World>;

Wish any_wish() {
  Wish wish;
  wish.shop = *rc::gen::inRange<std::size_t>(0, shop_count);
  wish.person = *rc::gen::inRange<std::size_t>(0, person_count);
  wish.fen = *rc::gen::oneOf(rc::gen::inRange<std::int64_t>(1, 6'000), rc::gen::inRange<std::int64_t>(1, 150'000));
  wish.accounts = *rc::gen::element(settlement::AccountUse::none, settlement::AccountUse::own,
                                    settlement::AccountUse::family, settlement::AccountUse::family);
  return wish;
}

struct Sell : Command {
  Wish wish = any_wish();
  void apply(Past& past) const override { ++past.wishes; }
  void run(const Past&, World& world) const override { world.sell(wish); }
  void show(std::ostream& out) const override { out << "sell: " << wish; }
};

struct SellWhilePowerGoes : Command {
  Wish wish = any_wish();
  int operations = *rc::gen::inRange(0, 60);
  void apply(Past& past) const override { ++past.wishes; }
  void run(const Past&, World& world) const override { world.cut_power_while_selling(wish, operations); }
  void show(std::ostream& out) const override {
    out << "sell: " << wish << ", the power goes after " << operations << " operations";
  }
};

struct AskAgain : Command {
  std::size_t which = *rc::gen::inRange<std::size_t>(0, 1'000);
  void checkPreconditions(const Past& past) const override { RC_PRE(past.wishes > 0U); }
  void run(const Past&, World& world) const override { world.ask_again(which); }
  void show(std::ostream& out) const override { out << "ask again: " << which; }
};

struct Cancel : Command {
  std::size_t which = *rc::gen::inRange<std::size_t>(0, 1'000);
  void checkPreconditions(const Past& past) const override { RC_PRE(past.wishes > 0U); }
  void run(const Past&, World& world) const override { world.cancel(which); }
  void show(std::ostream& out) const override { out << "cancel: " << which; }
};

struct SetLine : Command {
  std::size_t shop = *rc::gen::inRange<std::size_t>(0, shop_count);
  Line line = *rc::gen::element(Line::up, Line::down, Line::down, Line::one_way);
  void run(const Past&, World& world) const override { world.set_line(shop, line); }
  void show(std::ostream& out) const override { out << "line of shop " << shop << ": " << static_cast<int>(line); }
};

struct Wait : Command {
  int minutes = *rc::gen::element(1, 1, 30, 6 * 60, 13 * 60, 80 * 60);
  void run(const Past&, World& world) const override { world.wait(std::chrono::minutes(minutes)); }
  void show(std::ostream& out) const override { out << "wait " << minutes << " min"; }
};

struct TurnClock : Command {
  std::size_t shop = *rc::gen::inRange<std::size_t>(0, shop_count);
  int hours = *rc::gen::element(-24 * 400, -30, -1, 0, 0, 1, 8, 70, 100, 24 * 400);
  void run(const Past&, World& world) const override { world.turn_clock(shop, std::chrono::hours(hours)); }
  void show(std::ostream& out) const override { out << "clock of shop " << shop << " ahead " << hours << " h"; }
};

struct KillBattery : Command {
  std::size_t shop = *rc::gen::inRange<std::size_t>(0, shop_count);
  void run(const Past&, World& world) const override { world.kill_battery(shop); }
  void show(std::ostream& out) const override { out << "battery of shop " << shop << " dead: 1970"; }
};

struct Restart : Command {
  std::size_t shop = *rc::gen::inRange<std::size_t>(0, shop_count);
  void run(const Past&, World& world) const override { world.restart(shop); }
  void show(std::ostream& out) const override { out << "restart shop " << shop; }
};

struct CutPower : Command {
  std::size_t shop = *rc::gen::inRange<std::size_t>(0, shop_count);
  void run(const Past&, World& world) const override { world.cut_power(shop); }
  void show(std::ostream& out) const override { out << "power cut at shop " << shop; }
};

}  // namespace

TEST_CASE("whatever shops, lines, clocks and power do, nothing answered is lost and the books agree") {
  spdlog::set_level(spdlog::level::off);
  setenv("RC_PARAMS", "seed=20261122 max_success=40 max_size=80", 0);
  World::Seen all;
  std::size_t wishes = 0;
  CHECK(rc::check([&] {
    const auto commands = *rc::state::gen::commands(
        Past{}, rc::state::gen::execOneOfWithArgs<Sell, Sell, Sell, Sell, SellWhilePowerGoes, AskAgain, Cancel, SetLine,
                                                  SetLine, Wait, TurnClock, KillBattery, Restart, CutPower>());
    World world;
    rc::state::runAll(commands, Past{}, world);
    world.finish();
    wishes += world.wishes();
    const auto& seen = world.seen();
    all.guaranteed_on_hold += seen.guaranteed_on_hold;
    all.guaranteed_on_grant += seen.guaranteed_on_grant;
    all.provisional += seen.provisional;
    all.cash += seen.cash;
    all.papers += seen.papers;
    all.cancels += seen.cancels;
    all.unanswered += seen.unanswered;
    all.power_cuts += seen.power_cuts;
    all.untrusted += seen.untrusted;
  }));
  std::cout << "state machine: " << wishes << " sales asked for, guaranteed on a hold " << all.guaranteed_on_hold
            << ", on a grant " << all.guaranteed_on_grant << ", provisional " << all.provisional << ", cash "
            << all.cash << ", papers " << all.papers << " (clock not trusted " << all.untrusted << "), cancels "
            << all.cancels << ", unanswered at first " << all.unanswered << ", power cuts " << all.power_cuts
            << std::endl;
  // A run that never reaches a case shows nothing about it.
  CHECK(all.guaranteed_on_hold > 0);
  CHECK(all.guaranteed_on_grant > 0);
  CHECK(all.provisional > 0);
  CHECK(all.papers > 0);
  CHECK(all.untrusted > 0);
  CHECK(all.cancels > 0);
  CHECK(all.unanswered > 0);
}

}  // namespace gongji::tests
