// folder.h — a folder of its own that goes away with the test.
#pragma once

#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>

namespace gongji::tests {

struct Folder {
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "gongji-seal-XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    path = name;
  }
  ~Folder() { std::filesystem::remove_all(path); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  std::filesystem::path path;
};

}  // namespace gongji::tests
