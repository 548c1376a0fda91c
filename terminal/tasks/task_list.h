// task_list.h — the clerk's list: tasks and which of them are done, for `gongji queue tasks` and /api/v1/tasks.
//
// Both read the till's files, so the daemon may run or not.  Threads: any; blocks on files, so the daemon calls it on
// a thread of its own.
#pragma once

#include <iosfwd>
#include <memory>
#include <string>
#include <vector>

#include "terminal/settings/config.h"
#include "terminal/settings/identity.h"
#include "terminal/tasks/done_file.h"
#include "terminal/tasks/facts.h"

namespace gongji::terminal {

struct ListedTask {
  Task task;
  std::optional<DoneMark> done;
};

std::filesystem::path done_file(const Config& config);

// `all`: those that are done, too.  `keys` for masked names; nullptr: without.  Errors: of the files.
Result<std::vector<ListedTask>> list_tasks(const Config& config, const TerminalIdentity& identity,
                                           const seal::KeyStore* keys, bool all, WallTime now);

// Marks one that is there.  Errors in order: task_unknown, those of mark_done().
Result<ListedTask> finish_task(const Config& config, const TerminalIdentity& identity, const seal::KeyStore* keys,
                               const std::string& id, const DoneMark& mark, WallTime now);

// {"tasks":[…]}; docs/API.md.
std::string to_json(const std::vector<ListedTask>& tasks);
std::string to_json(const ListedTask& task);
void print(std::ostream& out, const std::vector<ListedTask>& tasks, Language language);

}  // namespace gongji::terminal
