// operations.h — what an officer does to the ledger: contributions, the year's turn, inheritance, a transfer to another
// region, and who in a family may use whose account.
//
// Each is one entry of the double-entry ledger with its own Purpose (one without movements where no money moves), and
// is done once by the id that the officer gives it: the same id with the same words gives the first answer again, with
// other words it is refused.  What holds and grants have set aside of an account stays where it is, and is told as
// `set_aside`: it goes with a later operation, when they are free.  Nobody falls below zero.
//
// Threads: as Ledger.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "offline/base/result.h"
#include "sync/centre/ledger.h"

namespace gongji::centre {

inline constexpr std::size_t operation_id_bytes_max = 64, officer_bytes_max = 64;
inline constexpr std::size_t accruals_max = 100'000;  // in one operation

struct OperationWish {
  std::string id;       // the officer's: "accrual-2026-11"
  std::string officer;  // who answers for it
};

struct OperationDone {
  OperationRow row;
  bool repeated = false;  // it had been done before
};

struct Accrual {
  std::string psn_no;
  Money amount;  // > 0
};
// Lines "psn_no,amount" (yuan); empty lines and a heading "psn_no,amount" are passed over.  Errors: accruals_invalid.
Result<std::vector<Accrual>> read_accruals(std::string_view text);

// Errors of all, in order: operation_invalid (id or officer), operation_differs (this id did something else), then
// those that are named, then the ledger's.  After an error nothing has changed.

// Into the accounts of the current year; each person once.  person_unknown, accruals_invalid (twice, none, too many).
Result<OperationDone> accrue(Ledger& ledger, const OperationWish& wish, const std::vector<Accrual>& accruals,
                             WallTime now);
// Everybody's account of the current year becomes part of the prior years'.
Result<OperationDone> turn_year(Ledger& ledger, const OperationWish& wish, WallTime now);
// What a person who died leaves: to an heir's account, or paid out ("").  person_unknown.
Result<OperationDone> inherit(Ledger& ledger, const OperationWish& wish, const std::string& from,
                              const std::string& heir, WallTime now);
// The accounts of somebody who is insured elsewhere from now on.  person_unknown.
Result<OperationDone> transfer_out(Ledger& ledger, const OperationWish& wish, const std::string& psn_no, WallTime now);

// `member` may use the account of `owner`.  person_unknown, family_bound (already, or oneself).
Result<OperationDone> bind_family(Ledger& ledger, const OperationWish& wish, const std::string& member,
                                  const std::string& owner, settlement::Relation relation, WallTime now);
// person_unknown, family_not_bound.
Result<OperationDone> unbind_family(Ledger& ledger, const OperationWish& wish, const std::string& member,
                                    const std::string& owner, WallTime now);
// From now on at most so much of the owner's accounts together; nullopt: no limit any more.  As unbind_family.
Result<OperationDone> limit_family(Ledger& ledger, const OperationWish& wish, const std::string& member,
                                   const std::string& owner, std::optional<Money> limit, WallTime now);

std::string_view name_of(Purpose purpose);

}  // namespace gongji::centre
