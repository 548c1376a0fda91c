// turn.h — one work's place in the writer's transaction.  Internal.
#pragma once

#include <functional>

#include "offline/journal/earlier.h"
#include "offline/journal/entries.h"
#include "offline/journal/persons.h"
#include "offline/journal/stops.h"

namespace gongji::journal {

class StoreTurn final : public Turn {
 public:
  // Called before the turn writes anything but sales that wait to be filed (which are undone by taking their rows out).
  using BeforeWriting = std::function<Result<void>()>;

  // `tip` moves on with each append; the owner puts it back when the work is undone.
  // `heard`: the last contact, where the file does not have it yet.
  StoreTurn(const Store& store, std::uint64_t run, const EarlierLogs& earlier, Tip& tip,
            const std::optional<WallTime>& heard, BeforeWriting before_writing)
      : store_(store),
        entries_(store),
        persons_(store, &balances_),
        grants_(store, run),
        earlier_(earlier),
        tip_(tip),
        heard_(heard),
        before_writing_(std::move(before_writing)) {}

  Result<std::optional<StoredEntry>> find_request(const std::string& fixmedins_code, const std::string& msgid) override;
  Result<std::optional<StoredEntry>> find_sale(const Id& sale_id) override;
  Result<std::optional<StoredEntry>> find_seq(std::uint64_t seq) override { return entries_.find_stored(seq); }
  Result<std::optional<StoredEntry>> find_cancel_of(const Id& sale_id) override;
  Result<std::optional<StoredEntry>> find_kept_of(const Id& sale_id) override;
  Result<std::optional<RawEntry>> find_raw(std::uint64_t seq) override { return entries_.find_raw(seq); }
  Result<void> store_snapshot(const std::string& person_key, const std::vector<std::string>& credential_keys,
                              const record::Signed& snapshot) override;
  Result<std::optional<PersonState>> find_person(const std::string& key) override;
  Result<std::optional<PersonState>> state_of(const record::Snapshot& snapshot) override;
  Result<Exposure> exposure(record::Presence presence, const std::string& person_key, Day day,
                            std::optional<WallTime> since) override;
  Result<std::optional<record::Stop>> find_stop(record::StopKind kind, const std::string& key, WallTime now) override {
    return Stops(store_).find(kind, key, now);
  }
  Result<std::optional<std::uint64_t>> use_of_voucher(const record::VoucherNonce& nonce) override {
    return entries_.seq_of_voucher(nonce);
  }
  Result<std::optional<record::Grant>> find_grant(const std::string& person_key, WallTime now) override {
    return grants_.find(key_bytes(person_key), now);
  }
  Result<std::vector<record::Grant>> grants_on(const std::string& person_key, WallTime now) override {
    return grants_.naming(person_key, now);
  }
  std::optional<record::GrantUse> use_of(const record::Grant& grant, const settlement::Settlement& settled,
                                         const std::vector<settlement::Counted>& counted) const override {
    return journal::use_of(store_.keys, grant, settled, counted);
  }
  Result<std::optional<record::ClosedGrant>> close_grant(const Id& id) override;
  Result<record::Entry> append(const record::Body& body, WallTime now) override;
  Result<PartialRefund> append(const record::Cancel& cancel, const record::Sale& kept, WallTime now) override;
  Result<std::optional<record::Signed>> terms() override;
  Result<std::vector<record::Signed>> orders() override;
  Result<LogState> log_state() override;
  Result<QueueSummary> summary() override;
  Result<DayTotals> day_totals(Day day) override;
  Result<Risk> risk(Day from) override;

 private:
  Result<std::optional<StoredEntry>> stored(const Result<std::optional<std::uint64_t>>& seq);

  Store store_;
  Balances balances_;  // as the persons of this turn were read; empty again when anything changes
  Entries entries_;
  Persons persons_;
  Grants grants_;
  const EarlierLogs& earlier_;
  Tip& tip_;
  const std::optional<WallTime>& heard_;
  BeforeWriting before_writing_;
};

}  // namespace gongji::journal
