// file_lock.h — one daemon a journal.  Internal.
//
// A lock of our own beside the file: SQLite's locks are held only during transactions, and two daemons that take turns
// would both believe to know the end of the chain.  The kernel frees it when the process ends, however it ends.
#pragma once

#include <filesystem>
#include <utility>

#include "offline/base/result.h"

namespace gongji::journal {

class FileLock {
 public:
  // Takes `<file>.lock`.  Errors: cannot be made (sqlite's cannot_open), in use.
  static Result<FileLock> take(const std::filesystem::path& file);
  FileLock(FileLock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  FileLock& operator=(FileLock&&) = delete;
  ~FileLock();

 private:
  explicit FileLock(int descriptor) : descriptor_(descriptor) {}
  int descriptor_;
};

}  // namespace gongji::journal
