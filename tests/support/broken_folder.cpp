#include "tests/support/broken_folder.h"

#include <dirent.h>
#include <dlfcn.h>
#include <sys/stat.h>

#include <cerrno>
#include <mutex>

namespace {

std::mutex lock;  // guards the folder
bool broken = false;
dev_t device = 0;
ino_t inode = 0;
int entries_left = 0;

bool breaks_off(DIR* folder) {
  const std::scoped_lock guard(lock);
  struct stat found {};
  if (!broken || ::fstat(::dirfd(folder), &found) != 0 || found.st_dev != device || found.st_ino != inode) return false;
  return entries_left-- <= 0;
}

}  // namespace

// The C++ library asks for the second, which is the same on a machine of 64 bits.
extern "C" {
dirent* readdir(DIR* folder) {
  using Function = dirent* (*)(DIR*);
  static const auto real = reinterpret_cast<Function>(::dlsym(RTLD_NEXT, "readdir"));
  if (!breaks_off(folder)) return real(folder);
  errno = EIO;
  return nullptr;
}
dirent64* readdir64(DIR* folder) {
  return reinterpret_cast<dirent64*>(readdir(folder));
}
}

namespace gongji::tests {

BrokenFolder::BrokenFolder(const std::filesystem::path& folder, int entries) {
  const std::scoped_lock guard(lock);
  struct stat found {};
  broken = ::stat(folder.c_str(), &found) == 0;
  device = found.st_dev;
  inode = found.st_ino;
  entries_left = entries;
}

BrokenFolder::~BrokenFolder() {
  const std::scoped_lock guard(lock);
  broken = false;
}

}  // namespace gongji::tests
