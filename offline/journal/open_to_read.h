// open_to_read.h — a connection that only reads, beside the daemon's or without it.  Internal.
#pragma once

#include <filesystem>
#include <memory>

#include "offline/base/result.h"
#include "offline/sqlite/connection.h"

namespace gongji::journal {

// Errors: as sqlite::Connection::open; not a journal.
Result<std::unique_ptr<sqlite::Connection>> open_to_read(const std::filesystem::path& file);

}  // namespace gongji::journal
