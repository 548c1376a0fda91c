// sale_times.h — how long sales take, from the request to the durable answer, in buckets.
//
// Thread safety: the io thread only.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>

#include "offline/base/clock.h"

namespace gongji::terminal {

class SaleTimes {
 public:
  // Upper edges, inclusive; a sale may take 3 s with a line, and waits for a card for some more.
  static constexpr std::array<std::int64_t, 10> edges_ms{5, 10, 25, 50, 100, 250, 500, 1'000, 3'000, 10'000};

  void took(std::chrono::milliseconds span) {
    ++count_;
    sum_ += span;
    for (std::size_t i = 0; i < edges_ms.size(); ++i) {
      if (span.count() <= edges_ms[i]) ++below_[i];
    }
  }
  std::uint64_t count() const { return count_; }
  std::chrono::milliseconds sum() const { return sum_; }
  std::uint64_t below(std::size_t edge) const { return below_[edge]; }  // at most edges_ms[edge]

 private:
  std::array<std::uint64_t, edges_ms.size()> below_{};
  std::uint64_t count_ = 0;
  std::chrono::milliseconds sum_{0};
};

// Counts the time of a sale when it ends, however it ends.
class SaleTimer {
 public:
  SaleTimer(SaleTimes* times, const Clock& clock) : times_(times), clock_(clock), begun_(clock.steady()) {}
  ~SaleTimer() {
    if (times_ != nullptr) times_->took(clock_.steady() - begun_);
  }
  SaleTimer(const SaleTimer&) = delete;
  SaleTimer& operator=(const SaleTimer&) = delete;

 private:
  SaleTimes* times_;
  const Clock& clock_;
  SteadyTime begun_;
};

}  // namespace gongji::terminal
