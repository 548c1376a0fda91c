// done_file.h — which tasks are done: by whom, when, and what they noted.  A file of its own beside the journal
// (tasks.db, SQLite, 0600): the evidence is not touched, and losing this file loses no money, only the marks.
//
// Durable when mark() returns.  Any process of the till may open it; each call opens and closes.
#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "offline/base/clock.h"
#include "offline/base/result.h"

namespace gongji::terminal {

inline constexpr std::size_t done_who_bytes_max = 64, done_note_bytes_max = 500, done_id_bytes_max = 128;

struct DoneMark {
  std::string who, note;
  WallTime at;
  bool operator==(const DoneMark&) const = default;
};

// By task id.  Empty where the file is not there yet.  Errors: of SQLite.
Result<std::map<std::string, DoneMark>> read_done(const std::filesystem::path& file);

// The first mark stays: a second one on the same task changes nothing and gives the first.
// Errors: task_mark_invalid (who or note too long, or who empty), of SQLite.
Result<DoneMark> mark_done(const std::filesystem::path& file, const std::string& task_id, const DoneMark& mark);

}  // namespace gongji::terminal
