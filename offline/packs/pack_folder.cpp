#include "offline/packs/pack_folder.h"

#include <algorithm>
#include <fstream>

#include "offline/packs/strict_json.h"
#include "offline/packs/troubles.h"

namespace gongji::packs {

namespace {
constexpr std::uintmax_t file_bytes_max = 8u << 20;
}

std::string read_file(const std::filesystem::path& path) {
  std::error_code error;
  const std::uintmax_t size = std::filesystem::file_size(path, error);
  if (error) throw Fault{&troubles::unreadable, path.string(), error.message()};
  if (size > file_bytes_max) throw Fault{&troubles::unreadable, path.string(), "larger than 8 MiB"};
  std::ifstream file(path, std::ios::binary);
  std::string text(size, '\0');
  if (!file.read(text.data(), static_cast<std::streamsize>(size))) {
    throw Fault{&troubles::unreadable, path.string(), "cannot be read"};
  }
  return text;
}

std::vector<std::filesystem::path> sorted_entries(const std::filesystem::path& folder) {
  std::error_code error;
  std::filesystem::directory_iterator entries(folder, error);
  if (error) throw Fault{&troubles::unreadable, folder.string(), error.message()};
  std::vector<std::filesystem::path> paths;
  for (const auto& entry : entries) paths.push_back(entry.path());
  std::sort(paths.begin(), paths.end());
  return paths;
}

std::vector<PackText> read_pack_folder(const std::filesystem::path& directory) {
  std::vector<PackText> packs;
  for (const auto& folder : sorted_entries(directory)) {
    const auto sources = folder / "sources.json";
    if (!std::filesystem::is_directory(folder) || !std::filesystem::exists(sources)) continue;
    const std::string sources_text = read_file(sources);
    for (const auto& path : sorted_entries(folder)) {
      if (path.extension() != ".json" || path.filename() == "sources.json") continue;
      packs.push_back({read_file(path), sources_text, path.string(), sources.string()});
    }
  }
  if (packs.empty()) throw Fault{&troubles::nothing_there, directory.string(), ""};
  return packs;
}

}  // namespace gongji::packs
