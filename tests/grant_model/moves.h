// moves.h — everything that can happen to a World, one step at a time.
//
// What a till writes is durable at once (one transaction).  A request is sent and heard in one step: what the till does
// while it is on its way could as well be done before the answer comes, since nothing at the centre sees it.  The
// answer may be lost, and one that brings something of the feed may come at any later time.  A till's clock may run one
// moment behind.
#pragma once

#include <functional>
#include <string>

#include "tests/grant_model/world.h"

namespace gongji::grant_model {

// How much of each may happen on one path.
struct TillBounds {
  int operations = operations_max;
  int grants = 1;           // 1 or 2, the second when the first is freed or of another life
  int starts = 0;           // after the first
  int extensions = 0;       // of its first grant: a later expiry
  int raises = 0;           // of the own account's limit in it
  int recalls = 0;          // of its first grant: 0 or 1
  bool owner_buys = false;  // the owner of the family account, on the reserve
};
struct Bounds {
  std::array<TillBounds, tills> till;
  bool backup = false;       // of till 0: taken once, restored once
  bool enrol_again = false;  // till 0, once; its old log may be brought in
  int others = 0;            // holds of other terminals
};

template <class Rules>
class Moves {
 public:
  // Calls `next(state, name)` for every state that one step leads to.
  template <class Next>
  static void each(const World& world, const Bounds& bounds, Next next) {
    const auto go = [&](const char* name, std::size_t which, auto change) {
      World after = world;
      after.found = Broken::nothing;
      if (!change(after)) return;
      tidy(after);
      next(after, name, which);
    };
    if (world.now < moment_max) go("time passes", 0, [](World& w) { return ++w.now, true; });
    for (std::size_t which = 0; which < tills; ++which) {
      const auto step = [&](const char* name, auto change) {
        go(name, which, [&](World& w) { return change(w, w.till[which], w.centre[which]); });
      };
      for (std::uint8_t behind = 0; behind <= (world.now > 0 ? 1 : 0); ++behind) {
        const auto clock = static_cast<std::uint8_t>(world.now - behind);
        if (world.till[which].operations < bounds.till[which].operations) {
          for (std::uint8_t number = 0; number < grants_a_till; ++number) {
            step("spends on the own account",
                 [=](World&, Till& t, Terminal& c) { return spend(t, c, number, own, clock); });
            step("spends on the family account",
                 [=](World&, Till& t, Terminal& c) { return spend(t, c, number, family, clock); });
          }
          step("cancels", [=](World&, Till& t, Terminal& c) { return cancel(t, c, clock); });
        }
        for (const Wish wish : {Wish::nothing, Wish::give, Wish::extend, Wish::raise, Wish::recall}) {
          step("asks", [=, &bounds](World& w, Till& t, Terminal& c) {
            return ask(w, t, c, bounds.till[which], clock, wish) &&
                   (t.journal.cursor < c.feed_length || read_answer(t, c));
          });
          step("asks, and the answer is lost", [=, &bounds](World& w, Till& t, Terminal& c) {
            return ask(w, t, c, bounds.till[which], clock, wish) && (t.answered = 0, true);
          });
        }
      }
      if (world.till[which].operations < bounds.till[which].operations) {
        // Without a grant; of interest where it makes another log of a restored one.
        step("sells for cash", [](World&, Till& t, Terminal&) {
          return t.branch != 0 && append(t, {Kind::cash, 0, 0, t.branch});
        });
        if (bounds.till[which].owner_buys) {
          step("sells to the owner on the reserve", [](World& w, Till& t, Terminal&) { return sell_on_reserve(w, t); });
        }
        step("gives its grants up", [](World&, Till& t, Terminal&) { return give_up(t); });
      }
      step("reads the answer", [](World&, Till& t, Terminal& c) { return read_answer(t, c); });
      if (world.till[which].starts < bounds.till[which].starts) {
        step("crashes and starts", [](World&, Till& t, Terminal&) { return ++t.starts, start(t), true; });
      }
      step("is silent for too long", [](World& w, Till&, Terminal& c) { return free_grants(w, c, nullptr); });
    }
    if (bounds.backup && world.has_backup == 0) {
      go("is backed up", 0, [](World& w) { return w.backup = w.till[0].journal, w.has_backup = 1, true; });
    }
    if (world.has_backup != 0 && world.restored == 0) go("is restored", 0, [](World& w) { return restore(w), true; });
    if (bounds.enrol_again && world.enrolled_again == 0) {
      go("is enrolled again", 0, [](World& w) { return enrol_again(w), true; });
    }
    if (world.enrolled_again != 0 && world.brought_in == 0) {
      go("its old log is brought in", 0, [](World& w) { return bring_in(w), true; });
    }
    if (world.others < bounds.others && world.available(own) > 0) {
      go("another terminal asks for a hold", 0, [](World& w) { return ++w.others, w.hold = 1, true; });
    }
    if (world.hold != 0) {
      go("the other terminal uses its hold", 0, [](World& w) { return w.hold = 0, --w.balance[own], true; });
      go("the other terminal releases its hold", 0, [](World& w) { return w.hold = 0, true; });
    }
  }

