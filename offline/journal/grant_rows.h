// grant_rows.h — the rows of standing grants in the file, each under its checksum: what was granted, what was used of
// it, what is closed.  Internal; inside the caller's transaction.  What may be done with them: grants.h.
//
// What was used stands beside what was granted, in one row a limit, so that the table itself refuses what is too much
// (CHECK).  Errors: chain_broken where a row is not what was written, and those of the file.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "offline/journal/store.h"
#include "offline/record/grant.h"

namespace gongji::journal {

struct GrantRow {
  record::Grant grant;  // as it came
  std::uint64_t feed_seq = 0;
  bool closed = false;
  std::optional<std::uint64_t> closed_after;  // the end of the log then; there exactly where it is closed
  bool told = false;                          // the centre has confirmed to know that it is closed
  record::GrantAtTill view() const { return {grant.life, closed, grant.expires}; }
};

struct GrantLimit {
  Money granted, used;  // as filed
};

// Limits by place: the accounts, then the counters.
std::size_t limit_count(const record::Grant& grant);
Money& limit_at(record::Grant& grant, std::size_t place);

Trouble grant_broken(const Id& id, std::string detail);

class GrantRows {
 public:
  explicit GrantRows(const Store& store) : store_(store) {}

  Result<std::optional<GrantRow>> read(const Id& id);
  Result<void> write(const GrantRow& row);

  Result<std::vector<GrantLimit>> limits(const record::Grant& grant);
  Result<void> write_limit(const Id& id, std::size_t place, const GrantLimit& limit);

  // Those of this person that are not closed, the one that lives longest first; until one is wanted no more (false).
  Result<void> each_live_of(const Bytes& person, const std::function<Result<bool>(const GrantRow&)>& wanted);
  // Not closed: this person's (look-up hash), then those of others that name an account of theirs.
  Result<std::vector<Id>> live_naming(const std::string& person_key) const;
  // Not closed, and expired at this time.
  Result<std::vector<Id>> live_ids(WallTime expired_at) const;
  Result<std::vector<Id>> ids() const;
  // Closed, and the centre has not confirmed to know it; at most `count_max`.
  Result<std::vector<record::ClosedGrant>> untold(std::size_t count_max) const;

  // What stands in the row for questions of the file is what its grant says; no limit is of a grant that is not there.
  Result<void> verify_columns(const GrantRow& row) const;
  Result<void> verify_no_strays() const;

 private:
  Result<GrantRow> row_of(const sqlite::Query& query) const;
  RowMac row_mac(const GrantRow& row, std::string_view item) const;
  RowMac limit_mac(const Id& id, std::size_t place, const GrantLimit& limit) const;

  Store store_;
  // A sale finds its grant and then spends it: what was read last, until it is written.  Nobody else writes meanwhile.
  std::optional<GrantRow> last_row_;
  std::optional<Id> limits_of_;
  std::vector<GrantLimit> last_limits_;
};

}  // namespace gongji::journal
