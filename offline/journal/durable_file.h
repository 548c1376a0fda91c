// durable_file.h — small files beside the database that are there whole or not at all.  Internal.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "offline/base/result.h"

namespace gongji::journal {

// An open file of the machine.
class OpenFile {
 public:
  // `flags` as open(2); a file that is made gets mode 0600.  Errors: sqlite's cannot_open.
  static Result<OpenFile> open(const std::filesystem::path& path, int flags);
  OpenFile(OpenFile&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)), path_(other.path_) {}
  OpenFile& operator=(OpenFile&& other) noexcept;
  ~OpenFile();

  // Exactly these bytes; the end of the file before that is trouble.  Errors: disk_full, disk_error.
  Result<void> read_at(std::uint64_t at, char* out, std::size_t count) const;
  // As many as there are.
  Result<std::size_t> read_some_at(std::uint64_t at, char* out, std::size_t count) const;
  Result<void> write_at(std::uint64_t at, std::string_view bytes) const;
  Result<void> cut_to(std::uint64_t length) const;
  Result<void> sync() const;
  // False where it was removed, renamed, or its disk taken away: what is written is then lost to everybody else.
  bool is_at_its_path() const;

 private:
  OpenFile(int descriptor, std::string path) : descriptor_(descriptor), path_(std::move(path)) {}
  Trouble failed(const char* what) const;
  int descriptor_ = -1;
  std::string path_;
};

// Written beside, made durable, renamed over `path`: after a power cut there is the old content or the new.
Result<void> write_durable(const std::filesystem::path& path, std::string_view content);
// nullopt: there is none.  Errors: unreadable, larger than `bytes_max`.
Result<std::optional<std::string>> read_small(const std::filesystem::path& path, std::size_t bytes_max);
// What was made, renamed or removed in a folder is so after a power cut, too.
Result<void> sync_folder(const std::filesystem::path& folder);

}  // namespace gongji::journal
