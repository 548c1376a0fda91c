#include "offline/authority/trusted_clock.h"

#include <algorithm>

namespace gongji::authority {

std::optional<WallTime> TrustedClock::from_centre() const {
  if (!heard_) return std::nullopt;
  return heard_->centre_time.plus(machine_.steady() - heard_->at);
}

void TrustedClock::heard(WallTime centre_time) {
  const std::scoped_lock lock(lock_);
  heard_ = Heard{centre_time, machine_.steady()};
}

void TrustedClock::set_offline_max(std::chrono::hours span) {
  const std::scoped_lock lock(lock_);
  known_.offline_max = span;
}

void TrustedClock::set_longer(std::vector<LongerOffline> longer) {
  const std::scoped_lock lock(lock_);
  known_.longer = std::move(longer);
}

bool TrustedClock::trusted() const {
  const std::scoped_lock lock(lock_);
  if (heard_) return true;
  if (!known_.last_contact) return false;
  const WallTime now = machine_.wall();
  WallTime earliest = *known_.last_contact;
  if (known_.last_promise && *known_.last_promise > earliest) earliest = *known_.last_promise;
  if (now < earliest.plus(-clock_lag_max)) return false;
  if (now <= known_.last_contact->plus(known_.offline_max)) return true;
  return std::any_of(known_.longer.begin(), known_.longer.end(), [&](const LongerOffline& longer) {
    return longer.start <= now && now < longer.end && now <= known_.last_contact->plus(longer.offline_max);
  });
}

WallTime TrustedClock::wall() const {
  const std::scoped_lock lock(lock_);
  const auto centre = from_centre();
  return centre ? *centre : machine_.wall();
}

std::optional<std::chrono::milliseconds> TrustedClock::machine_ahead() const {
  const std::scoped_lock lock(lock_);
  const auto centre = from_centre();
  if (!centre) return std::nullopt;
  return machine_.wall() - *centre;
}

}  // namespace gongji::authority
