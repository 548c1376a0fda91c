// outage.h — so many tills whose line returns in the same second, and the centre processes that take them in.
//
// A process serves one thing at a time, in order: handshakes, then syncs, each at its cost.  It takes a connection only
// while few others have not shaken hands yet; one above that is closed, and its till backs off.  A till that waits
// longer than its deadline gives up; what it had put in the queue costs the process all the same.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace gongji::scale {

struct Scenario {
  std::uint64_t seed = 1;
  std::size_t tills = 1'000'000;
  std::size_t processes = 160;
  std::int64_t window_s = 900;  // of the terms; 0: each till comes as soon as its back-off lets it
  std::int64_t backoff_cap_ms = 3'000;
  std::int64_t poll_ms = 60'000;  // of a till that has nothing to send: a load that is there all the time
  std::int64_t outage_minutes = 240;
  std::int64_t sales_an_hour = 6;      // of one till, in the outage; the backlog is around it
  std::int64_t ends_after_s = 14'400;  // virtual

  // Costs of one centre process, in microseconds of its processor.
  std::int64_t refusal_us = 20, handshake_us = 900, sync_us = 1'450, settlement_us = 130;
  std::size_t strangers_max = 1'024, connections_max = 8'192;
  std::int64_t connect_deadline_ms = 2'000, sync_deadline_ms = 10'000;
};

struct Second {
  std::uint64_t arrivals = 0, refused = 0, gave_up = 0, handshakes = 0, syncs = 0, settlements = 0;
  std::int64_t busy_us = 0;  // of all processes
};

struct Told {
  std::vector<Second> seconds;
  std::uint64_t settlements = 0, drained_tills = 0;
  std::size_t backlog_max = 0;                     // of one till
  std::int64_t first_contact_s[3] = {-1, -1, -1};  // until 50, 99, 100 % of the tills were heard
  std::int64_t drained_s[3] = {-1, -1, -1};        // until 50, 99, 100 % were drained
  std::uint64_t attempts = 0, in_vain = 0;         // in vain: refused, or given up by the till
};

Told run(const Scenario& scenario);

}  // namespace gongji::scale
