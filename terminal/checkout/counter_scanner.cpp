#include "terminal/checkout/counter_scanner.h"

#include <spdlog/spdlog.h>

#include "card/scan.h"

namespace gongji::terminal {

CounterScanner::CounterScanner(card::Scanner::Opener open, const Clock& clock)
    : clock_(clock), scanner_(std::move(open), clock, [this](const card::ScannerEvent& event) { handle(event); }) {}

std::optional<Secret> CounterScanner::voucher() const {
  const std::scoped_lock lock(lock_);
  if (!voucher_ || clock_.steady() - scanned_at_ >= voucher_life) return std::nullopt;
  return voucher_;
}

void CounterScanner::forget() {
  const std::scoped_lock lock(lock_);
  voucher_.reset();
}

void CounterScanner::handle(const card::ScannerEvent& event) {
  if (event.kind != card::ScannerEvent::Kind::scanned) {
    spdlog::info("scanner {}", event.kind == card::ScannerEvent::Kind::plugged ? "plugged" : "unplugged");
    return;
  }
  card::Scan scan = card::classify(event.text);
  spdlog::info("scanned {}", card::masked(scan));
  if (scan.kind != card::ScanKind::voucher && scan.kind != card::ScanKind::offline_voucher) return;
  const std::scoped_lock lock(lock_);
  voucher_ = std::move(scan.text);
  scanned_at_ = clock_.steady();
}

}  // namespace gongji::terminal
