// scan_framer.h — from a scanner's stream of bytes to whole codes.  Sans-io: bytes and time are arguments.
//
// A code ends with CR, LF or CRLF.  Fragments are joined.  A fragment whose end does not come within fragment_wait of
// its last byte is dropped: half a code must not become the front of the next one.
//
// Thread safety: none.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "offline/base/bytes.h"
#include "offline/base/clock.h"
#include "offline/base/secret.h"

namespace gongji::card {

class ScanFramer {
 public:
  static constexpr std::chrono::milliseconds fragment_wait{200};
  static constexpr std::size_t frame_bytes_max = 1024;  // longer: dropped to its end

  // The codes that end in `bytes`, in order; empty ones are left out.
  std::vector<Secret> feed(ByteView bytes, SteadyTime now);

  // When the fragment in hand expires; nullopt: nothing is in hand.
  std::optional<SteadyTime> expires() const;

  // Forgets what is in hand, e.g. because the scanner was unplugged.
  void reset();

  std::size_t dropped() const { return dropped_; }  // fragments and over-long frames so far

 private:
  void expire(SteadyTime now);
  void wipe();

  std::string in_hand_;
  bool too_long_ = false;  // skipping to the end of an over-long frame
  SteadyTime last_byte_;
  std::size_t dropped_ = 0;
};

}  // namespace gongji::card
