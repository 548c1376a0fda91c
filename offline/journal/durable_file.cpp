#include "offline/journal/durable_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <system_error>

#include "offline/sqlite/troubles.h"

namespace gongji::journal {

namespace {

Trouble disk_trouble(const std::string& path, const char* what, int error) {
  const TroubleText* text = &sqlite::troubles::disk_error;
  if (error == ENOSPC || error == EDQUOT) text = &sqlite::troubles::disk_full;
  if (error == EROFS) text = &sqlite::troubles::read_only;
  return trouble(*text, path, std::string(what) + ": " + std::generic_category().message(error));
}

}  // namespace

Result<OpenFile> OpenFile::open(const std::filesystem::path& path, int flags) {
  const int descriptor = ::open(path.c_str(), flags | O_CLOEXEC, 0600);
  if (descriptor < 0) {
    if (errno == ENOSPC || errno == EROFS || errno == EIO) return disk_trouble(path.string(), "open", errno);
    return trouble(sqlite::troubles::cannot_open, path.string(), std::generic_category().message(errno));
  }
  return OpenFile(descriptor, path.string());
}

OpenFile& OpenFile::operator=(OpenFile&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  std::swap(path_, other.path_);
  return *this;
}

OpenFile::~OpenFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

Trouble OpenFile::failed(const char* what) const {
  return disk_trouble(path_, what, errno);
}

Result<std::size_t> OpenFile::read_some_at(std::uint64_t at, char* out, std::size_t count) const {
  std::size_t done = 0;
  while (done < count) {
    const ssize_t got = ::pread(descriptor_, out + done, count - done, static_cast<off_t>(at + done));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return failed("read");
    if (got == 0) break;
    done += static_cast<std::size_t>(got);
  }
  return done;
}

Result<void> OpenFile::read_at(std::uint64_t at, char* out, std::size_t count) const {
  const auto done = read_some_at(at, out, count);
  if (!done) return done.error();
  if (*done < count) return trouble(sqlite::troubles::disk_error, path_, "ends early");
  return {};
}

Result<void> OpenFile::write_at(std::uint64_t at, std::string_view bytes) const {
  while (!bytes.empty()) {
    const ssize_t done = ::pwrite(descriptor_, bytes.data(), bytes.size(), static_cast<off_t>(at));
    if (done < 0 && errno == EINTR) continue;
    if (done <= 0) return failed("write");
    bytes.remove_prefix(static_cast<std::size_t>(done));
    at += static_cast<std::uint64_t>(done);
  }
  return {};
}

Result<void> OpenFile::cut_to(std::uint64_t length) const {
  if (::ftruncate(descriptor_, static_cast<off_t>(length)) != 0) return failed("truncate");
  return {};
}

Result<void> OpenFile::sync() const {
  if (::fdatasync(descriptor_) != 0) return failed("sync");
  return {};
}

bool OpenFile::is_at_its_path() const {
  struct stat here {
  }, there{};
  return ::fstat(descriptor_, &here) == 0 && ::stat(path_.c_str(), &there) == 0 && here.st_dev == there.st_dev &&
         here.st_ino == there.st_ino;
}

Result<void> write_durable(const std::filesystem::path& path, std::string_view content) {
  const std::filesystem::path beside = path.string() + ".new";
  if (::unlink(beside.c_str()) != 0 && errno != ENOENT) return disk_trouble(beside.string(), "remove", errno);
  {
    auto file = OpenFile::open(beside, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW);
    if (!file) return file.error();
    if (auto done = file->write_at(0, content); !done) return done;
    if (auto done = file->sync(); !done) return done;
  }
  if (std::rename(beside.c_str(), path.c_str()) != 0) return disk_trouble(path.string(), "rename", errno);
  return sync_folder(path.parent_path());
}

Result<std::optional<std::string>> read_small(const std::filesystem::path& path, std::size_t bytes_max) {
  std::error_code error;
  const auto kind = std::filesystem::status(path, error).type();
  if (kind == std::filesystem::file_type::not_found) return std::optional<std::string>();
  const auto file = OpenFile::open(path, O_RDONLY);
  if (!file) return file.error();
  std::string content(bytes_max + 1, '\0');
  const auto count = file->read_some_at(0, content.data(), content.size());
  if (!count) return count.error();
  if (*count > bytes_max) return trouble(sqlite::troubles::disk_error, path.string(), "too large");
  content.resize(*count);
  return std::optional(std::move(content));
}

Result<void> sync_folder(const std::filesystem::path& folder) {
  const auto opened = OpenFile::open(folder.empty() ? "." : folder, O_RDONLY | O_DIRECTORY);
  if (!opened) return opened.error();
  return opened->sync();
}

}  // namespace gongji::journal
