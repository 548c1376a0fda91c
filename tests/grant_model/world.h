// world.h — two tills, a centre, and one person with an own and a family account, as small as they can be.
//
// Amounts are single units, moments are 0, 1, 2, …; a grant that is given at moment t expires at t + 1, and the last
// day for late entries is one moment later.  A World is a few dozen bytes without padding, so that states can be
// compared and hashed as bytes.  What happens to it is in moves.h; what must hold in every state is in World::broken.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>

#include "offline/record/grant_rules.h"

namespace gongji::grant_model {

inline constexpr int tills = 2, grants_a_till = 2, operations_max = 3, accounts = 2;
inline constexpr int own = 0, family = 1;
inline constexpr std::uint8_t moment_max = 3;
inline constexpr std::chrono::milliseconds late{1};

// reserve_share: the owner of the family account buys here, without a grant.
enum class Kind : std::uint8_t { none, own_share, family_share, cash, cancel, reserve_share };

// One entry of a log.  `branch` tells the entries that followed a restored backup from those that it lost: real entries
// differ by their salt.
struct Entry {
  Kind kind = Kind::none;
  std::uint8_t at = 0, grant = 0, branch = 0;
};

struct Log {
  std::array<Entry, operations_max> entries;
  std::uint8_t length = 0;
};

struct TillGrant {
  std::uint8_t known = 0, epoch = 0, run = 0, closed = 0, expires = 0, closed_after = 0;
  std::array<std::uint8_t, accounts> limit{}, used{};

  record::GrantAtTill view() const { return {{epoch, run}, closed != 0, {expires}}; }
};

// What stands in the file, and so in a backup of it.
struct Journal {
  Log log;
  std::uint8_t acknowledged = 0, cursor = 0;
  std::array<TillGrant, grants_a_till> grants;
};

struct Till {
  Journal journal;
  std::uint8_t epoch = 1, run = 0, operations = 0, starts = 0, branch = 0;
  // An answer is on its way: what the centre has and the whole feed.  Neither changes until the till asks again.
  std::uint8_t answered = 0;

  record::JournalLife life() const { return {epoch, run}; }
};

struct CentreGrant {
  std::uint8_t given = 0, live = 0, epoch = 0, run = 0, expires = 0, freed_late = 0, recalled = 0;
  std::array<std::uint8_t, accounts> limit{}, used{};
  std::array<std::uint8_t, accounts> promised{};  // at the counter, whether or not the log still knows

  std::uint8_t left(int account) const {
    const auto index = static_cast<std::size_t>(account);
    return live != 0 ? static_cast<std::uint8_t>(limit[index] - used[index]) : std::uint8_t{0};
  }
  record::GrantAtCentre view() const { return {epoch, live != 0, {expires}}; }
};

struct FeedItem {
  std::uint8_t grant = 0, recall = 0, expires = 0;  // a recall has neither expiry nor limits
  std::array<std::uint8_t, accounts> limit{};
};

// What the centre knows of one terminal.
struct Terminal {
  Log log;                                          // of this epoch, as received
  std::array<std::uint8_t, operations_max> paid{};  // whether the entry's share was paid out of its grant
  std::uint8_t epoch = 1, quarantined = 0, feed_length = 0;
  std::array<FeedItem, 4> feed;
  std::array<CentreGrant, grants_a_till> grants;
  // The log of the epoch before: what had come, and what lay on the till's disk.
  Log old_received, old_log;
  std::array<std::uint8_t, operations_max> old_paid{};
};

enum class Broken : std::uint8_t {
  nothing,
  overdrawn,            // an account below zero
  promised_too_much,    // live grants and holds exceed the balance
  promised_twice,       // a till sold on the reserve what its own live grants set aside
  given_up_in_vain,     // and what it gave up for that sale was in its way at the centre all the same
  spent_twice,          // more was promised at the counter than the grant holds
  guarantee_broken,     // an entry on a grant found nothing set aside for it, and was not late
  freed_too_early,      // what the centre freed on the log's word can still be spent
  set_aside_miscounted  // what is set aside is not the sum of what is left
};

struct World {
  std::uint8_t now = 0;
  std::array<std::int8_t, accounts> balance{3, 1};
  std::array<std::int8_t, accounts> set_aside{};  // counted along, as a ledger would
  std::uint8_t hold = 0;                          // of another terminal, on the own account
  std::uint8_t others = 0;                        // what other terminals have asked for so far
  std::array<Till, tills> till;
  std::array<Terminal, tills> centre;
  Journal backup;  // of till 0
  std::uint8_t has_backup = 0, restored = 0, enrolled_again = 0, brought_in = 0;
  Broken found = Broken::nothing;  // by the last move

  std::uint8_t available(int account) const {
    const auto index = static_cast<std::size_t>(account);
    const int held = account == own ? hold : 0;
    const int rest = balance[index] - set_aside[index] - held;
    return static_cast<std::uint8_t>(rest < 0 ? 0 : rest);
  }
};
static_assert(std::has_unique_object_representations_v<World>, "padding would make equal states look different");

// What does not hold in this state.
template <class Rules>
Broken broken(const World& world) {
  if (world.found != Broken::nothing) return world.found;
  for (int account = 0; account < accounts; ++account) {
    const auto index = static_cast<std::size_t>(account);
    int left = 0;
    for (const auto& terminal : world.centre) {
      for (const auto& grant : terminal.grants) left += grant.left(account);
    }
    if (world.balance[index] < 0) return Broken::overdrawn;
    if (left + (account == own ? world.hold : 0) > world.balance[index]) return Broken::promised_too_much;
    if (left != world.set_aside[index]) return Broken::set_aside_miscounted;
  }
  for (std::size_t which = 0; which < tills; ++which) {
    const Till& till = world.till[which];
    for (std::size_t number = 0; number < grants_a_till; ++number) {
      const CentreGrant& grant = world.centre[which].grants[number];
      for (std::size_t account = 0; account < accounts; ++account) {
        if (grant.promised[account] > grant.limit[account]) return Broken::spent_twice;
      }
      if (grant.given == 0 || grant.live != 0 || grant.freed_late != 0) continue;
      const TillGrant& there = till.journal.grants[number];
      // With a clock that stands still or runs behind.
      if (there.known != 0 && Rules::may_spend(there.view(), till.life(), WallTime{0})) return Broken::freed_too_early;
    }
  }
  return Broken::nothing;
}

}  // namespace gongji::grant_model
