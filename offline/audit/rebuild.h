// rebuild.h — puts lost entries back from receipts.
//
// Receipts come as they were collected: in any order, some twice, some of entries that are still there.  What joins the
// end of the log is put back (journal/restore.h); a gap stops there, because an entry proves nothing without those
// before it.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "offline/audit/receipt.h"
#include "offline/journal/restore.h"

namespace gongji::audit {

struct Plan {
  std::vector<journal::RawEntry> entries;  // to put back, in order
  std::uint64_t already_there = 0;         // receipts of entries that the log has
  std::vector<std::uint64_t> missing;      // numbers without which later receipts do not join; at most missing_max
  std::uint64_t beyond = 0;                // receipts that do not join because of them
};
inline constexpr std::size_t missing_max = 100;

// Pure but for reading the journal.
// Errors in order: not_a_receipt, receipt_not_ours (path "receipt 3"), then as journal::read_log_end and read_raw, and
// receipts_conflict (path "seq 17").
Result<Plan> plan_rebuild(const std::filesystem::path& journal, const journal::Identity& identity, ByteView public_key,
                          const std::vector<std::string>& receipts);

struct Rebuilt {
  Plan plan;
  journal::Restored restored;
};
// The daemon must be stopped.  Errors: those of plan_rebuild, then of journal::restore.
Result<Rebuilt> rebuild(const std::filesystem::path& journal, const journal::Identity& identity,
                        std::shared_ptr<const seal::KeyStore> keys, Random& random,
                        const std::vector<std::string>& receipts);

}  // namespace gongji::audit
