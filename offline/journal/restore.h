// restore.h — puts lost entries back at the end of a journal, as they were: the same bytes, the same chain.
//
// For a journal that was restored from an old backup, or whose tail was lost with the disk.  The daemon must be stopped
// (the file's lock is taken).  Personal parts do not come back; their digests do, so the chain verifies.
//
// Totals are made anew from the entries.  Counters of persons move as the entries say.  Accounts move where the stored
// snapshot that the sale was settled with is still here (an own account: any snapshot of the person); otherwise their
// balance is put right by the centre's next snapshot.  What was sold on a grant counts as used of it again, and every
// grant is closed: it was given to a run of this journal that is over, and only the centre knows what became of it.
#pragma once

#include <filesystem>
#include <memory>
#include <vector>

#include "offline/journal/journal.h"

namespace gongji::journal {

struct Restored {
  std::uint64_t last_seq = 0;          // of the log now
  std::uint64_t known_seq = 0;         // how far it is known to have gone: last_seq, or more where entries still miss
  std::uint64_t accounts_unmoved = 0;  // sales whose accounts could not be found
};

// Requires (GONGJI_CHECK) entries in order, without gaps, the first after the last one there, each on the chain value
// before it; whose they are is checked here.  All of them or none.
// Errors in order: in use, file unusable, newer version, of another terminal, chain_broken (what is there does not
// hold, or an entry is not what it says, or its request is there already).
Result<Restored> restore(const std::filesystem::path& file, const Identity& identity,
                         std::shared_ptr<const seal::KeyStore> keys, Random& random,
                         const std::vector<RawEntry>& entries);

// The end of the log in a file, also of one that lost its tail.  Errors: as sqlite::Connection::open; not a journal.
struct LogEnd {
  Identity identity;
  std::uint64_t seq = 0;
  Digest hash{};
};
Result<LogEnd> read_log_end(const std::filesystem::path& file);

}  // namespace gongji::journal
