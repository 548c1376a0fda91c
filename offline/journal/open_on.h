// open_on.h — Journal::open on a named SQLite file system.  For tests that make the disk fail.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "offline/journal/journal.h"

namespace gongji::journal {

// As Journal::open; `vfs` names a registered sqlite3_vfs, "" is the machine's own.
Result<std::unique_ptr<Journal>> open_on(const std::string& vfs, const std::filesystem::path& file,
                                         const Identity& identity, std::shared_ptr<const seal::KeyStore> keys,
                                         Random& random);

}  // namespace gongji::journal
