// log_view.h — what stands in a journal and what became of it, at one moment, for whoever asks about days: the clerk's
// tasks, reconciliation.
//
// No key is needed: of an entry the public part is read.  Read-only; the daemon may run or not, and what it writes
// after open() is not seen (its WAL only grows while a view is open).  Threads: owned by one at a time.
// Errors: as reader.h; an entry that cannot be read.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "offline/journal/journal.h"

namespace gongji::sqlite {
class Connection;
}

namespace gongji::journal {

// The plain columns of one entry.
struct LogLine {
  std::uint64_t seq = 0;
  record::EntryKind kind = record::EntryKind::sale;
  WallTime at;
  Day day;                                    // of the entry, not of the service
  SaleState state = SaleState::cash;          // of a sale or paper
  std::optional<std::uint64_t> sale_seq;      // cancel: of the sale
  std::optional<std::uint64_t> cancelled_by;  // sale: the cancellation's seq
  bool refused = false;                       // the last verdict on it, of whatever kind it is
  std::string person;                         // look-up hash, 64 hex; "" where there is none
  Money medfee;
  record::PayerShares shares;  // as answered
};

class LogView {
 public:
  static Result<std::unique_ptr<LogView>> open(const std::filesystem::path& file);
  ~LogView();

  const Identity& identity() const { return identity_; }
  std::uint64_t acknowledged_seq() const { return acknowledged_seq_; }

  // Entries of that day and later, in the order of the log.  Cost: one step for each, nothing is decoded.
  Result<std::vector<LogLine>> lines(Day from);
  // Entries behind this one.
  Result<std::vector<LogLine>> lines_after(std::uint64_t seq);
  // Entries that have more than one verdict.
  Result<std::set<std::uint64_t>> judged_again();
  // Requires a seq of lines().  Decodes the public part.
  Result<record::Decoded> read(std::uint64_t seq);
  // The earliest day from `from` on that has a paper.
  Result<std::optional<Day>> first_paper_day(Day from);
  // When each grant that may still be spent expires.
  Result<std::vector<WallTime>> live_grants();
  // In the order of the feed: a later one stands in place of those before it.
  Result<std::vector<record::Verdict>> verdicts_on(std::uint64_t seq);

 private:
  LogView(std::unique_ptr<sqlite::Connection> db, bool packed);
  std::unique_ptr<sqlite::Connection> db_;
  bool packed_;  // the file has packed parts
  Identity identity_;
  std::uint64_t acknowledged_seq_ = 0;
};

}  // namespace gongji::journal
