// dump.h — what an SQLite file says, as text to be compared.
#pragma once

#include <filesystem>
#include <string>

namespace gongji::tests {

// Every column of every row of every table, in order; columns named `but` are left out.  Opens the file to write, as
// the next start would: an unfinished write-ahead log is recovered.
std::string dump(const std::filesystem::path& file, const std::string& vfs, const std::string& but = {});

}  // namespace gongji::tests
