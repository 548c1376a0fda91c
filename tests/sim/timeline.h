// timeline.h — what happens in a simulated world, in order of time, and the trace of it.
#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <cstdio>
#include <functional>
#include <queue>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/sim/virtual_time.h"

namespace gongji::sim {

// Events at moments of virtual time; of one moment, in the order in which they were set.
class Timeline {
 public:
  void at(microseconds when, std::function<void()> event) {
    events_.push({std::max(when, virtual_now()), ++set_, std::move(event)});
  }
  void after(microseconds span, std::function<void()> event) { at(virtual_now() + span, std::move(event)); }

  bool empty() const { return events_.empty(); }
  microseconds next() const { return events_.top().when; }  // requires that there is one
  void run_next();

 private:
  struct Event {
    microseconds when{0};
    std::uint64_t place = 0;
    mutable std::function<void()> run;
    bool operator<(const Event& other) const {  // the queue's top is its largest
      return std::pair(when, place) > std::pair(other.when, other.place);
    }
  };
  std::priority_queue<Event> events_;
  std::uint64_t set_ = 0;
};

inline void Timeline::run_next() {
  const auto run = std::move(events_.top().run);
  set_virtual_now(events_.top().when);
  events_.pop();
  run();
}

// Every event with its moment, as a sum; and as lines where somebody wants to read them.  Two runs of one seed give the
// same sum.
class Trace {
 public:
  explicit Trace(std::FILE* lines = nullptr) : lines_(lines) {}

  template <class... Parts>
  void tell(fmt::format_string<Parts...> text, Parts&&... parts) {
    line_.clear();
    fmt::format_to(std::back_inserter(line_), "{} ", virtual_now().count() / 1000);
    fmt::format_to(std::back_inserter(line_), text, std::forward<Parts>(parts)...);
    line_.push_back('\n');
    for (const char letter : line_) sum_ = (sum_ ^ static_cast<unsigned char>(letter)) * 0x100000001B3U;
    ++events_;
    if (lines_ != nullptr) std::fwrite(line_.data(), 1, line_.size(), lines_);
  }

  std::uint64_t sum() const { return sum_; }
  std::uint64_t events() const { return events_; }

 private:
  std::FILE* lines_;
  std::string line_;
  std::uint64_t sum_ = 0xCBF29CE484222325U;
  std::uint64_t events_ = 0;
};

}  // namespace gongji::sim
