#include "sync/protocol/uplink.h"

#include <algorithm>
#include <utility>

#include "offline/base/check.h"

namespace gongji::protocol {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds nothing_to_do{60'000};       // an attempt is under way: its outcome is the next event
constexpr milliseconds retry_after_max{3'600'000};  // a centre that asks for more is asked again after an hour

// Uniform in 0 .. span, both included.
milliseconds random_within(milliseconds span, Random& random) {
  if (span.count() <= 0) return milliseconds{0};
  std::uint8_t bytes[8];
  random.fill(bytes);
  std::uint64_t number = 0;
  for (const std::uint8_t byte : bytes) number = number << 8 | byte;
  return milliseconds{static_cast<std::int64_t>(number % (static_cast<std::uint64_t>(span.count()) + 1))};
}

// min(cap, base x 2^failures), without overflow.
milliseconds ceiling(const UplinkTuning& tuning, unsigned failures) {
  milliseconds span = tuning.backoff_base;
  for (unsigned i = 0; i < failures && span < tuning.backoff_cap; ++i) span *= 2;
  return std::min(span, tuning.backoff_cap);
}

}  // namespace

milliseconds drain_window_of(const record::Terms& terms) {
  return std::chrono::seconds(terms.drain_window_s);
}

milliseconds poll_idle_of(const record::Terms& terms) {
  return terms.poll_idle_s == 0 ? UplinkTuning{}.poll_idle : std::chrono::seconds(terms.poll_idle_s);
}

Uplink::Uplink(UplinkTuning tuning, Random& random) : tuning_(tuning), random_(random) {
  GONGJI_CHECK(tuning.poll_idle.count() > 0 && tuning.backoff_base.count() > 0);
}

void Uplink::begin(SteadyTime now, milliseconds silent_for) {
  GONGJI_CHECK(!running_ && !line_up_);
  if (tuning_.drain_window.count() <= 0 || silent_for < tuning_.long_outage) return;
  down_since_ = now.plus(-silent_for);
  spread_ = true;
  not_before_ = now.plus(random_within(tuning_.drain_window, random_));
}

SteadyTime Uplink::due() const {
  const SteadyTime due = waiting_entries_ ? not_before_ : std::max(not_before_, next_poll_);
  return paused_until_ ? std::max(due, *paused_until_) : due;
}

Uplink::Action Uplink::next(SteadyTime now) {
  if (running_) return {Action::Kind::wait, false, now.plus(nothing_to_do)};
  if (now < due()) return {Action::Kind::wait, false, due()};
  paused_until_.reset();
  running_ = true;
  probed_ = false;
  waiting_entries_ = false;  // this attempt takes them; what comes during it is waiting again
  return {Action::Kind::sync, std::exchange(fresh_, false), now};
}

void Uplink::entries_waiting(SteadyTime) {
  waiting_entries_ = true;
}

void Uplink::answered(SteadyTime now, bool more) {
  running_ = false;
  line_up_ = true;
  failures_ = 0;
  waiting_entries_ = waiting_entries_ || more;
  next_poll_ = now.plus(tuning_.poll_idle);
  not_before_ = now;
  down_since_.reset();
  spread_ = false;
}

void Uplink::failed(SteadyTime now, std::optional<milliseconds> retry_after, bool reached) {
  running_ = false;
  line_up_ = false;
  fresh_ = true;
  waiting_entries_ = true;  // what the attempt carried is still unsent
  const unsigned before = failures_;
  if (failures_ < 64) ++failures_;
  if (reached) {
    down_since_.reset();
  } else if (!down_since_) {
    down_since_ = now;
  }
  const bool long_gone = !in_doubt_ && down_since_ && now - *down_since_ >= tuning_.long_outage;
  const bool was_spread = std::exchange(spread_, long_gone && tuning_.drain_window.count() > 0);
  milliseconds delay = !spread_     ? random_within(ceiling(tuning_, before), random_)
                       : was_spread ? tuning_.drain_window
                                    : random_within(tuning_.drain_window, random_);
  if (retry_after) delay += std::clamp(*retry_after, milliseconds{0}, retry_after_max);
  not_before_ = now.plus(delay);
}

void Uplink::hurry(SteadyTime now) {
  waiting_entries_ = true;
  fresh_ = fresh_ || !line_up_;
  not_before_ = std::min(not_before_, now);
}

void Uplink::in_doubt(SteadyTime now) {
  in_doubt_ = true;
  waiting_entries_ = true;
  if (std::exchange(spread_, false)) not_before_ = now;
}

void Uplink::resume(SteadyTime now) {
  if (!paused_until(now)) return;
  paused_until_.reset();
  next_poll_ = std::min(next_poll_, now);
}

std::optional<SteadyTime> Uplink::paused_until(SteadyTime now) const {
  return paused_until_ && now < *paused_until_ ? paused_until_ : std::nullopt;
}

void Uplink::foreground_failed(SteadyTime now) {
  foreground_not_before_ = now.plus(tuning_.foreground_again);
  if (!line_up_) return;  // known already; the back-off goes on
  line_up_ = false;
  if (spread_) return;  // the log was not heard yet: its moment stays
  down_since_ = now;
  fresh_ = true;
  next_poll_ = now;  // find out at once, on a fresh connection, whether it was the line or only that call
}

void Uplink::foreground_answered() {
  if (spread_) line_up_ = true;
}

void Uplink::probe_answered() {
  if (!wants_probe()) return;
  probed_ = true;
  line_up_ = true;
}

bool Uplink::worth_asking(SteadyTime now) const {
  return line_up_ || (spread_ && now >= foreground_not_before_);
}

void Uplink::set_poll_idle(milliseconds span) {
  GONGJI_CHECK(span.count() > 0);
  tuning_.poll_idle = span;
}

}  // namespace gongji::protocol
