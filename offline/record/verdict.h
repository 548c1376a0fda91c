// verdict.h — what the centre answers to an entry, and the feed it comes down on.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "offline/base/ids.h"
#include "offline/base/money.h"
#include "offline/base/result.h"
#include "offline/record/grant.h"
#include "offline/record/snapshot.h"
#include "offline/record/stop.h"

namespace gongji::record {

// Numbers are stored: never renumber.
enum class VerdictKind : std::uint8_t { accepted = 1, adjusted = 2, refused = 3 };

// Shares by payer, of one sale.
struct PayerShares {
  Money fund, account, family, cash;  // `account` is the own account; `family` others' accounts
  bool operator==(const PayerShares&) const = default;
};
PayerShares payer_shares(const settlement::Settlement& settlement);

struct Verdict {
  std::uint32_t epoch = 1;
  std::uint64_t seq = 0;  // of the till's entry
  VerdictKind kind = VerdictKind::accepted;
  std::string reason;      // stable code; "" for accepted
  std::string article;     // where the law decides
  PayerShares stands;      // the centre's own recomputation
  PayerShares difference;  // stands minus what the till answered; all zero for accepted (may be negative)
  // What the sale adds to each counter as it stands; absent where that is what the till's entry says, and for a refused
  // sale, which adds nothing.
  std::optional<std::vector<settlement::Counted>> counted;
  WallTime at;
  bool operator==(const Verdict&) const = default;
};

// New terms for this terminal.
struct TermsNotice {
  Signed terms;
  bool operator==(const TermsNotice&) const = default;
};

// An emergency order of the authority (order.h), or a later word on one.
struct OrderNotice {
  Signed order;
  bool operator==(const OrderNotice&) const = default;
};

// The signature of a grant or a stop is the batch's.
using FeedItem = std::variant<Verdict, TermsNotice, Grant, OrderNotice, Stop>;

// One stretch of a terminal's feed: items `from`, from+1, …; the centre's signed time rides along.
struct FeedBatch {
  std::string terminal;
  std::uint64_t from = 1;       // sequence of the first item, from 1
  std::vector<FeedItem> items;  // may be empty
  WallTime centre_time;
  bool operator==(const FeedBatch&) const = default;
};
std::string encode(const FeedBatch& batch);
Result<FeedBatch> decode_feed(std::string_view bytes);

}  // namespace gongji::record
