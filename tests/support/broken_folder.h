// broken_folder.h — a folder whose list breaks off with an input/output error, as on a disk that is going.
//
// Takes the place of readdir() in the whole test program.  One at a time.
#pragma once

#include <filesystem>

namespace gongji::tests {

class BrokenFolder {
 public:
  // After `entries` of it were told, "." and ".." among them.
  BrokenFolder(const std::filesystem::path& folder, int entries);
  ~BrokenFolder();
  BrokenFolder(const BrokenFolder&) = delete;
  BrokenFolder& operator=(const BrokenFolder&) = delete;
};

}  // namespace gongji::tests
