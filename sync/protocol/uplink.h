// uplink.h — when to sync, when to wait, when the line counts as down.  No sockets: (event, now) -> action.
//
// Rules: new entries go up at once while the line is up; an idle line is polled for the feed; a failure backs off with
// full jitter (0 .. min(cap, base x 2^n)) and the next attempt uses a fresh connection; Retry-After is obeyed; after an
// outage the first drain starts at a random moment of the terms' window.  One attempt at a time.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "offline/base/clock.h"
#include "offline/base/ids.h"

namespace gongji::protocol {

struct UplinkTuning {
  std::chrono::milliseconds poll_idle{2'000};  // feed poll while nothing is to send
  std::chrono::milliseconds backoff_base{250};
  std::chrono::milliseconds backoff_cap{3'000};  // with an attempt's own 2 s: a returned line is in use within 5 s
  std::chrono::milliseconds drain_window{0};
};

class Uplink {
 public:
  Uplink(UplinkTuning tuning, Random& random);

  struct Action {
    enum class Kind : std::uint8_t { sync, wait } kind = Kind::wait;
    bool fresh_connection = false;  // for sync
    SteadyTime until;               // for wait: ask again then, or after the next event
  };
  Action next(SteadyTime now);  // call after every event; returns sync at most once until its outcome is reported

  void entries_waiting(SteadyTime now);      // something new in the journal
  void answered(SteadyTime now, bool more);  // a sync succeeded; more: entries or feed are left
  void failed(SteadyTime now, std::optional<std::chrono::milliseconds> retry_after);
  void foreground_failed(SteadyTime now);  // a person or hold call found the line dead

  // Somebody waits for it: the next attempt is due at once, whatever the back-off says (but not before the end of a
  // pause), and a backlog behind it does not wait for the window.
  void hurry(SteadyTime now);
  // No attempt begins before `until`; one that runs goes on.  The counter's calls are not the uplink's.
  void pause(SteadyTime until) { paused_until_ = until; }
  void resume(SteadyTime now);
  std::optional<SteadyTime> paused_until(SteadyTime now) const;
  void set_drain_window(std::chrono::milliseconds window) { tuning_.drain_window = window; }

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
  bool urgent_ = false;
  unsigned failures_ = 0;
  std::optional<SteadyTime> paused_until_;
  SteadyTime not_before_{};
  SteadyTime next_poll_{};
};

}  // namespace gongji::protocol
