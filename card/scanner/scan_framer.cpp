#include "card/scanner/scan_framer.h"

#include <string.h>

namespace gongji::card {

void ScanFramer::wipe() {
  if (!in_hand_.empty()) ::explicit_bzero(in_hand_.data(), in_hand_.size());
  in_hand_.clear();
  too_long_ = false;
}

void ScanFramer::reset() {
  if (!in_hand_.empty() || too_long_) ++dropped_;
  wipe();
}

std::optional<SteadyTime> ScanFramer::expires() const {
  if (in_hand_.empty() && !too_long_) return std::nullopt;
  return last_byte_.plus(fragment_wait);
}

void ScanFramer::expire(SteadyTime now) {
  const std::optional<SteadyTime> at = expires();
  if (at && now >= *at) reset();
}

std::vector<Secret> ScanFramer::feed(ByteView bytes, SteadyTime now) {
  expire(now);
  std::vector<Secret> out;
  if (bytes.empty()) return out;
  in_hand_.reserve(frame_bytes_max);  // never moves, so no copy of a code is left behind
  last_byte_ = now;
  for (const std::uint8_t byte : bytes) {
    if (byte == '\r' || byte == '\n') {
      if (too_long_) {
        ++dropped_;
      } else if (!in_hand_.empty()) {
        out.emplace_back(in_hand_);
      }
      wipe();
    } else if (too_long_) {
      continue;
    } else if (in_hand_.size() == frame_bytes_max) {
      wipe();
      too_long_ = true;
    } else {
      in_hand_.push_back(static_cast<char>(byte));
    }
  }
  return out;
}

}  // namespace gongji::card
