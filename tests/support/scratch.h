// scratch.h — a directory of its own for one test, gone afterwards.
#pragma once

#include <filesystem>
#include <string>

#include "offline/base/bytes.h"
#include "offline/base/ids.h"

namespace gongji::tests {

class Scratch {
 public:
  Scratch() {
    std::uint8_t name[8] = {};
    system_random().fill(name);
    path_ = std::filesystem::temp_directory_path() / ("gongji-" + to_hex(name));
    std::filesystem::create_directory(path_);
    std::filesystem::permissions(path_, std::filesystem::perms::owner_all);
  }
  ~Scratch() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;

  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path operator/(const std::string& name) const { return path_ / name; }

 private:
  std::filesystem::path path_;
};

}  // namespace gongji::tests
