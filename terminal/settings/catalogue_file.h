// catalogue_file.h — the site's catalogue from its file.
#pragma once

#include <filesystem>

#include "offline/packs/catalogue.h"

namespace gongji::terminal {

// Errors: config_value_invalid ("catalogue.file") where the file cannot be read; those of packs::Catalogue::load.
Result<packs::Catalogue> load_catalogue(const std::filesystem::path& file);

}  // namespace gongji::terminal
