// voucher_replay.h — the same e-voucher code is good for one sale.
//
// A photographed code must not pay twice.  The centre is the judge when the line is up; this window refuses the second
// use at this till in any case.  Codes are not kept, only their digests, and only for a few minutes: their holders'
// screens show a new code every minute.
//
// Thread safety: none; belongs to whoever settles.
#pragma once

#include <chrono>
#include <deque>
#include <functional>

#include "offline/base/bytes.h"
#include "offline/base/clock.h"
#include "offline/base/result.h"
#include "offline/base/secret.h"

namespace gongji::card {

class VoucherReplayWindow {
 public:
  using DigestOf = std::function<Digest(ByteView)>;  // collision-resistant; SM3 of offline/seal in the daemon

  static constexpr std::chrono::milliseconds window_default{10 * 60 * 1000};
  static constexpr std::size_t codes_max_default = 4096;  // in one window; more is refused, never forgotten

  explicit VoucherReplayWindow(DigestOf digest_of, std::chrono::milliseconds window = window_default,
                               std::size_t codes_max = codes_max_default);

  // Uses the code up.  Troubles, by precedence: not_a_voucher or payment_code (by form), voucher_used_again,
  // voucher_window_full.  `now` must not go back between calls (steady time does not).
  // A retry of one and the same sale must not come here again.
  Result<void> admit(const Secret& voucher, SteadyTime now);

  // The sale that used the code was not made: it may be shown again.
  void give_back(const Secret& voucher);

  std::size_t size() const { return used_.size(); }

 private:
  struct Used {
    Digest digest;
    SteadyTime at;
  };
  DigestOf digest_of_;
  std::chrono::milliseconds window_;
  std::size_t codes_max_;
  std::deque<Used> used_;  // oldest first
};

}  // namespace gongji::card
