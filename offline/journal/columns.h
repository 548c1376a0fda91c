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
  Day day;  // of the entry's time
  Id id;
  std::string fixmedins_code, msgid;
  std::optional<std::uint64_t> sale_seq;  // cancel: of the sale
  Bytes person;                           // empty where there is none
  std::optional<std::int64_t> presence, backing;
  Amounts amounts;  // a cancel has none: the sale's leave the totals
  bool operator==(const Columns&) const = default;
};
Columns columns_of(const record::Head& head, const record::Body& body);

// The state of a sale or paper.  `cancelled` outranks a verdict, a verdict outranks what stood behind the sale.
SaleState state_of(std::optional<std::int64_t> backing, std::optional<std::int64_t> verdict, bool cancelled);

// One amount added to a counter (year, name) of a person, or taken from an account (year 0, no name).
struct Movement {
  Bytes owner;
  std::int32_t year = 0;
  std::string name;
  Money amount;
  bool operator==(const Movement&) const = default;
};

// What a sale moves, given the last verdict on it: nothing when refused; when adjusted, accounts pay the centre's
// shares, while counters stay as settled until the next snapshot (a verdict says nothing about them).
// Owner and name together occur once; amounts are not 0.
std::vector<Movement> movements_of(const seal::KeyStore& keys, const record::Sale& sale,
                                   const std::optional<record::Verdict>& verdict);

// The same with the signs turned: a cancellation gives back what the sale took.
std::vector<Movement> turned(std::vector<Movement> movements);

}  // namespace gongji::journal