 private:
  // Forgets what nothing asks for any more, so that states that behave alike are one.
  static void tidy(World& world) {
    for (std::size_t which = 0; which < tills; ++which) {
      for (auto& grant : world.till[which].journal.grants) {
        if (grant.closed != 0) grant.used = {};
      }
      for (auto& grant : world.centre[which].grants) {
        if (grant.given != 0 && grant.live == 0) grant.used = grant.promised = {};
      }
    }
  }

  enum class Wish : std::uint8_t { nothing, give, extend, raise, recall };
  static constexpr WallTime moment(std::uint8_t at) { return {at}; }

  // ---- the till

  static void close(Till& till, WallTime told) {
    for (auto& grant : till.journal.grants) {
      if (grant.known == 0 || grant.closed != 0 || !Rules::must_close(grant.view(), till.life(), told)) continue;
      close(till, grant);
    }
  }
  static void close(const Till& till, TillGrant& grant) {
    grant.closed = 1;
    grant.closed_after = till.journal.log.length;
  }

  static bool append(Till& till, const Entry& entry) {
    Log& log = till.journal.log;
    if (log.length == operations_max) return false;
    ++till.operations;
    log.entries[log.length++] = entry;
    return true;
  }

  static bool spend(Till& till, Terminal& terminal, std::uint8_t number, int account, std::uint8_t clock) {
    const auto index = static_cast<std::size_t>(account);
    TillGrant& grant = till.journal.grants[number];
    if (grant.known == 0 || !Rules::may_spend(grant.view(), till.life(), moment(clock))) return false;
    if (grant.used[index] >= grant.limit[index]) return false;
    const Kind kind = account == own ? Kind::own_share : Kind::family_share;
    // When exactly it was in time makes no difference.
    const std::uint8_t at = clock < grant.expires ? 0 : clock;
    if (!append(till, {kind, at, number, till.branch})) return false;
    ++grant.used[index];
    ++terminal.grants[number].promised[index];
    return true;
  }

  // What live grants here set aside of the family account.
  static int family_aside(const Till& till) {
    int aside = 0;
    for (const auto& grant : till.journal.grants) {
      const bool live = grant.known != 0 && Rules::may_spend(grant.view(), till.life(), WallTime{-1});
      if (live) aside += grant.limit[family] - grant.used[family];
    }
    return aside;
  }

  // As far as this till knows there is still something: it knows the balance of the beginning and its own entries.
  static bool sell_on_reserve(World& world, Till& till) {
    const Log& log = till.journal.log;
    int rest = World{}.balance[family];
    for (std::uint8_t i = 0; i < log.length; ++i) {
      const Kind kind = log.entries[i].kind;
      if (kind == Kind::family_share || kind == Kind::reserve_share) --rest;
      if (kind == Kind::cancel && log.entries[i - 1u].kind == Kind::family_share) ++rest;
    }
    if (rest < 1 || log.length == operations_max) return false;
    for (auto& grant : till.journal.grants) {
      const int aside = family_aside(till);
      if (!Rules::must_give_up(Money::fen(rest - 1), Money::fen(aside))) break;
      if (grant.known != 0 && grant.closed == 0 && grant.used[family] < grant.limit[family]) close(till, grant);
    }
    if (family_aside(till) > rest - 1) world.found = Broken::promised_twice;
    return append(till, {Kind::reserve_share, 0, 0, till.branch});
  }

