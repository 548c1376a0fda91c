// pack_folder.h — packs as they lie in a folder: <scheme>/<version>.json with <scheme>/sources.json; inside this module
// only.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace gongji::packs {

struct PackText {
  std::string text, sources;
  std::string origin, sources_origin;  // paths
};

// All throw Fault: unreadable, nothing_there.  A file is at most 8 MiB.
std::string read_file(const std::filesystem::path& path);
std::vector<std::filesystem::path> sorted_entries(const std::filesystem::path& folder);
std::vector<PackText> read_pack_folder(const std::filesystem::path& directory);

}  // namespace gongji::packs
