// verdict.h — what the centre answers to an entry, and the feed it comes down on.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "offline/base/bytes.h"
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

// A file of the authority (offline/packs/signed_file.h: a pack, a supplement, an activation) that holds from now on, or
// was withdrawn.  The file itself is fetched by its digest: it may be larger than a feed batch.  From version 2 of the
// protocol on.
struct RulesNotice {
  Digest digest{};          // SM3 of the file's bytes
  std::uint64_t bytes = 0;  // of the file; 0 where it was withdrawn
  bool withdrawn = false;
  bool operator==(const RulesNotice&) const = default;
};

// The roots that this terminal believes from now on, whole: one, or an old and a new one while certificates move from
// one to the other.  From version 2 of the protocol on.
inline constexpr std::size_t roots_max = 4;
struct RootsNotice {
  std::vector<std::string> roots_pem;  // 1 to roots_max certificates
  bool operator==(const RootsNotice&) const = default;
};

// The centre asks for a standing grant back before its end: the terminal closes it when it hears of that.  What is left
// is free when the terminal's log says so, not before (grant_rules.h).  From version 2 of the protocol on.
struct GrantRecall {
  Id grant_id;
  bool operator==(const GrantRecall&) const = default;
};

// The signature of a grant, its recall, a stop, a notice of rules or roots is the batch's.
using FeedItem = std::variant<Verdict, TermsNotice, Grant, OrderNotice, Stop, RulesNotice, RootsNotice, GrantRecall>;

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