  // Of the entry just before; value returns to the grant where that is allowed.
  static bool cancel(Till& till, Terminal& terminal, std::uint8_t clock) {
    const Log& log = till.journal.log;
    if (log.length == 0) return false;
    const Entry sale = log.entries[log.length - 1u];
    if (sale.kind != Kind::own_share && sale.kind != Kind::family_share) return false;
    const std::size_t account = sale.kind == Kind::own_share ? own : family;
    TillGrant& grant = till.journal.grants[sale.grant];
    const bool returns = grant.known != 0 && Rules::may_return(grant.view(), till.life(), moment(clock));
    if (!append(till, {Kind::cancel, 0, sale.grant, till.branch})) return false;
    if (returns) --grant.used[account];
    // A restored till may cancel what was cancelled before.
    std::uint8_t& promised = terminal.grants[sale.grant].promised[account];
    if (promised > 0) --promised;
    return true;
  }

  static bool give_up(Till& till) {
    bool any = false;
    for (auto& grant : till.journal.grants) {
      if (grant.known == 0 || grant.closed != 0) continue;
      close(till, grant);
      any = true;
    }
    if (any) ++till.operations;
    return any;
  }

  static bool read_answer(Till& till, const Terminal& terminal) {
    if (till.answered == 0) return false;
    till.answered = 0;
    Journal& journal = till.journal;
    if (terminal.log.length > journal.acknowledged) journal.acknowledged = terminal.log.length;
    for (; journal.cursor < terminal.feed_length; ++journal.cursor) {
      const FeedItem& item = terminal.feed[journal.cursor];
      const CentreGrant& given = terminal.grants[item.grant];
      TillGrant& grant = journal.grants[item.grant];
      if (item.recall != 0) {
        if (grant.known != 0 && grant.closed == 0) close(till, grant);
      } else if (grant.known == 0) {
        grant = {1, given.epoch, given.run, 0, item.expires, 0, item.limit, {}};
        if (Rules::must_close(grant.view(), till.life(), WallTime{-1})) close(till, grant);
      } else if (Rules::may_extend(grant.view())) {
        grant.expires = item.expires;
        grant.limit = item.limit;
        grant.closed = 0;
      }
    }
    return true;
  }

  static void start(Till& till) {
    till.answered = 0;
    if (!Rules::start_is_new_run()) return;
    ++till.run;
    close(till, WallTime{-1});
  }

  static void restore(World& world) {
    Till& till = world.till[0];
    world.restored = 1;
    till.journal = world.backup;
    till.branch = 1;
    start(till);
  }

  // A new journal; whoever copies the grants of the old one into it gains nothing.
  static void enrol_again(World& world) {
    Till& till = world.till[0];
    Terminal& terminal = world.centre[0];
    world.enrolled_again = 1;
    terminal.old_received = terminal.log;
    terminal.old_paid = terminal.paid;
    terminal.old_log = till.journal.log;
    ++terminal.epoch;
    terminal.log = {};
    terminal.paid = {};
    terminal.quarantined = 0;
    terminal.feed_length = 0;
    terminal.feed = {};
    ++till.epoch;
    till.journal.log = {};
    till.journal.acknowledged = till.journal.cursor = 0;
    till.answered = 0;
    for (auto& grant : till.journal.grants) grant.closed_after = 0;
    world.has_backup = 1;  // a backup of the old epoch is of no use any more
    world.restored = 1;
  }

  // ---- the centre

  static bool same(const Entry& a, const Entry& b) {
    return a.kind == b.kind && a.at == b.at && a.grant == b.grant && a.branch == b.branch;
  }
  static bool begins_with(const Log& log, const Log& start, std::uint8_t count) {
    for (std::uint8_t i = 0; i < count; ++i) {
      if (!same(log.entries[i], start.entries[i])) return false;
    }
    return true;
  }

