// open_to_read.h — a connection that only reads, beside the daemon's or without it.  Internal.
#pragma once

#include <filesystem>
#include <memory>

#include "offline/base/result.h"
#include "offline/journal/journal.h"
#include "offline/sqlite/connection.h"

namespace gongji::journal {

// Errors: as sqlite::Connection::open; not a journal.
Result<std::unique_ptr<sqlite::Connection>> open_to_read(const std::filesystem::path& file);

// Whether entries may have packed parts (version 4); before it the column is not there.
Result<bool> has_packed_parts(sqlite::Connection& db);

// Whose log it is, as it says itself.  Errors: not a journal, disk.
Result<Identity> identity_of(sqlite::Connection& db);

}  // namespace gongji::journal
