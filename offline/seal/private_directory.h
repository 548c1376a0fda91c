// private_directory.h — a 0700 directory of small 0600 files that appear whole or not at all.
//
// A file is made under a temporary name (O_EXCL), flushed, renamed and its directory flushed: after a power cut it is
// there with all its bytes, or not there.  A file is replaced only by another that is there whole already
// (take_place()).  Making and destroying happen under Lock, so that two processes cannot each make "the" key.
//
// Thread safety: none of its own; callers hold Lock (or are alone) when they create or destroy.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "offline/base/bytes.h"
#include "offline/base/result.h"

namespace gongji::seal {

inline constexpr std::size_t private_file_size_max = 64 * 1024;

class PrivateDirectory {
 public:
  // Makes the directory (not its parents) where it is missing.
  // Errors in order: unreadable, not private.
  static Result<PrivateDirectory> open(const std::filesystem::path& path);

  PrivateDirectory(PrivateDirectory&& other) noexcept;
  PrivateDirectory& operator=(PrivateDirectory&&) = delete;
  ~PrivateDirectory();

  const std::filesystem::path& path() const { return path_; }
  bool contains(const std::string& name) const;

  // nullopt: there is no such file.  Errors: unreadable (or too large), not private (or not a regular file).
  Result<std::optional<Bytes>> read(const std::string& name) const;
  // Requires: Lock held, no file of that name.
  Result<void> create(const std::string& name, ByteView content) const;
  // Overwrites, then removes; nothing happens where there is no such file.  Requires: Lock held.
  // On flash and on copy-on-write file systems old blocks may survive: what is destroyed here is itself encrypted.
  Result<void> destroy(const std::string& name) const;

  // The file `from` becomes `to`; what `to` was before is overwritten.  Nothing happens where there is no `from`.
  // Requires: Lock held.
  Result<void> take_place(const std::string& from, const std::string& to) const;
  // Every name in it that ends so, in order.
  Result<std::vector<std::string>> names_ending(std::string_view suffix) const;
  // What was renamed or removed before is so after a power cut, too.
  Result<void> flush() const;

  // Excludes other processes and other PrivateDirectory objects of this one; waits for them.
  class Lock {
   public:
    explicit Lock(const PrivateDirectory& directory);
    ~Lock();
    Lock(const Lock&) = delete;
    Lock& operator=(const Lock&) = delete;

   private:
    int descriptor_;
  };

 private:
  PrivateDirectory(std::filesystem::path path, int descriptor) : path_(std::move(path)), descriptor_(descriptor) {}
  std::string path_of(const std::string& name) const { return (path_ / name).string(); }
  std::filesystem::path path_;
  int descriptor_;
};

// The folder, and those of `files` in it that are there: only their owner may read them.
// Errors in order: directory_not_private, file_not_private (the first), with the command that closes it.
Result<void> check_private(const std::filesystem::path& folder, const std::vector<std::string>& files);

}  // namespace gongji::seal