  // The till closes what has expired and sends one entry at a time, so that the rest of the log can be behind what it
  // tells of its grants.
  static bool ask(World& world, Till& till, Terminal& terminal, const TillBounds& bounds, std::uint8_t clock,
                  Wish wish) {
    close(till, moment(clock));
    till.answered = 0;
    const Journal& journal = till.journal;
    const std::uint8_t from = journal.acknowledged;
    const auto upto = static_cast<std::uint8_t>(journal.log.length > from ? from + 1 : from);
    if (terminal.quarantined != 0) return wish == Wish::nothing;
    Log& log = terminal.log;
    const std::uint8_t common = upto < log.length ? upto : log.length;
    if (from > log.length || (from == upto && from < log.length) || !begins_with(journal.log, log, common)) {
      terminal.quarantined = 1;
      return wish == Wish::nothing;
    }
    while (log.length < upto) {
      if (Rules::frees_before_booking()) free_grants(world, terminal, &journal);
      log.entries[log.length] = journal.log.entries[log.length];
      book(world, terminal, terminal.epoch, log, terminal.paid, log.length);
      if (log.entries[log.length].kind == Kind::reserve_share && terminal.paid[log.length] == 0) {
        in_its_own_way(world, terminal, journal, log.length);
      }
      ++log.length;
    }
    free_grants(world, terminal, &journal);
    if (wish == Wish::give && !give(world, terminal, bounds, till.run)) return false;
    if (wish == Wish::extend && !extend(terminal, bounds)) return false;
    if (wish == Wish::raise && !raise(world, terminal, bounds)) return false;
    if (wish == Wish::recall && !recall(world, terminal, bounds)) return false;
    till.answered = 1;
    return true;
  }

  static void book(World& world, Terminal& terminal, std::uint32_t epoch, const Log& log,
                   std::array<std::uint8_t, operations_max>& paid, std::uint8_t place) {
    const Entry& entry = log.entries[place];
    CentreGrant& grant = terminal.grants[entry.grant];
    if (entry.kind == Kind::own_share || entry.kind == Kind::family_share) {
      const int account = entry.kind == Kind::own_share ? own : family;
      const auto index = static_cast<std::size_t>(account);
      if (Rules::may_book(grant.view(), epoch, moment(entry.at), Money::fen(1), Money::fen(grant.left(account)))) {
        ++grant.used[index];
        --world.set_aside[index];
        --world.balance[index];
        paid[place] = 1;
      } else if (moment(world.now) < moment(grant.expires).plus(late)) {
        world.found = Broken::guarantee_broken;
      }  // else it is late: at the site's risk
    }
    // Provisional: whatever a till promised, what is set aside is not touched, and somebody else bears the rest.
    if (entry.kind == Kind::reserve_share && world.available(family) > 0) {
      --world.balance[family];
      paid[place] = 1;
    }
    if (entry.kind == Kind::cancel && paid[place - 1u] != 0) {
      const std::size_t index = log.entries[place - 1u].kind == Kind::own_share ? own : family;
      ++world.balance[index];
      if (grant.live != 0) {
        --grant.used[index];
        ++world.set_aside[index];
      }
    }
  }

  // Nothing was left for an entry on the reserve, but would have been without what the till gave up before it.
  static void in_its_own_way(World& world, const Terminal& terminal, const Journal& journal, std::uint8_t place) {
    for (std::size_t number = 0; number < grants_a_till; ++number) {
      const TillGrant& there = journal.grants[number];
      const CentreGrant& grant = terminal.grants[number];
      const bool given_up = there.known != 0 && there.closed != 0 && there.closed_after <= place;
      if (given_up && grant.epoch == terminal.epoch && grant.left(family) > 0) world.found = Broken::given_up_in_vain;
    }
  }

  // True where something was freed.  `told`: by this journal, of its closed grants; nullptr: nothing was.
  static bool free_grants(World& world, Terminal& terminal, const Journal* told) {
    const record::LogAtCentre log{terminal.epoch, terminal.log.length};
    bool any = false;
    for (std::size_t number = 0; number < grants_a_till; ++number) {
      CentreGrant& grant = terminal.grants[number];
      if (grant.given == 0) continue;
      std::optional<std::uint64_t> after;
      if (told != nullptr && told->grants[number].closed != 0) after = told->grants[number].closed_after;
      if (!Rules::may_free(grant.view(), log, after, moment(world.now), late)) continue;
      for (std::size_t account = 0; account < accounts; ++account) {
        world.set_aside[account] =
            static_cast<std::int8_t>(world.set_aside[account] - (grant.limit[account] - grant.used[account]));
      }
      grant.live = 0;
      grant.freed_late = moment(world.now) >= moment(grant.expires).plus(late) ? 1 : 0;
      any = true;
    }
    return any;
  }

  static void tell(Terminal& terminal, std::size_t number) {
    const CentreGrant& grant = terminal.grants[number];
    terminal.feed[terminal.feed_length++] = {static_cast<std::uint8_t>(number), 0, grant.expires, grant.limit};
  }

