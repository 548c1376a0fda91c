// pack_text.h — the built-in packs' files as text and JSON, for tests that damage them.
#pragma once

#include <nlohmann/json.hpp>

#include <catch2/catch.hpp>
#include <fstream>
#include <iterator>
#include <string>

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

}  // namespace gongji::testing
