// copy_restore.h — a journal made again from its copy in a second place.
//
// The daemon must be stopped (the file's lock is taken).  Any thread.
#pragma once

#include <filesystem>
#include <memory>

#include "offline/journal/journal.h"
#include "offline/journal/second_place.h"

namespace gongji::journal {

struct CopyRestored {
  std::uint64_t last_seq = 0;
  Digest last_hash{};
  std::filesystem::path kept;  // what was there before, under its new name; "" where nothing was
};

// Puts the copy of this terminal and epoch below `directory` in the place of `file`, verified whole before.  What is
// there already is kept under another name where `replace`; otherwise it is trouble.  The copy is only read.
// Errors in order: in use, journal_is_there, second_copy_absent, second_copy_unusable, chain_broken (as check_file),
// disk.  After trouble `file` is what it was.
Result<CopyRestored> restore_from_copy(const std::filesystem::path& directory, const std::filesystem::path& file,
                                       const Identity& identity, std::shared_ptr<const seal::KeyStore> keys,
                                       bool replace);

}  // namespace gongji::journal
