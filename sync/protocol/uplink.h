// uplink.h — when to sync, when to wait, when the line counts as down.  No sockets: (event, now) -> action.
//
// Rules: new entries go up at once while the line is up; an idle line is polled for the feed; a failure backs off with
// full jitter (0 .. min(cap, base x 2^n)) and the next attempt uses a fresh connection; Retry-After is obeyed.  One
// attempt at a time.
//
// After an outage that lasted `long_outage` a region's tills come back together.  Where the terms give a window, the
// log's attempts are then one window apart, the first at a random moment of it: wherever in that rhythm the line
// returns, first contacts are spread evenly over the window, and a centre that cannot be reached is asked no more
// often.  The counter does not wait for that moment: a sale may ask at once (worth_asking()).  Nor does a till whose
// journal is in doubt.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "offline/base/clock.h"
#include "offline/base/ids.h"
#include "offline/record/snapshot.h"

namespace gongji::protocol {

struct UplinkTuning {
  std::chrono::milliseconds poll_idle{2'000};  // feed poll while nothing is to send
  std::chrono::milliseconds backoff_base{250};
  std::chrono::milliseconds backoff_cap{3'000};       // with an attempt's own 2 s: a returned line is in use within 5 s
  std::chrono::milliseconds drain_window{0};          // 0: a returning till comes at once
  std::chrono::milliseconds long_outage{60'000};      // below it a till comes at once, too
  std::chrono::milliseconds foreground_again{3'000};  // after a call of the counter in vain, in a long outage
};

// As the terms have it.
std::chrono::milliseconds drain_window_of(const record::Terms& terms);
std::chrono::milliseconds poll_idle_of(const record::Terms& terms);

class Uplink {
 public:
  Uplink(UplinkTuning tuning, Random& random);

  struct Action {
    enum class Kind : std::uint8_t { sync, wait } kind = Kind::wait;
    bool fresh_connection = false;  // for sync
    SteadyTime until;               // for wait: ask again then, or after the next event
  };
  // Before anything else, where the centre was last heard so long ago, by an earlier process.
  void begin(SteadyTime now, std::chrono::milliseconds silent_for);
  Action next(SteadyTime now);  // call after every event; returns sync at most once until its outcome is reported

  void entries_waiting(SteadyTime now);      // something new in the journal
  void answered(SteadyTime now, bool more);  // a sync succeeded; more: entries or feed are left
  // `reached`: the centre answered, but not what was hoped for: that is no outage of the line.
  void failed(SteadyTime now, std::optional<std::chrono::milliseconds> retry_after, bool reached = false);
  void foreground_failed(SteadyTime now);  // a person or hold call found the line dead
  void foreground_answered();              // or alive
  // An attempt that is under way on a line that is not up may wait for its answer long after the line is back: somebody
  // should find out beside it, until that is answered once.  Who answers probes and no sale is not up for long.
  bool wants_probe() const { return running_ && !line_up_ && !spread_ && !probed_; }
  void probe_answered();
  // Whether a sale should ask the centre: the line is up, or nobody has tried for a while because the log waits for its
  // moment of the window.
  bool worth_asking(SteadyTime now) const;

  // Somebody waits for it: the next attempt is due at once, whatever the back-off says (but not before the end of a
  // pause) and the window.
  void hurry(SteadyTime now);
  // The journal is, and the counter sells for cash until the centre was heard: the window is not for this till.
  void in_doubt(SteadyTime now);
  // No attempt begins before `until`; one that runs goes on.  The counter's calls are not the uplink's.
  void pause(SteadyTime until) { paused_until_ = until; }
  void resume(SteadyTime now);
  std::optional<SteadyTime> paused_until(SteadyTime now) const;
  // As newer terms have it.  What waits already goes on waiting.
  void set_drain_window(std::chrono::milliseconds window) { tuning_.drain_window = window; }
  void set_poll_idle(std::chrono::milliseconds span);  // > 0

  bool line_up() const { return line_up_; }
  bool running() const { return running_; }
  unsigned failures() const { return failures_; }  // since the last success
  SteadyTime due() const;                          // when the next attempt begins, if nothing else happens

 private:
  UplinkTuning tuning_;
  Random& random_;
  bool line_up_ = false;
  bool running_ = false;
  bool waiting_entries_ = true;
  bool fresh_ = true;
  bool probed_ = false;  // during this attempt, and answered
  bool spread_ = false;  // attempts are one window apart
  bool in_doubt_ = false;
  unsigned failures_ = 0;
  std::optional<SteadyTime> paused_until_;
  std::optional<SteadyTime> down_since_;  // of the outage that lasts
  SteadyTime not_before_{}, foreground_not_before_{};
  SteadyTime next_poll_{};
};

}  // namespace gongji::protocol
