// hold_model.h — one till with several desks, its centre, and one account of three units, as small as they can be.
//
// Sales ask for holds, go ahead without them, give them up; another desk sells on the reserve meanwhile; the process is
// killed and starts again; questions, syncs and answers are late, overtaken or lost; somebody else takes money
// elsewhere. What must hold: a sale on a hold is paid in full, promises never exceed the balance, and where nobody else
// took anything, no sale is cut for a hold that nobody will use.  The last but for sales in a part of a log or in what
// a process sent just before it was killed, when holds of it may still be meant, and after a second kill, because an
// opening that wrote nothing cannot be told from the one behind it.
#pragma once

#include <array>
#include <cstdint>
#include <type_traits>

#include "offline/record/hold_rules.h"

namespace gongji::hold_model {

inline constexpr std::size_t holds = 2, entries_max = 3;

struct Rules {
  static constexpr bool is_earlier(const record::Opening& one, const record::Opening& here, std::uint64_t written) {
    return record::is_earlier(one, here, written);
  }
  static constexpr bool has_all_before(const record::Opening& here, std::uint64_t last) {
    return record::has_all_before(here, last);
  }
  // A sale on the reserve takes nothing of what its own till's holds set aside.
  static constexpr bool heeds_own_holds() { return true; }
  // A hold whose sale comes with the sync and is not backed by it is freed before.
  static constexpr bool looks_ahead() { return true; }
  // What the till gives up is freed before the entries that came behind.
  static constexpr bool frees_before_booking() { return true; }
  // What the till gave up goes along with the next question, too.
  static constexpr bool gives_back_at_once() { return true; }
  // A desk does not promise what a sale at another desk has asked for.
  static constexpr bool desks_heed_each_other() { return true; }
};

struct Entry {
  std::uint8_t amount = 0;   // 0: none
  std::uint8_t on_hold = 0;  // else on the reserve
  std::uint8_t sale = 0;     // hold that it asked for, + 1; 0: it asked for none
};

enum class Asked : std::uint8_t { no, waits, has, ended };

struct Till {
  std::uint8_t run = 1, from = 1;
  std::array<Entry, entries_max> log;
  std::uint8_t length = 0, acknowledged = 0;
  std::uint8_t known = 3, applied = 0;  // the balance as last told, and the entries that it contains
  std::array<Asked, holds> asked{};     // by this process; `ended` also of one that was killed
  std::array<std::uint8_t, holds> amount{};
  std::uint8_t releases = 0;  // bits of holds, told until a sync that told them was answered
};

struct Question {
  std::uint8_t under_way = 0, amount = 0, run = 0, from = 0, releases = 0;
};
struct Sync {
  std::uint8_t under_way = 0, from = 0, count = 0, run = 0, run_from = 0, releases = 0;
};

enum class State : std::uint8_t { none, live, used, freed };
struct Hold {
  State state = State::none;
  std::uint8_t amount = 0, run = 0, from = 0;
};

enum class Broken : std::uint8_t { nothing, guarantee_broken, promised_too_much, cut_for_nothing };

struct World {
  std::uint8_t balance = 3, last = 0;  // last entry that is booked
  std::array<Hold, holds> hold;
  std::uint8_t others = 0;  // units that were taken elsewhere
  std::uint8_t parts = 0;   // a sync did not take all that there was
  std::uint8_t kills = 0;
  Till till;
  std::array<Question, holds> question;
  std::array<Sync, 2> sync;  // of this process; of one that was killed
  Broken found = Broken::nothing;

