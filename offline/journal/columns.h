// columns.h — what of an entry stands in plain columns, and what it moves.  Pure; internal.
//
// Everything here is derived from the entry (and the last verdict on it), so verify() can derive it again.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "offline/journal/store.h"

namespace gongji::journal {

struct Amounts {
  Money medfee;
  record::PayerShares shares;
  Money promised() const { return shares.fund + shares.account + shares.family; }
  bool operator==(const Amounts&) const = default;
};

struct Columns {
  record::EntryKind kind = record::EntryKind::sale;
  Day day;  // of the entry's time; of what is kept in a partial refund: of its service
  Id id;
  std::string fixmedins_code, msgid;
  std::optional<std::uint64_t> sale_seq;  // cancel: of the sale
  Bytes person;                           // empty where there is none
  std::optional<std::int64_t> presence, backing;
  std::optional<Bytes> voucher;  // nonce that the sale used up
  Amounts amounts;               // a cancel has none: the sale's leave the totals
  bool operator==(const Columns&) const = default;
};
Columns columns_of(const record::Head& head, const record::Body& body);

// The state of a sale or paper.  `cancelled` outranks a verdict, a verdict outranks what stood behind the sale.
SaleState state_of(std::optional<std::int64_t> backing, std::optional<std::int64_t> verdict, bool cancelled);

// One amount added to a counter (scheme, name, since) of a person, or taken from an account (no name, since 0).
struct Movement {
  Bytes owner;
  std::uint64_t feed = 0;  // 0: by the entry itself; otherwise what this item of the feed changed
  std::string scheme, name;
  Day since;
  Money amount;
  bool operator==(const Movement&) const = default;
};

// A verdict on an entry, as it came.
struct Judged {
  std::uint64_t feed = 0;
  record::Verdict verdict;
  bool rewrites = false;  // from before version 2 of the file: its change is part of the entry's own movements
};

// What a sale moves under one verdict: nothing when refused; when adjusted, accounts pay the centre's shares and
// counters move as it says.  Owner, scheme, name and since together occur once; amounts are not 0; feed is 0.
std::vector<Movement> movements_of(const seal::KeyStore& keys, const record::Sale& sale,
                                   const record::Verdict* verdict = nullptr);

// The same as it stands in the file: what the entry moved, and what each verdict on it (in the order of the feed)
// changed.  Their sum is movements_of() under the last verdict.
std::vector<Movement> movements_of(const seal::KeyStore& keys, const record::Sale& sale,
                                   const std::vector<Judged>& judged);

// The same with the signs turned: a cancellation gives back what the sale took.
// Never by feed: the centre reverses what stands at the moment when the cancellation reaches it, verdicts included.
std::vector<Movement> turned(std::vector<Movement> movements);

}  // namespace gongji::journal
