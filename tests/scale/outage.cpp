#include "tests/scale/outage.h"

#include <algorithm>
#include <optional>
#include <queue>
#include <utility>

#include "offline/base/ids.h"
#include "sync/protocol/messages.h"
#include "sync/protocol/uplink.h"

namespace gongji::scale {
namespace {

using std::chrono::milliseconds;

constexpr std::int64_t us_of_ms = 1'000;
constexpr std::int64_t us_of_s = 1'000'000;
constexpr std::int64_t outage_ends_ms = 1'000'000'000;  // of the tills' steady clocks

struct Till {
  protocol::Uplink uplink;
  std::uint32_t backlog = 0, booked = 0, acknowledged = 0;  // entries: all, at the centre, known to be there
  std::uint32_t step = 0;                                   // what is awaited; an event of an earlier one is too late
  bool connected = false, heard = false, drained = false;
};

struct Event {
  std::int64_t at = 0;  // microseconds
  std::uint64_t order = 0;
  enum class Kind : std::uint8_t { till_acts, handshake_done, sync_done, till_gives_up } kind = Kind::till_acts;
  std::uint32_t till = 0;
  std::uint32_t step = 0;
  bool operator>(const Event& other) const { return at != other.at ? at > other.at : order > other.order; }
};

struct Process {
  std::int64_t free_at = 0;
  std::size_t strangers = 0, connections = 0;
  std::int64_t up = 0;  // tills that poll
};

class Region {
 public:
  explicit Region(const Scenario& scenario)
      : scenario_(scenario), random_(scenario.seed), processes_(scenario.processes) {
    protocol::UplinkTuning tuning;
    tuning.backoff_cap = milliseconds(scenario.backoff_cap_ms);
    tuning.drain_window = milliseconds(scenario.window_s * 1'000);
    tuning.poll_idle = milliseconds(scenario.poll_ms);
    tills_.reserve(scenario.tills);
    for (std::size_t number = 0; number < scenario.tills; ++number) {
      tills_.push_back({protocol::Uplink(tuning, random_)});
      // Between a quarter and seven quarters of what a till sells in the time: shops differ.
      const auto usual = static_cast<std::uint64_t>(scenario.sales_an_hour * scenario.outage_minutes / 60);
      tills_.back().backlog = static_cast<std::uint32_t>(usual / 4 + below(usual * 3 / 2 + 1));
      told_.backlog_max = std::max<std::size_t>(told_.backlog_max, tills_.back().backlog);
      const std::int64_t first = last_minutes_of_outage(tills_.back().uplink);
      push(first, Event::Kind::till_acts, number);
    }
    told_.seconds.resize(static_cast<std::size_t>(scenario.ends_after_s) + 1);
  }

  Told run() {
    while (!events_.empty() && events_.top().at < scenario_.ends_after_s * us_of_s && drained_ < tills_.size()) {
      const Event event = events_.top();
      events_.pop();
      now_ = event.at;
      Till& till = tills_[event.till];
      switch (event.kind) {
        case Event::Kind::till_acts:
          act(event.till, till);
          break;
        case Event::Kind::till_gives_up:
          if (event.step == till.step) give_up(event.till, till);
          break;
        case Event::Kind::handshake_done:
          shaken(event, till);
          break;
        case Event::Kind::sync_done:
          synced(event, till);
          break;
      }
    }
    told_.drained_tills = drained_;
    return std::move(told_);
  }

 private:
  // Runs the till's own state machine through the end of the outage, which is at 0; when it will try next.
  std::int64_t last_minutes_of_outage(protocol::Uplink& uplink) {
    const std::int64_t window_ms = scenario_.window_s * 1'000;
    std::int64_t now_ms = outage_ends_ms - std::min(scenario_.outage_minutes * 60'000, 2 * window_ms + 120'000);
    now_ms -= static_cast<std::int64_t>(below(5'000));  // no two tills lose their line in the same moment
    for (;;) {
      const auto action = uplink.next(SteadyTime{now_ms});
      if (action.kind == protocol::Uplink::Action::Kind::sync) {
        uplink.failed(SteadyTime{now_ms}, std::nullopt);
        continue;
      }
      if (action.until.ms >= outage_ends_ms) return (action.until.ms - outage_ends_ms) * us_of_ms;
      now_ms = std::max(action.until.ms, now_ms + 1);
    }
  }
  std::uint64_t below(std::uint64_t limit) {
    std::uint8_t bytes[8];
    random_.fill(bytes);
    std::uint64_t number = 0;
    for (const std::uint8_t byte : bytes) number = number << 8 | byte;
    return number % limit;
  }
  SteadyTime steady() const { return SteadyTime{outage_ends_ms + now_ / us_of_ms}; }
  Second& second() { return told_.seconds[static_cast<std::size_t>(now_ / us_of_s)]; }
  Process& process_of(std::size_t till) { return processes_[till % processes_.size()]; }

  void push(std::int64_t at, Event::Kind kind, std::size_t till, std::uint32_t step = 0) {
    events_.push({at, ++order_, kind, static_cast<std::uint32_t>(till), step});
  }

  // Puts work behind what the process has; when it will be done.  What its tills poll takes a share of every second.
  std::int64_t serve(Process& process, std::int64_t cost_us) {
    constexpr std::int64_t whole = 1'000;
    const std::int64_t polling = std::min<std::int64_t>(950, process.up * scenario_.sync_us / scenario_.poll_ms);
    const std::int64_t takes = cost_us * whole / (whole - polling);
    process.free_at = std::max(process.free_at, now_) + takes;
    second().busy_us += takes;
    return process.free_at;
  }

  void act(std::size_t number, Till& till) {
    const auto action = till.uplink.next(steady());
    if (action.kind == protocol::Uplink::Action::Kind::wait) {
      if (!till.drained)
        push(std::max((action.until.ms - outage_ends_ms) * us_of_ms, now_ + us_of_ms), Event::Kind::till_acts, number);
      return;
    }
    ++told_.attempts;
    if (till.connected) return send(number, till);
    Process& process = process_of(number);
    ++second().arrivals;
    if (process.strangers >= scenario_.strangers_max || process.connections >= scenario_.connections_max) {
      ++second().refused;
      serve(process, scenario_.refusal_us);
      return fail(number, till);
    }
    ++process.strangers;
    ++process.connections;
    push(serve(process, scenario_.handshake_us), Event::Kind::handshake_done, number, ++till.step);
    push(now_ + scenario_.connect_deadline_ms * us_of_ms, Event::Kind::till_gives_up, number, till.step);
  }

  void shaken(const Event& event, Till& till) {
    Process& process = process_of(event.till);
    --process.strangers;
    ++second().handshakes;
    if (event.step != till.step) {
      --process.connections;  // nobody is there any more
      return;
    }
    till.connected = true;
    send(event.till, till);
  }

  std::uint32_t batch_of(const Till& till) const {
    return std::min<std::uint32_t>(till.backlog - till.acknowledged, protocol::sync_entries_max);
  }

  void send(std::size_t number, Till& till) {
    const std::uint32_t to = till.acknowledged + batch_of(till);
    const std::int64_t fresh = to > till.booked ? to - till.booked : 0;  // what had come before costs next to nothing
    till.booked = std::max(till.booked, to);
    second().settlements += static_cast<std::uint64_t>(fresh);
    told_.settlements += static_cast<std::uint64_t>(fresh);
    const std::int64_t cost = scenario_.sync_us + fresh * scenario_.settlement_us;
    push(serve(process_of(number), cost), Event::Kind::sync_done, number, ++till.step);
    push(now_ + scenario_.sync_deadline_ms * us_of_ms, Event::Kind::till_gives_up, number, till.step);
  }

  void synced(const Event& event, Till& till) {
    ++second().syncs;
    if (event.step != till.step) return;
    ++till.step;
    till.acknowledged += batch_of(till);
    if (!std::exchange(till.heard, true)) {
      ++process_of(event.till).up;
      reached(++heard_, told_.first_contact_s);
    }
    const bool more = till.acknowledged < till.backlog;
    till.uplink.answered(steady(), more);
    if (!more) {
      till.drained = true;
      reached(++drained_, told_.drained_s);
      return;
    }
    push(now_, Event::Kind::till_acts, event.till);
  }

  void give_up(std::size_t number, Till& till) {
    ++second().gave_up;
    ++till.step;
    if (std::exchange(till.connected, false)) --process_of(number).connections;
    fail(number, till);
  }

  void fail(std::size_t number, Till& till) {
    ++told_.in_vain;
    till.uplink.failed(steady(), std::nullopt);
    push(now_, Event::Kind::till_acts, number);
  }

  void reached(std::size_t count, std::int64_t (&marks)[3]) const {
    const std::size_t all = tills_.size();
    const std::size_t wanted[3] = {(all + 1) / 2, all * 99 / 100, all};
    for (int mark = 0; mark < 3; ++mark) {
      if (count == wanted[mark]) marks[mark] = now_ / us_of_s;
    }
  }

  const Scenario& scenario_;
  SeededRandom random_;
  std::vector<Process> processes_;
  std::vector<Till> tills_;
  std::priority_queue<Event, std::vector<Event>, std::greater<>> events_;
  std::uint64_t order_ = 0;
  std::int64_t now_ = 0;
  std::size_t heard_ = 0, drained_ = 0;
  Told told_;
};

}  // namespace

Told run(const Scenario& scenario) {
  return Region(scenario).run();
}

}  // namespace gongji::scale
