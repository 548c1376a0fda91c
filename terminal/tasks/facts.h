// facts.h — what the tasks of a till are found in, read from its files at one moment; and the tasks that follow.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "offline/authority/headroom.h"
#include "offline/base/result.h"
#include "offline/journal/log_view.h"
#include "offline/seal/key_store.h"
#include "terminal/risk/standing_files.h"
#include "terminal/tasks/task.h"

namespace gongji::terminal {

inline constexpr int verdict_days = 92;  // how far back a verdict makes a task
inline constexpr int paper_days = 400;   // and a paper
inline constexpr int paper_near_days = 30;
inline constexpr int duplicate_days = 7;
inline constexpr std::chrono::minutes duplicate_within{30};
inline constexpr std::chrono::hours unsent_max{24}, contact_fresh{6}, grants_near{12}, order_near{24};
inline constexpr int certificate_near_days = 30, terms_near_days = 7;
inline constexpr int reserve_near_percent = 20;
inline constexpr std::size_t tasks_max = 1'000;  // the most pressing

// A sale, cancellation or paper that may be a task.
struct SeenEntry {
  journal::LogLine line;
  TaskSale sale;
  std::vector<record::Verdict> verdicts;    // in the order of the feed
  std::optional<record::LastDay> last_day;  // of a paper
};

struct EarlierUnsent {
  std::uint32_t epoch = 1;
  std::int64_t entries = 0;
  Money promised;  // fund and accounts
};

struct TaskFacts {
  WallTime now;
  std::uint32_t epoch = 1;
  std::vector<SeenEntry> entries;        // what has a verdict other than accepted, or more than one; papers
  std::vector<journal::LogLine> recent;  // every entry of the last duplicate_days
  std::vector<EarlierUnsent> earlier;
  std::vector<WallTime> live_grants;  // when they expire
  std::optional<WallTime> certificate_until;
  StandingFiles standing;
};

// Reads journals, terms, certificate and orders; names, masked, where `keys` opens them (nullptr: none).  The daemon
// may run.  Cost: one step for each entry of verdict_days, and one read of each that is a task.
// Errors: of the files.
Result<TaskFacts> read_task_facts(const Config& config, const TerminalIdentity& identity, const seal::KeyStore* keys,
                                  WallTime now);

// The tasks, the most pressing first: by kind, then by their last day, then the newest.  At most tasks_max.  Pure.
std::vector<Task> find_tasks(const TaskFacts& facts);

}  // namespace gongji::terminal
