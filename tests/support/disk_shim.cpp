// disk_shim.cpp — a bad disk for a process that does not know: loaded with LD_PRELOAD, it stands before the calls that
// write and sync files.  Concerned are only files below one folder; every other file is untouched.
//
//   GONGJI_SHIM_FOLDER      absolute path; without it nothing is changed
//   GONGJI_SHIM_SYNC_US     each fsync and fdatasync takes so many microseconds longer (a disk of 2 ms: 2000)
//   GONGJI_SHIM_SLOW_WHILE  the slowness lasts while this file exists; unset: always
//   GONGJI_SHIM_FAIL_WHILE  writes and syncs fail while this file exists: with EIO (input/output error), or as the file
//                           says: EROFS (the kernel has made it read-only), ENOSPC (full)
//   GONGJI_SHIM_FAIL_SYNCS_WHILE  only syncs fail while this file exists: written, and never known to be there
//
// Threads: any.  What a memory mapping writes (SQLite's -shm) is not seen; nothing durable depends on it.
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstdlib>
#include <cstring>
#include <ctime>

namespace {

struct Settings {
  const char* folder = std::getenv("GONGJI_SHIM_FOLDER");
  std::size_t folder_length = folder == nullptr ? 0 : std::strlen(folder);
  long sync_us = [] {
    const char* text = std::getenv("GONGJI_SHIM_SYNC_US");
    return text == nullptr ? 0 : std::strtol(text, nullptr, 10);
  }();
  const char* slow_while = std::getenv("GONGJI_SHIM_SLOW_WHILE");
  const char* fail_while = std::getenv("GONGJI_SHIM_FAIL_WHILE");
  const char* fail_syncs_while = std::getenv("GONGJI_SHIM_FAIL_SYNCS_WHILE");
};

const Settings& settings() {
  static const Settings read;
  return read;
}

bool exists(const char* file) {
  return file != nullptr && ::access(file, F_OK) == 0;
}

// Whether this open file is one of those below the folder.
bool is_concerned(int file) {
  const Settings& set = settings();
  if (set.folder_length == 0) return false;
  char link[32] = "/proc/self/fd/";
  char digits[12];
  int count = 0;
  for (int rest = file; count == 0 || rest > 0; rest /= 10) digits[count++] = static_cast<char>('0' + rest % 10);
  std::size_t end = std::strlen(link);
  while (count > 0) link[end++] = digits[--count];
  link[end] = '\0';
  char path[PATH_MAX];
  const ssize_t length = ::readlink(link, path, sizeof(path));
  return length > static_cast<ssize_t>(set.folder_length) && std::memcmp(path, set.folder, set.folder_length) == 0 &&
         path[set.folder_length] == '/';
}

// What the file says; 0 where there is none.
int failure_in(const char* file) {
  const int descriptor = file == nullptr ? -1 : ::open(file, O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return 0;
  char word[8] = {};
  const ssize_t length = ::read(descriptor, word, sizeof(word) - 1);
  ::close(descriptor);
  if (length >= 5 && std::strncmp(word, "EROFS", 5) == 0) return EROFS;
  if (length >= 6 && std::strncmp(word, "ENOSPC", 6) == 0) return ENOSPC;
  return EIO;
}

bool refuses_write(int file) {
  const Settings& set = settings();
  if (file < 0 || !exists(set.fail_while) || !is_concerned(file)) return false;
  errno = failure_in(set.fail_while);
  return errno != 0;
}

// True where the sync fails (errno says how); otherwise the wait is over.
bool refuses_sync(int file) {
  const Settings& set = settings();
  if (file < 0 || !is_concerned(file)) return false;
  if (set.sync_us > 0 && (set.slow_while == nullptr || exists(set.slow_while))) {
    const int before = errno;
    timespec span{set.sync_us / 1'000'000, set.sync_us % 1'000'000 * 1'000};
    while (::nanosleep(&span, &span) != 0 && errno == EINTR) {
    }
    errno = before;
  }
  const int before = errno;
  errno = failure_in(set.fail_while);
  if (errno == 0) errno = failure_in(set.fail_syncs_while);
  if (errno != 0) return true;
  errno = before;
  return false;
}

template <class Function>
Function next(const char* name) {
  return reinterpret_cast<Function>(::dlsym(RTLD_NEXT, name));
}

}  // namespace

extern "C" {

int fsync(int file) {
  static const auto real = next<int (*)(int)>("fsync");
  return refuses_sync(file) ? -1 : real(file);
}

int fdatasync(int file) {
  static const auto real = next<int (*)(int)>("fdatasync");
  return refuses_sync(file) ? -1 : real(file);
}

ssize_t write(int file, const void* bytes, size_t count) {
  static const auto real = next<ssize_t (*)(int, const void*, size_t)>("write");
  return refuses_write(file) ? -1 : real(file, bytes, count);
}

ssize_t pwrite(int file, const void* bytes, size_t count, off_t at) {
  static const auto real = next<ssize_t (*)(int, const void*, size_t, off_t)>("pwrite");
  return refuses_write(file) ? -1 : real(file, bytes, count, at);
}

ssize_t pwrite64(int file, const void* bytes, size_t count, off64_t at) {
  static const auto real = next<ssize_t (*)(int, const void*, size_t, off64_t)>("pwrite64");
  return refuses_write(file) ? -1 : real(file, bytes, count, at);
}

ssize_t writev(int file, const iovec* parts, int count) {
  static const auto real = next<ssize_t (*)(int, const iovec*, int)>("writev");
  return refuses_write(file) ? -1 : real(file, parts, count);
}

int ftruncate(int file, off_t length) noexcept {
  static const auto real = next<int (*)(int, off_t)>("ftruncate");
  return refuses_write(file) ? -1 : real(file, length);
}

int ftruncate64(int file, off64_t length) noexcept {
  static const auto real = next<int (*)(int, off64_t)>("ftruncate64");
  return refuses_write(file) ? -1 : real(file, length);
}
}
