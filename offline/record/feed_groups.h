// feed_groups.h — a feed batch whose plain verdicts stand together, for peers that both know this form.
//
// A drain brings hundreds of verdicts that all say "accepted, as the till told it".  In `items` such a run is one
// object:
//
//   {"accepted":{"at":1795000000000,"epoch":1,"seq":41,"stands":[account,cash,family,fund, account,cash, …]}}
//
// for the entries 41, 42, …: four amounts each, in fen.  Everything else stands as encode(FeedBatch) writes it, and
// both forms mean the same items, with the same numbers in the feed.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "offline/base/result.h"
#include "offline/record/verdict.h"

namespace gongji::record {

// A few bytes can stand for many verdicts: a batch holds so many items at most.
inline constexpr std::size_t grouped_items_max = 16'384;

// Runs are as long as they can be.  Requires at most grouped_items_max items (CHECK).
std::string encode_grouped(const FeedBatch& batch);
// Either form; runs of any length.  Errors: those of decode_feed.
Result<FeedBatch> decode_grouped_feed(std::string_view bytes);

}  // namespace gongji::record
