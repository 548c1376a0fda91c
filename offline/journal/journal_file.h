// journal_file.h — the file of a journal, locked and read: the first half of Journal::open.
//
// What a killed run left in the write-ahead log is read here.  It is the longest part of a start (half a millisecond
// for a megabyte) and needs neither keys nor identity: those can be read meanwhile.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "offline/base/result.h"
#include "offline/journal/file_lock.h"
#include "offline/sqlite/connection.h"

namespace gongji::journal {

struct JournalFile {
  FileLock lock;
  std::unique_ptr<sqlite::Connection> connection;

  // Makes the file where there is none.  `vfs`: open_on.h.
  // Errors in order: in use, file unusable, written by a newer version.
  static Result<JournalFile> open(const std::filesystem::path& file, const std::string& vfs = {});
};

// How a journal's file is opened, its copies too: only one that this program knows.
sqlite::Options file_options(sqlite::Access access);

// A file that is there and is nobody else's, brought to the newest tables.  Errors: unusable, newer, disk.
Result<std::unique_ptr<sqlite::Connection>> open_newest(const std::filesystem::path& file);

}  // namespace gongji::journal
