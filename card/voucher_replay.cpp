#include "card/voucher_replay.h"

#include <algorithm>

#include "card/scan.h"
#include "card/troubles.h"
#include "offline/base/check.h"

namespace gongji::card {

VoucherReplayWindow::VoucherReplayWindow(DigestOf digest_of, std::chrono::milliseconds window, std::size_t codes_max)
    : digest_of_(std::move(digest_of)), window_(window), codes_max_(codes_max) {
  GONGJI_CHECK(digest_of_ && window_.count() > 0 && codes_max_ > 0);
}

Result<void> VoucherReplayWindow::admit(const Secret& voucher, SteadyTime now) {
  const Scan scan = classify(voucher);
  if (scan.kind == ScanKind::payment) return trouble(troubles::payment_code);
  if (scan.kind != ScanKind::voucher) return trouble(troubles::not_a_voucher);
  while (!used_.empty() && now - used_.front().at >= window_) used_.pop_front();
  const Digest digest = digest_of_(as_bytes(scan.text.reveal()));
  if (std::any_of(used_.begin(), used_.end(), [&](const Used& used) { return used.digest == digest; })) {
    return trouble(troubles::voucher_used_again, {}, masked(scan));
  }
  if (used_.size() >= codes_max_) return trouble(troubles::voucher_window_full);
  used_.push_back({digest, now});
  return {};
}

void VoucherReplayWindow::give_back(const Secret& voucher) {
  const Digest digest = digest_of_(as_bytes(classify(voucher).text.reveal()));
  std::erase_if(used_, [&](const Used& used) { return used.digest == digest; });
}

}  // namespace gongji::card