  std::uint8_t set_aside() const {
    std::uint8_t sum = 0;
    for (const Hold& each : hold) sum = static_cast<std::uint8_t>(sum + (each.state == State::live ? each.amount : 0));
    return sum;
  }
};
static_assert(std::has_unique_object_representations_v<World>, "padding would make equal states look different");

struct Bounds {
  std::uint8_t kills = 2, others = 1;
  bool parts = true;
};

template <class Rules>
class Moves {
 public:
  // Calls `next(state, name)` for every state that one step leads to.
  template <class Next>
  static void each(const World& world, const Bounds& bounds, Next next) {
    const auto go = [&](const char* name, auto change) {
      World after = world;
      if (change(after)) next(after, name);
    };
    for (std::size_t which = 0; which < holds; ++which) {
      go("a sale asks for a hold", [=](World& w) { return ask(w, which); });
      go("the question arrives", [=](World& w) { return question_arrives(w, which); });
      go("the question is lost",
         [=](World& w) { return w.question[which].under_way != 0 && (w.question[which] = {}, true); });
      go("the till hears that it has the hold", [=](World& w) {
        return w.till.asked[which] == Asked::waits && w.hold[which].state == State::live &&
               w.hold[which].run == w.till.run && (w.till.asked[which] = Asked::has, true);
      });
      go("the sale goes ahead on its hold", [=](World& w) { return sell_on_hold(w.till, which); });
      go("the sale goes ahead on the reserve", [=](World& w) {
        return w.till.asked[which] == Asked::waits && (w.till.asked[which] = Asked::ended, true) &&
               sell(w.till, w.till.amount[which], which + 1);
      });
      go("the sale is given up",
         [=](World& w) { return w.till.asked[which] == Asked::has && (give_up(w.till, which), true); });
    }
    for (const std::uint8_t amount : {std::uint8_t{1}, std::uint8_t{2}}) {
      go("another desk sells on the reserve", [=](World& w) { return sell(w.till, amount, 0); });
    }
    go("all that there is goes up", [](World& w) { return send(w, entries_max); });
    if (bounds.parts) go("a part of it goes up", [](World& w) { return send(w, 1); });
    go("what went up is answered", [](World& w) { return arrives(w, 0, true); });
    go("what went up is booked, and the answer is lost", [](World& w) { return arrives(w, 0, false); });
    go("what went up is lost", [](World& w) { return w.sync[0].under_way != 0 && (w.sync[0] = {}, true); });
    go("what a killed process sent arrives", [](World& w) { return arrives(w, 1, false); });
    if (world.kills < bounds.kills) {
      go("it is killed, and starts again", [](World& w) { return restart(w), true; });
    }
    if (world.others < bounds.others && world.balance > world.set_aside()) {
      go("somebody buys elsewhere", [](World& w) { return ++w.others, --w.balance, true; });
    }
  }

 private:
  // ---- the till

  // What is left of the account as it knows, but for what sales in this process have asked for.
  static int left(const Till& till) {
    int rest = till.known;
    for (std::size_t seq = till.applied; seq < till.length; ++seq) rest -= till.log[seq].amount;
    for (std::size_t which = 0; which < holds; ++which) {
      const bool asked = till.asked[which] == Asked::waits || till.asked[which] == Asked::has;
      if (asked && Rules::desks_heed_each_other()) rest -= till.amount[which];
    }
    return rest < 0 ? 0 : rest;
  }
  static bool append(Till& till, const Entry& entry) {
    if (till.length == entries_max || entry.amount == 0) return false;
    till.log[till.length++] = entry;
    return true;
  }
  static bool sell(Till& till, std::uint8_t wanted, std::size_t sale) {
    const int rest = left(till);
    const auto amount = static_cast<std::uint8_t>(rest < wanted ? rest : wanted);
    return append(till, {amount, 0, static_cast<std::uint8_t>(sale)});
  }
  static void give_up(Till& till, std::size_t which) {
    till.asked[which] = Asked::ended;
    till.releases = static_cast<std::uint8_t>(till.releases | 1U << which);
  }
  // Asks who it is first: the balance is what the centre knows now.
  static bool ask(World& world, std::size_t which) {
    Till& till = world.till;
    if (till.asked[which] != Asked::no || (which > 0 && till.asked[which - 1] == Asked::no)) return false;
    till.known = world.balance;
    till.applied = world.last;
    const int rest = left(till);
    if (rest == 0) return false;
    till.amount[which] = static_cast<std::uint8_t>(rest < 2 ? rest : 2);
    till.asked[which] = Asked::waits;
    world.question[which] = {1, till.amount[which], till.run, till.from,
                             Rules::gives_back_at_once() ? till.releases : std::uint8_t{0}};
    return true;
  }
  static bool sell_on_hold(Till& till, std::size_t which) {
    if (till.asked[which] != Asked::has) return false;
    till.asked[which] = Asked::ended;
    if (left(till) < till.amount[which]) return give_up(till, which), true;  // the settlement moved
    return append(till, {till.amount[which], 1, static_cast<std::uint8_t>(which + 1)});
  }
  static bool send(World& world, std::size_t count_max) {
    const Till& till = world.till;
    const std::size_t there = static_cast<std::size_t>(till.length - till.acknowledged);
    if (world.sync[0].under_way != 0 || (count_max < entries_max && there <= count_max)) return false;
    const auto count = static_cast<std::uint8_t>(there < count_max ? there : count_max);
    if (count < there) world.parts = 1;
    world.sync[0] = {1, static_cast<std::uint8_t>(till.acknowledged + 1), count, till.run, till.from, till.releases};
    return true;
  }
  static void restart(World& world) {
    Till& till = world.till;
    for (Asked& asked : till.asked) {
      if (asked != Asked::no) asked = Asked::ended;
    }
    till.amount = {};
    till.releases = 0;
    ++till.run;
    till.from = static_cast<std::uint8_t>(till.length + 1);
    world.sync[1] = world.sync[0];
    world.sync[0] = {};
    ++world.kills;
  }