  static bool give(World& world, Terminal& terminal, const TillBounds& bounds, std::uint8_t run) {
    for (std::size_t number = 0; number < static_cast<std::size_t>(bounds.grants); ++number) {
      CentreGrant& grant = terminal.grants[number];
      if (grant.given != 0) {
        if (grant.live != 0 && grant.epoch == terminal.epoch && grant.run == run) return false;  // one at a time
        continue;
      }
      if (terminal.feed_length == terminal.feed.size() || world.now >= moment_max - 1) return false;
      const std::array<std::uint8_t, accounts> wanted{static_cast<std::uint8_t>(number == 0 ? 2 : 1), 1};
      bool any = false;
      for (int account = 0; account < accounts; ++account) {
        const auto index = static_cast<std::size_t>(account);
        const std::uint8_t there = world.available(account);
        std::uint8_t share = wanted[index] < there ? wanted[index] : there;
        if (share == 0) share = 1;
        if (!Rules::may_issue(Money::fen(share), Money::fen(there))) continue;
        grant.limit[index] = share;
        world.set_aside[index] = static_cast<std::int8_t>(world.set_aside[index] + share);
        any = true;
      }
      if (!any) return false;
      grant.given = grant.live = 1;
      grant.epoch = terminal.epoch;
      grant.run = run;
      grant.expires = static_cast<std::uint8_t>(world.now + 1);
      tell(terminal, number);
      return true;
    }
    return false;
  }

  // How often the first grant was told to have changed so; -1: it was not told yet.
  template <class Changed>
  static int told_again(const Terminal& terminal, Changed changed) {
    int told = -1;
    const FeedItem* before = nullptr;
    for (std::uint8_t i = 0; i < terminal.feed_length; ++i) {
      const FeedItem& item = terminal.feed[i];
      if (item.grant != 0 || item.recall != 0) continue;
      if (before == nullptr || changed(*before, item)) ++told;
      before = &item;
    }
    return told;
  }

  static bool may_change(const Terminal& terminal) {
    const CentreGrant& grant = terminal.grants[0];
    return grant.live != 0 && grant.recalled == 0 && grant.epoch == terminal.epoch &&
           terminal.feed_length < terminal.feed.size();
  }

  static bool extend(Terminal& terminal, const TillBounds& bounds) {
    if (!may_change(terminal)) return false;
    const int told = told_again(terminal, [](const auto& was, const auto& is) { return is.expires != was.expires; });
    if (told < 0 || told >= bounds.extensions) return false;
    ++terminal.grants[0].expires;
    tell(terminal, 0);
    return true;
  }

  // More of the own account is set aside under the same grant.
  static bool raise(World& world, Terminal& terminal, const TillBounds& bounds) {
    if (!may_change(terminal)) return false;
    const int told = told_again(terminal, [](const auto& was, const auto& is) { return is.limit != was.limit; });
    if (told < 0 || told >= bounds.raises) return false;
    if (!Rules::may_issue(Money::fen(1), Money::fen(world.available(own)))) return false;
    ++terminal.grants[0].limit[own];
    ++world.set_aside[own];
    tell(terminal, 0);
    return true;
  }

  // The centre asks for the first grant back.
  static bool recall(World& world, Terminal& terminal, const TillBounds& bounds) {
    CentreGrant& grant = terminal.grants[0];
    if (bounds.recalls == 0 || grant.recalled != 0 || !may_change(terminal)) return false;
    grant.recalled = 1;
    terminal.feed[terminal.feed_length++] = {0, 1, 0, {}};
    if (Rules::recall_frees()) {
      for (std::size_t account = 0; account < accounts; ++account) {
        world.set_aside[account] =
            static_cast<std::int8_t>(world.set_aside[account] - (grant.limit[account] - grant.used[account]));
      }
      grant.live = 0;
    }
    return true;
  }

  // What the old disk still had, where it continues what had come.
  static void bring_in(World& world) {
    Terminal& terminal = world.centre[0];
    world.brought_in = 1;
    Log& had = terminal.old_received;
    const Log& rest = terminal.old_log;
    if (rest.length < had.length || !begins_with(rest, had, had.length)) return;
    while (had.length < rest.length) {
      had.entries[had.length] = rest.entries[had.length];
      book(world, terminal, terminal.epoch - 1u, had, terminal.old_paid, had.length);
      ++had.length;
    }
  }
};

}  // namespace gongji::grant_model
