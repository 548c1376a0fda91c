// persons.h — stored snapshots, moved on by this till's own entries.  Internal; inside the caller's transaction.
//
// An account is one account, whoever's snapshot names it: its last known balance is kept once, under the look-up hash
// of owner and kind, from the newest snapshot that showed it, and every sale of this till draws on that.  Two patients
// who share a family account can therefore not spend it twice here.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "offline/journal/store.h"

namespace gongji::journal {

// What may still be taken from an account: 0 where no snapshot named it, never below 0.
Result<Money> account_balance(const Store& store, const Bytes& account_key);

// What account_balance() would say of accounts that were just read.
class Balances {
 public:
  std::optional<Money> of(const Bytes& account_key) const;
  void remember(const Bytes& account_key, Money balance) { rows_.emplace_back(account_key, balance); }
  void clear() { rows_.clear(); }

 private:
  std::vector<std::pair<Bytes, Money>> rows_;
};

class Persons {
 public:
  // Remembers the balances that it reads in `seen`, which its owner clears when anything changes.
  explicit Persons(const Store& store, Balances* seen = nullptr) : store_(store), seen_(seen) {}

  // An older snapshot than the stored one changes nothing but adds its credentials.
  // Errors: malformed, ahead of this log (log_behind), sealing, disk.
  Result<void> store_snapshot(const std::string& person_key, const std::vector<std::string>& credential_keys,
                              const record::Signed& snapshot, std::uint64_t last_seq);
  // Absent also when the snapshot's month was erased.
  Result<std::optional<PersonState>> find(const std::string& key);

  // Of a snapshot that need not be stored.  Where a newer one told of an account, that one counts.
  Result<PersonState> state_of(const record::Snapshot& snapshot);

  // Re-reads every stored snapshot and what was derived from it.
  Result<void> verify();

 private:
  struct Row {
    record::Snapshot snapshot;
    std::vector<Bytes> account_keys;  // of its accounts; none in a row of before version 6
    std::uint64_t applied_seq = 0;
    WallTime as_of;
  };
  Result<std::optional<Row>> open_row(const Bytes& person_key);
  void remember_accounts(const Row& row) const;
  Result<std::optional<Bytes>> person_of_credential(const Bytes& credential_key);
  Result<PersonState> moved_on(const Bytes& person_key, record::Snapshot snapshot);
  Result<std::vector<settlement::Counted>> counters(const Bytes& person_key, const record::Snapshot& snapshot);
  std::uint64_t applied_seq(const record::Snapshot& snapshot) const;
  std::optional<std::uint64_t> applied_feed(const record::Snapshot& snapshot) const;
  Bytes association(const Bytes& person_key, WallTime as_of, std::uint64_t applied_seq) const;
  RowMac credential_mac(const Bytes& credential_key, const Bytes& person_key) const;

  Store store_;
  Balances* seen_;
};

}  // namespace gongji::journal
