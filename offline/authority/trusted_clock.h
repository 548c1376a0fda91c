// trusted_clock.h — what time it is, and whether that can be believed.
//
// The centre signs its time with every feed batch.  From then on, until the process ends, time is that moment plus the
// steady clock (which counts through suspend and which nobody can turn): somebody who sets the machine's clock back or
// forward, or a time zone that is wrong, changes nothing.  After a start the machine's clock is believed only between
// the last thing that this till knows to have happened and the last moment until which it may promise anything without
// contact; a dead battery at 1970 and a clock in the next year are outside.  An untrusted clock promises nothing: no
// grant, no reserve, cash and a paper.
//
// A Clock, so that everything at a till counts with the same time.  Where time is not trusted, wall() is the machine's
// clock as it stands, for receipts and logs.
//
// Thread safety: any thread.
#pragma once

#include <chrono>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "offline/base/clock.h"

namespace gongji::authority {

// How far the machine's clock may lag behind what is known to have happened, at a start.
inline constexpr std::chrono::minutes clock_lag_max{5};

// An emergency order lets the till promise without contact for longer, but only for the time of the order.
struct LongerOffline {
  WallTime start, end;  // the end is outside
  std::chrono::hours offline_max{0};
};

// What a till knows of time when it starts.
struct KnownTimes {
  std::optional<WallTime> last_contact;  // as the centre signed it
  std::optional<WallTime> last_promise;  // of the newest sale in the journal
  std::chrono::hours offline_max{0};     // the longest that the terms let this till promise without contact
  std::vector<LongerOffline> longer = {};
};

class TrustedClock final : public Clock {
 public:
  // `machine` is borrowed and outlives this.
  TrustedClock(const Clock& machine, KnownTimes known) : machine_(machine), known_(std::move(known)) {}

  // The centre said, signed and over a fresh authenticated connection, that it was `centre_time` just now.  The last
  // word counts, also where it is earlier: a centre that once was wrong can put it right.
  void heard(WallTime centre_time);
  // New terms came.
  void set_offline_max(std::chrono::hours span);
  // New orders came, or were withdrawn.
  void set_longer(std::vector<LongerOffline> longer);

  bool trusted() const;
  WallTime wall() const override;
  SteadyTime steady() const override { return machine_.steady(); }
  // How far the machine's clock is ahead of the centre's; nullopt where the centre was not heard since the start.
  std::optional<std::chrono::milliseconds> machine_ahead() const;

 private:
  struct Heard {
    WallTime centre_time;
    SteadyTime at;
  };
  std::optional<WallTime> from_centre() const;  // requires the lock

  const Clock& machine_;
  mutable std::mutex lock_;
  KnownTimes known_;
  std::optional<Heard> heard_;
};

}  // namespace gongji::authority
