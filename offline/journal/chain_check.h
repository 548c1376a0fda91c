// chain_check.h — does the file still say what was signed?  Internal.
//
// Everything that can be derived again is derived again and compared: the chain, the plain columns, verdicts and
// cancellations, movements, totals.  Where the store has no keys, what can be told without them.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <tuple>
#include <vector>

#include "offline/journal/entries.h"
#include "offline/journal/log_row.h"

namespace gongji::journal {

class ChainCheck {
 public:
  // Is asked about each entry that held, in order, with its personal part where that is here; its trouble ends the
  // check.
  using Witness = std::function<Result<void>(const record::Decoded& entry)>;

  explicit ChainCheck(const Store& store, Witness witness = {})
      : store_(store), entries_(store), witness_(std::move(witness)) {}

  // The last signed head is ours and stands in the chain.
  Result<void> head(const LogRow& row, const Tip& tip);
  // Entries from..to, both included.
  Result<void> stretch(std::uint64_t from, std::uint64_t to);
  // After stretch(1, last): that there is nothing beside them, and that the totals are their sums.
  Result<void> rest();
  std::uint64_t gone() const { return gone_; }  // entries whose personal part is not here any more

 private:
  struct Sum {
    std::int64_t count = 0;
    Amounts amounts;
    bool operator==(const Sum&) const = default;
  };
  struct Seen {
    record::Entry entry;
    Columns columns;
    Marks marks;
    std::optional<record::Body> body;  // absent when the personal part was erased
  };
  Result<void> entry(sqlite::Query& row, Tip& previous);
  Result<void> cancellation(const Seen& seen);
  Result<void> verdict(const Seen& seen);
  Result<void> kept_part(std::uint64_t seq, const record::Sale& kept);
  Result<void> movements(const Seen& seen);
  Result<void> movements_are(std::uint64_t seq, const std::vector<Movement>& expected);
  Result<void> movement_counts();
  Result<void> totals();
  Result<void> verdicts();
  void add(const Seen& seen);

  Store store_;
  Entries entries_;
  Witness witness_;
  std::uint64_t gone_ = 0;
  std::uint64_t filed_seq_ = 0;  // behind it: neither movements nor totals yet (filing.h)
  std::map<std::uint64_t, std::optional<std::size_t>> movement_counts_;  // by seq; absent value: erased, unknown
  std::map<std::tuple<std::int32_t, int, int>, Sum> totals_;
};

}  // namespace gongji::journal
