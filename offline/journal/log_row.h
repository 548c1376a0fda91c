// log_row.h — the one row about the log itself: whose it is, how far both sides have got, the last signed head, the
// terms.  Internal; inside the caller's transaction.
#pragma once

#include <optional>
#include <string>

#include "offline/journal/store.h"

namespace gongji::journal {

struct LogRow {
  std::string terminal;
  std::uint32_t epoch = 1;
  std::uint64_t acknowledged_seq = 0;
  std::uint64_t feed_cursor = 0;
  std::optional<WallTime> last_contact;
  std::uint64_t head_seq = 0;  // of the last signed head; 0: none yet
  Digest head_hash{};
  Bytes head_signature;
  std::optional<record::Signed> terms;
};

// Absent in a file that was just made.  Errors: changed (its checksum does not hold), disk.
Result<std::optional<LogRow>> read_log_row(const Store& store);
Result<void> write_log_row(const Store& store, const LogRow& row);

// A write without meaning: it takes the place in the WAL of a transaction that failed to commit.
Result<void> write_over_failed_commit(sqlite::Connection& db);

}  // namespace gongji::journal
