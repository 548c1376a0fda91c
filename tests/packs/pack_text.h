// pack_text.h — the built-in packs' files as text and JSON, for tests that damage them.
#pragma once

#include <nlohmann/json.hpp>

#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace gongji::testing {

inline std::string file_text(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  INFO(path);
  REQUIRE(file.good());
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

inline const std::string wuhan_path = "offline/packs/wuhan-employee/2023-02-01.json";
inline std::string wuhan_sources() {
  return file_text("offline/packs/wuhan-employee/sources.json");
}
// Members keep the order of the file.
inline nlohmann::ordered_json wuhan_json() {
  return nlohmann::ordered_json::parse(file_text(wuhan_path));
}

// Every version in the tree.
inline std::vector<std::string> pack_paths() {
  std::vector<std::string> paths;
  for (const auto& folder : std::filesystem::directory_iterator("offline/packs")) {
    if (!folder.is_directory() || !std::filesystem::exists(folder.path() / "sources.json")) continue;
    for (const auto& entry : std::filesystem::directory_iterator(folder.path())) {
      if (entry.path().filename() != "sources.json") paths.push_back(entry.path().string());
    }
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}
inline std::string sources_beside(const std::string& pack_path) {
  return file_text((std::filesystem::path(pack_path).parent_path() / "sources.json").string());
}

}  // namespace gongji::testing
