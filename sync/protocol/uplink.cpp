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

Uplink::Uplink(UplinkTuning tuning, Random& random) : tuning_(tuning), random_(random) {
  GONGJI_CHECK(tuning.poll_idle.count() > 0 && tuning.backoff_base.count() > 0);
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
  waiting_entries_ = false;  // this attempt takes them; what comes during it is waiting again
  return {Action::Kind::sync, std::exchange(fresh_, false), now};
}

void Uplink::entries_waiting(SteadyTime) {
  waiting_entries_ = true;
}

void Uplink::answered(SteadyTime now, bool more) {
  const bool was_down = !line_up_;
  running_ = false;
  line_up_ = true;
  failures_ = 0;
  waiting_entries_ = waiting_entries_ || more;
  next_poll_ = now.plus(tuning_.poll_idle);
  // A street whose power or line returns must not drain its tills in the same second.
  not_before_ = was_down && more && !urgent_ ? now.plus(random_within(tuning_.drain_window, random_)) : now;
  urgent_ = urgent_ && more;
}

void Uplink::failed(SteadyTime now, std::optional<milliseconds> retry_after) {
  running_ = false;
  line_up_ = false;
  fresh_ = true;
  urgent_ = false;          // whoever waited for it was told
  waiting_entries_ = true;  // what the attempt carried is still unsent
  milliseconds delay = random_within(ceiling(tuning_, failures_), random_);
  if (retry_after) delay += std::clamp(*retry_after, milliseconds{0}, retry_after_max);
  if (failures_ < 64) ++failures_;
  not_before_ = now.plus(delay);
}

void Uplink::hurry(SteadyTime now) {
  urgent_ = true;
  waiting_entries_ = true;
  fresh_ = fresh_ || !line_up_;
  not_before_ = std::min(not_before_, now);
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
  if (!line_up_) return;  // known already; the back-off goes on
  line_up_ = false;
  fresh_ = true;
  next_poll_ = now;  // find out at once, on a fresh connection, whether it was the line or only that call
}

}  // namespace gongji::protocol
