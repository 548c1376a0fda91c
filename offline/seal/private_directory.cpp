#include "offline/seal/private_directory.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <system_error>

#include "offline/base/check.h"
#include "offline/seal/troubles.h"

namespace gongji::seal {
namespace {

constexpr mode_t others = S_IRWXG | S_IRWXO;

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return number_; }
  explicit operator bool() const { return number_ >= 0; }

 private:
  int number_;
};

std::string reason(int error) {
  return std::generic_category().message(error);
}

std::string quoted(const std::string& path) {
  std::string out = "'";
  for (const char c : path) {
    if (c == '\'')
      out += "'\\''";
    else
      out += c;
  }
  return out + "'";
}

std::string mode_advice(mode_t mode, std::string_view wanted, const std::string& path) {
  return fmt::format("mode {:04o}; chmod {} {}", static_cast<unsigned>(mode & 07777U), wanted, quoted(path));
}

// write() may be cut short by a signal; true when all of it is in the file and on the disk.
bool write_through(int descriptor, ByteView content) {
  while (!content.empty()) {
    const ssize_t written = ::write(descriptor, content.data(), content.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    content = content.subspan(static_cast<std::size_t>(written));
  }
  return ::fsync(descriptor) == 0;
}

}  // namespace

Result<PrivateDirectory> PrivateDirectory::open(const std::filesystem::path& path) {
  const bool made = ::mkdir(path.c_str(), S_IRWXU) == 0;
  if (!made && errno != EEXIST) return trouble(troubles::cannot_write, path.string(), reason(errno));
  if (made) {
    // The new name must be as durable as the keys below it.
    std::filesystem::path parent = path.has_filename() ? path.parent_path() : path.parent_path().parent_path();
    if (parent.empty()) parent = ".";
    const Descriptor above(::open(parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (above && ::fsync(above.get()) != 0) return trouble(troubles::cannot_write, path.string(), reason(errno));
  }
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return trouble(troubles::unreadable, path.string(), reason(errno));
  PrivateDirectory directory(path, descriptor);
  struct stat status {};
  if (::fstat(descriptor, &status) != 0) return trouble(troubles::unreadable, path.string(), reason(errno));
  if ((status.st_mode & others) != 0)
    return trouble(troubles::directory_not_private, path.string(), mode_advice(status.st_mode, "700", path.string()));
  return directory;
}

PrivateDirectory::PrivateDirectory(PrivateDirectory&& other) noexcept
    : path_(std::move(other.path_)), descriptor_(other.descriptor_) {
  other.descriptor_ = -1;
}

PrivateDirectory::~PrivateDirectory() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

bool PrivateDirectory::contains(const std::string& name) const {
  return ::faccessat(descriptor_, name.c_str(), F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

Result<std::optional<Bytes>> PrivateDirectory::read(const std::string& name) const {
  // O_NONBLOCK: opening a pipe that somebody put here must not hang.
  const Descriptor file(::openat(descriptor_, name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  if (!file && errno == ENOENT) return std::optional<Bytes>();
  if (!file && errno == ELOOP)
    return trouble(troubles::file_not_private, path_of(name), "a symbolic link; put the file itself here");
  if (!file) return trouble(troubles::unreadable, path_of(name), reason(errno));
  struct stat status {};
  if (::fstat(file.get(), &status) != 0) return trouble(troubles::unreadable, path_of(name), reason(errno));
  if (!S_ISREG(status.st_mode)) return trouble(troubles::file_not_private, path_of(name), "not a regular file");
  if ((status.st_mode & others) != 0)
    return trouble(troubles::file_not_private, path_of(name), mode_advice(status.st_mode, "600", path_of(name)));

  Bytes content(private_file_size_max + 1);
  std::size_t size = 0;
  while (size < content.size()) {
    const ssize_t got = ::read(file.get(), content.data() + size, content.size() - size);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return trouble(troubles::unreadable, path_of(name), reason(errno));
    if (got == 0) break;
    size += static_cast<std::size_t>(got);
  }
  if (size > private_file_size_max) return trouble(troubles::unreadable, path_of(name), "larger than 64 KiB");
  content.resize(size);
  return std::optional<Bytes>(std::move(content));
}

Result<void> PrivateDirectory::create(const std::string& name, ByteView content) const {
  GONGJI_CHECK(!contains(name));
  const std::string unfinished = name + ".new";
  // What a crash left here was never a key: nothing can have used it.
  ::unlinkat(descriptor_, unfinished.c_str(), 0);
  const Descriptor file(::openat(descriptor_, unfinished.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
                                 S_IRUSR | S_IWUSR));
  if (!file) return trouble(troubles::cannot_write, path_of(name), reason(errno));
  if (!write_through(file.get(), content) ||
      ::renameat(descriptor_, unfinished.c_str(), descriptor_, name.c_str()) != 0 || ::fsync(descriptor_) != 0) {
    const int error = errno;
    ::unlinkat(descriptor_, unfinished.c_str(), 0);
    return trouble(troubles::cannot_write, path_of(name), reason(error));
  }
  return {};
}

Result<void> PrivateDirectory::destroy(const std::string& name) const {
  const Descriptor file(::openat(descriptor_, name.c_str(), O_WRONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  if (!file && errno == ENOENT) return {};
  struct stat status {};
  if (!file || ::fstat(file.get(), &status) != 0) return trouble(troubles::cannot_write, path_of(name), reason(errno));
  const Bytes zeros(static_cast<std::size_t>(status.st_size));
  if (!write_through(file.get(), zeros) || ::unlinkat(descriptor_, name.c_str(), 0) != 0 || ::fsync(descriptor_) != 0)
    return trouble(troubles::cannot_write, path_of(name), reason(errno));
  return {};
}

Result<void> PrivateDirectory::take_place(const std::string& from, const std::string& to) const {
  const Descriptor before(::openat(descriptor_, to.c_str(), O_WRONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  if (::renameat(descriptor_, from.c_str(), descriptor_, to.c_str()) != 0) {
    return errno == ENOENT ? Result<void>() : trouble(troubles::cannot_write, path_of(to), reason(errno));
  }
  if (auto done = flush(); !done) return done;
  // Only now: until the new name was on the disk, the old content was still needed.
  struct stat status {};
  if (before && ::fstat(before.get(), &status) == 0)
    write_through(before.get(), Bytes(static_cast<std::size_t>(status.st_size)));
  return {};
}

Result<std::vector<std::string>> PrivateDirectory::names_ending(std::string_view suffix) const {
  std::error_code error;
  std::filesystem::directory_iterator files(path_, error);
  const std::filesystem::directory_iterator end;
  std::vector<std::string> names;
  for (; !error && files != end; files.increment(error)) {
    std::string name = files->path().filename().string();
    if (name.ends_with(suffix)) names.push_back(std::move(name));
  }
  if (error) return trouble(troubles::unreadable, path_.string(), error.message());
  std::sort(names.begin(), names.end());
  return names;
}

Result<void> PrivateDirectory::flush() const {
  if (::fsync(descriptor_) != 0) return trouble(troubles::cannot_write, path_.string(), reason(errno));
  return {};
}

// A descriptor of its own: flock() belongs to the open file, so a shared one would not exclude other threads.
PrivateDirectory::Lock::Lock(const PrivateDirectory& directory)
    : descriptor_(::openat(directory.descriptor_, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)) {
  while (descriptor_ >= 0 && ::flock(descriptor_, LOCK_EX) != 0 && errno == EINTR) {
  }
}

PrivateDirectory::Lock::~Lock() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

Result<void> check_private(const std::filesystem::path& folder, const std::vector<std::string>& files) {
  struct stat status {};
  if (::stat(folder.c_str(), &status) == 0 && (status.st_mode & others) != 0) {
    return trouble(troubles::directory_not_private, folder.string(),
                   mode_advice(status.st_mode, "700", folder.string()));
  }
  for (const std::string& name : files) {
    const std::string path = (folder / name).string();
    if (::stat(path.c_str(), &status) == 0 && (status.st_mode & others) != 0)
      return trouble(troubles::file_not_private, path, mode_advice(status.st_mode, "600", path));
  }
  return {};
}

}  // namespace gongji::seal