  // ---- the centre

  static bool question_arrives(World& world, std::size_t which) {
    const Question asks = world.question[which];
    if (asks.under_way == 0) return false;
    world.question[which] = {};
    if (world.hold[which].state != State::none) return true;
    for (std::size_t seq = 0; seq < world.last; ++seq) {
      if (world.till.log[seq].sale == which + 1) return true;  // sold without it
    }
    for (std::size_t other = 0; other < holds; ++other) {
      if ((asks.releases >> other & 1U) != 0 && world.hold[other].state == State::live) {
        world.hold[other].state = State::freed;
      }
    }
    const record::Opening here{asks.run, asks.from};
    if (Rules::has_all_before(here, world.last)) {
      for (Hold& each : world.hold) {
        if (each.state == State::live && Rules::is_earlier({each.run, each.from}, here, 0)) each.state = State::freed;
      }
    }
    if (asks.amount > world.balance - world.set_aside()) return true;
    world.hold[which] = {State::live, asks.amount, asks.run, asks.from};
    return true;
  }
  static bool arrives(World& world, std::size_t slot, bool answered) {
    const Sync sync = world.sync[slot];
    if (sync.under_way == 0) return false;
    world.sync[slot] = {};
    if (sync.from > world.last + 1 || (sync.count == 0 && sync.from <= world.last)) return true;
    const auto end = static_cast<std::uint8_t>(sync.from + sync.count - 1);
    if (Rules::frees_before_booking()) free_unused(world, sync, end);
    for (std::uint8_t seq = world.last; seq < end; ++seq) book(world, world.till.log[seq], slot == 0);
    if (end > world.last) world.last = end;
    if (!Rules::frees_before_booking()) free_unused(world, sync, end);
    if (world.set_aside() > world.balance && world.found == Broken::nothing) world.found = Broken::promised_too_much;
    if (!answered) return true;
    Till& till = world.till;
    if (end > till.acknowledged) till.acknowledged = end;
    till.releases = static_cast<std::uint8_t>(till.releases & ~sync.releases);
    list_open(world);
    return true;
  }
  static void free_unused(World& world, const Sync& sync, std::uint8_t end) {
    const record::Opening here{sync.run, sync.run_from};
    for (std::size_t which = 0; which < holds; ++which) {
      Hold& hold = world.hold[which];
      if (hold.state != State::live) continue;
      bool unused = (sync.releases >> which & 1U) != 0;
      const Entry* sale = nullptr;
      for (std::size_t seq = world.last; seq < end; ++seq) {
        if (world.till.log[seq].sale == which + 1) sale = &world.till.log[seq];
      }
      if (sale != nullptr && Rules::looks_ahead()) {
        unused = sale->on_hold == 0;
      } else {
        unused = unused || (Rules::is_earlier({hold.run, hold.from}, here, end) && Rules::has_all_before(here, end));
      }
      if (unused) hold.state = State::freed;
    }
  }
  static void book(World& world, const Entry& entry, bool in_time) {
    Hold* hold = entry.sale == 0 ? nullptr : &world.hold[entry.sale - 1];
    const bool live = hold != nullptr && hold->state == State::live;
    if (live) hold->state = entry.on_hold != 0 ? State::used : State::freed;
    const int kept = Rules::heeds_own_holds() ? world.set_aside() : 0;
    const int there = world.balance > kept ? world.balance - kept : 0;
    const int paid = entry.amount < there ? entry.amount : there;
    world.balance = static_cast<std::uint8_t>(world.balance - paid);
    if (paid == entry.amount && (entry.on_hold == 0 || live)) return;
    if (entry.on_hold != 0) world.found = Broken::guarantee_broken;
    if (entry.on_hold == 0 && in_time && world.others == 0 && world.parts == 0 && world.kills <= 1 &&
        world.found == Broken::nothing) {
      world.found = Broken::cut_for_nothing;
    }
  }
  // Everything is there and nothing is asked: what is open and not known to the till backs nothing.
  static void list_open(World& world) {
    Till& till = world.till;
    if (till.acknowledged != till.length) return;
    for (const Asked asked : till.asked) {
      if (asked == Asked::waits) return;
    }
    for (std::size_t which = 0; which < holds; ++which) {
      if (world.hold[which].state == State::live && till.asked[which] != Asked::has) {
        till.releases = static_cast<std::uint8_t>(till.releases | 1U << which);
      }
    }
  }
};

}  // namespace gongji::hold_model
