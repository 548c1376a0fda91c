// grant_rules.h — when a standing grant may be spent, extended, booked and freed.  Pure; any thread.
//
// A grant sets money aside at the centre for one life of one terminal's journal.  Two sides decide about it without
// asking each other: the till spends, the centre frees what was not spent.  The rules here are what makes that safe;
// till (offline/journal) and centre (sync/centre) both call them, and tests/grant_model visits every interleaving of
// two terminals under them.
//
// Time.  A till's clock may be wrong.  Nothing at the centre follows from time alone but the last day for late entries:
// what it frees before, it frees on the till's word that the grant is closed, and on the log up to that word.
#pragma once

#include <cstdint>
#include <optional>

#include "offline/base/clock.h"
#include "offline/base/money.h"

namespace gongji::record {

// One life of a journal: an epoch (one enrolment), and in it one run (from one opening of the file to the next).  What
// was handed out in an earlier run may have been spent in entries that a restored backup no longer has, so a grant is
// never spent in another run than the one that asked for it.
struct JournalLife {
  std::uint32_t epoch = 1;
  std::uint64_t run = 0;
  constexpr bool operator==(const JournalLife&) const = default;
};

// ---- at the till

struct GrantAtTill {
  JournalLife life;     // that it was given to
  bool closed = false;  // for good: given up, expired, or of another run
  WallTime expires;     // spent before this moment only
};

// A share within what is left of a grant may be promised on it.
constexpr bool may_spend(const GrantAtTill& grant, const JournalLife& here, WallTime now) {
  return !grant.closed && grant.life == here && now < grant.expires;
}

// A cancelled sale gives its value back to the grant, to be spent again, only while it could be spent.
constexpr bool may_return(const GrantAtTill& grant, const JournalLife& here, WallTime now) {
  return may_spend(grant, here, now);
}

// A moment that the till's clock or the centre has told closes what expires at or before it.  What is closed stays
// closed for good, whatever the clock says later: the centre may have been told.
constexpr bool must_close(const GrantAtTill& grant, const JournalLife& here, WallTime told) {
  return !(grant.life == here) || told >= grant.expires;
}

// Later expiry or higher limits for a grant that is here already.
constexpr bool may_extend(const GrantAtTill& grant) {
  return !grant.closed;
}

// A sale on the reserve leaves `rest` of an account, of which grants that live here, whoever's they are, have set
// `aside` so much: they are given up with it, until it is enough, so that the same money does not stand behind two
// promises of one till.
constexpr bool must_give_up(Money rest, Money aside) {
  return aside > rest;
}

// ---- at the centre

struct GrantAtCentre {
  std::uint32_t epoch = 1;
  bool live = false;  // set aside and not freed
  WallTime expires;
};

// What the centre has of a terminal's log, without gaps.
struct LogAtCentre {
  std::uint32_t epoch = 1;
  std::uint64_t last_seq = 0;
};

// What is left of a grant becomes free when no entry that is still to come can use it: the till has closed it, and
// every entry up to then is here (`closed_after`: the last entry of the log when it was closed).  Expiry alone frees
// nothing: the till may have sold on it and lost its line.  Only what is silent until the last day for late entries is
// given up; an entry that comes after it is at the site's risk.  A new epoch frees nothing either: the old log may
// still be brought in.  And a recall frees nothing: it asks the till to close the grant, and only the till's word
// counts.
constexpr bool may_free(const GrantAtCentre& grant, const LogAtCentre& log, std::optional<std::uint64_t> closed_after,
                        WallTime now, std::chrono::milliseconds late) {
  if (!grant.live) return false;
  if (now >= grant.expires.plus(late)) return true;
  return log.epoch == grant.epoch && closed_after && log.last_seq >= *closed_after;
}

// A share that an entry of `epoch` took at `at` is paid out of what the grant set aside.
constexpr bool may_book(const GrantAtCentre& grant, std::uint32_t epoch, WallTime at, Money share, Money left) {
  return grant.live && grant.epoch == epoch && at < grant.expires && share <= left;
}

// More is set aside only out of what nobody else was promised: available = balance - live grants and holds.
constexpr bool may_issue(Money share, Money available) {
  return share > Money() && share <= available;
}

}  // namespace gongji::record
