// feed_items.h — one item of the feed, applied to the file.  Internal; inside the caller's transaction.
#pragma once

#include <optional>

#include "offline/journal/entries.h"
#include "offline/journal/log_row.h"
#include "offline/record/verdict.h"

namespace gongji::journal {

// What a batch of the feed is applied to.
struct FeedTarget {
  const Store& store;
  std::uint64_t run = 0;
  std::uint64_t last_seq = 0;
  WallTime told;  // the later of the till's clock and the centre's time
  LogRow& row;
  Entries& entries;
  std::optional<Trouble> odd;  // the first item that does not fit, and was passed over
};

Result<void> apply_item(FeedTarget& target, std::uint64_t feed_seq, const record::FeedItem& item);

}  // namespace gongji::journal
