#include "sync/http/private_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "sync/http/troubles.h"

namespace gongji::http {
namespace {

class File {
 public:
  explicit File(int descriptor) : descriptor_(descriptor) {}
  ~File() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  bool open() const { return descriptor_ >= 0; }
  int get() const { return descriptor_; }
  bool close_now() {
    const int descriptor = descriptor_;
    descriptor_ = -1;
    return ::close(descriptor) == 0;
  }

 private:
  int descriptor_;
};

bool write_all(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(descriptor, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

Trouble not_written(const std::string& path, const char* step) {
  return trouble(troubles::file_not_written, path, std::string(step) + ": " + std::strerror(errno));
}

}  // namespace

Result<void> write_private_file(const std::string& path, std::string_view text) {
  const std::string beside = path + ".new";
  // A leftover of an earlier crash goes first: O_EXCL below makes sure that the mode is ours and nothing is followed.
  if (::unlink(beside.c_str()) != 0 && errno != ENOENT) return not_written(path, "unlink");
  File file(::open(beside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, S_IRUSR | S_IWUSR));
  if (!file.open()) return not_written(path, "open");
  if (!write_all(file.get(), text)) return not_written(path, "write");
  if (::fsync(file.get()) != 0) return not_written(path, "fsync");
  if (!file.close_now()) return not_written(path, "close");
  if (std::rename(beside.c_str(), path.c_str()) != 0) return not_written(path, "rename");

  const auto slash = path.rfind('/');
  const std::string folder = slash == std::string::npos ? "." : path.substr(0, slash == 0 ? 1 : slash);
  const File directory(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!directory.open() || ::fsync(directory.get()) != 0) return not_written(path, "fsync of the folder");
  return {};
}

}  // namespace gongji::http
