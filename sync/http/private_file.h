// private_file.h — writes a file that only its owner may read, whole or not at all.
#pragma once

#include <string>
#include <string_view>

#include "offline/base/result.h"

namespace gongji::http {

// Writes `text` beside `path` with mode 0600, makes it durable, and renames it over `path`: after a power cut there is
// the old file or the new one.  The folder must exist.  Errors: file_not_written.
Result<void> write_private_file(const std::string& path, std::string_view text);

}  // namespace gongji::http
