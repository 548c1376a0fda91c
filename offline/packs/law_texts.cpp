#include "offline/packs/law_texts.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <fstream>

#include "offline/packs/built_in.h"
#include "offline/packs/signed_file.h"
#include "offline/packs/troubles.h"

namespace gongji::packs {

namespace {

namespace fs = std::filesystem;

constexpr std::uintmax_t text_bytes_max = 8u << 20;

Result<std::string> read_text(const fs::path& path) {
  std::error_code error;
  const std::uintmax_t size = fs::file_size(path, error);
  if (error) return trouble(troubles::unreadable, path.string(), error.message());
  if (size > text_bytes_max) return trouble(troubles::unreadable, path.string(), "larger than 8 MiB");
  std::ifstream file(path, std::ios::binary);
  std::string text(size, '\0');
  if (!file.read(text.data(), static_cast<std::streamsize>(size))) return trouble(troubles::unreadable, path.string());
  return text;
}

// Only what sorts the texts; PackSetBuilder reads them strictly.
Result<std::string> scheme_of(const std::string& text, const std::string& origin) {
  const auto json = nlohmann::json::parse(text, nullptr, false);
  const auto scheme = json.is_object() ? json.find("scheme") : json.end();
  if (scheme == json.end() || !scheme->is_string()) return trouble(troubles::not_json, origin, "no scheme");
  return scheme->get<std::string>();
}

Result<std::vector<fs::path>> sorted_entries(const fs::path& folder) {
  std::error_code error;
  fs::directory_iterator entries(folder, error);
  if (error) return trouble(troubles::unreadable, folder.string(), error.message());
  std::vector<fs::path> paths;
  for (const auto& entry : entries) paths.push_back(entry.path());
  std::sort(paths.begin(), paths.end());
  return paths;
}

Result<void> add_folder(std::vector<LawText>& texts, const fs::path& folder) {
  const auto sources = read_text(folder / "sources.json");
  if (!sources) return sources.error();
  const auto files = sorted_entries(folder);
  if (!files) return files.error();
  for (const fs::path& path : *files) {
    if (path.extension() != ".json" || path.filename() == "sources.json") continue;
    auto text = read_text(path);
    if (!text) return text.error();
    const std::string origin = folder.filename().string() + "/" + path.filename().string();
    auto scheme = scheme_of(*text, origin);
    if (!scheme) return scheme.error();
    texts.push_back({LawText::Kind::pack, std::move(*scheme), origin, std::move(*text), *sources});
  }
  return {};
}

}  // namespace

std::vector<LawText> built_in_law_texts() {
  std::vector<LawText> texts;
  for (const BuiltInPack& pack : built_in_texts()) {
    const std::string scheme(pack.origin.substr(0, pack.origin.find('/')));
    texts.push_back(
        {LawText::Kind::pack, scheme, std::string(pack.origin), std::string(pack.text), std::string(pack.sources)});
  }
  return texts;
}

Result<std::vector<LawText>> read_law_texts(const fs::path& directory) {
  const auto folders = sorted_entries(directory);
  if (!folders) return folders.error();
  std::vector<LawText> texts;
  for (const fs::path& folder : *folders) {
    if (!fs::is_directory(folder) || !fs::exists(folder / "sources.json")) continue;
    if (auto done = add_folder(texts, folder); !done) return done.error();
  }
  if (texts.empty()) return trouble(troubles::nothing_there, directory.string());
  return texts;
}

Result<std::vector<LawText>> read_signed_texts(const fs::path& directory) {
  const auto files = sorted_entries(directory);
  if (!files) return files.error();
  std::vector<LawText> texts;
  for (const fs::path& path : *files) {
    if (path.extension() != ".json") continue;
    auto text = read_text(path);
    if (!text) return text.error();
    texts.push_back({LawText::Kind::signed_file, {}, path.filename().string(), std::move(*text), {}});
  }
  return texts;
}

Result<LawText> read_supplement_text(const fs::path& file) {
  auto text = read_text(file);
  if (!text) return text.error();
  const std::string origin = file.filename().string();
  if (says_signed(*text)) return LawText{LawText::Kind::signed_file, {}, origin, std::move(*text), {}};
  auto scheme = scheme_of(*text, origin);
  if (!scheme) return scheme.error();
  return LawText{LawText::Kind::supplement, std::move(*scheme), origin, std::move(*text), {}};
}

Result<PackSet> packs_of(const std::vector<LawText>& texts, bool activate_reported) {
  PackSetBuilder builder;
  if (activate_reported) builder.activate_reported();
  for (const LawText& text : texts) {
    auto added = Result<void>();
    if (text.kind == LawText::Kind::pack) added = builder.add_pack(text.text, text.sources, text.origin);
    if (text.kind == LawText::Kind::supplement) added = builder.add_supplement(text.text, text.origin);
    if (text.kind == LawText::Kind::signed_file) added = builder.add_signed(text.text, text.origin);
    if (!added) return added.error();
  }
  return builder.build();
}

}  // namespace gongji::packs
