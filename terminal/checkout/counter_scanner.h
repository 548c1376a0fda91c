// counter_scanner.h — the code scanner at the counter: remembers the e-voucher that was scanned last, for a minute.
//
// Scans of goods and trace codes are not ours; a payment code is told in the log, by its kind only.
//
// Threads: events come on the scanner's own thread; voucher() may be called from any thread.
#pragma once

#include <chrono>
#include <memory>
#include <mutex>
#include <optional>

#include "card/scanner/scanner.h"
#include "offline/base/clock.h"
#include "offline/base/secret.h"

namespace gongji::terminal {

// A code on a patient's screen is renewed about once a minute; an older one is somebody else's or stale.
inline constexpr std::chrono::milliseconds voucher_life{60'000};

class CounterScanner {
 public:
  CounterScanner(card::Scanner::Opener open, const Clock& clock);

  // The 28 digits, or the offline voucher, scanned last, if that was less than voucher_life ago.
  std::optional<Secret> voucher() const;
  // A sale used it: the next sale needs a new scan.
  void forget();

 private:
  void handle(const card::ScannerEvent& event);

  const Clock& clock_;
  mutable std::mutex lock_;
  std::optional<Secret> voucher_;
  SteadyTime scanned_at_;
  card::Scanner scanner_;  // last: its thread uses the members above
};

}  // namespace gongji::terminal
