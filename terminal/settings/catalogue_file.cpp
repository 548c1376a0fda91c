#include "terminal/settings/catalogue_file.h"

#include <fstream>
#include <sstream>

#include "terminal/troubles.h"

namespace gongji::terminal {

Result<packs::Catalogue> load_catalogue(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream text;
  text << file.rdbuf();
  if (!file) return trouble(troubles::config_value_invalid, "catalogue.file", path.string());
  return packs::Catalogue::load(text.str(), path.filename().string());
}

}  // namespace gongji::terminal
