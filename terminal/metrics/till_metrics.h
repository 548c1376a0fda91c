// till_metrics.h — the figures of one till for whoever watches a fleet: money at risk, what is left of each limit, the
// queue, how long sales take, what went wrong.  docs/API.md lists the names.
//
// Pure: what is told is an argument.  No names, numbers or look-up keys of persons.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "offline/authority/headroom.h"
#include "offline/journal/journal.h"
#include "terminal/metrics/sale_times.h"

namespace gongji::terminal {

// Since the daemon's start.  The io thread only.
struct Counts {
  SaleTimes sales;
  std::map<std::string, std::uint64_t> errors;  // answers by trouble code
};

// The trouble code of an answer of ours ("G1204"), "" where it tells of none.
std::string trouble_code_in(std::string_view body);

struct TillFigures {
  journal::QueueSummary queue;
  journal::Risk today;
  std::vector<authority::Headroom> headroom;
  std::vector<authority::OrderHeadroom> orders;
  std::uint64_t feed_cursor = 0;
  std::uint64_t journal_bytes = 0;  // file, WAL and index of the WAL
  std::uint64_t resident_bytes = 0;
  bool line_up = false, clock_trusted = false;
};

std::string to_prometheus(const TillFigures& figures, const Counts& counts, WallTime now);

}  // namespace gongji::terminal
