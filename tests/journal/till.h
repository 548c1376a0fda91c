// till.h — a till with invented patients, for the tests of the journal.
//
// Nobody here exists: no region has the code 999999.
#pragma once

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "offline/journal/journal.h"
#include "offline/journal/open_on.h"
#include "offline/journal/writer.h"
#include "tests/support/print_trouble.h"
#include "tests/support/scratch.h"

namespace gongji::tests {

inline constexpr const char* site_code = "P99999900001";
inline const WallTime noon{1'795'147'200'000};  // 2026-11-20 12:00 in UTC+8
inline const Day today = *Day::from_civil(2026, 11, 20);

// A scheme with one counter of each kind; all but the deductible count what the fund pays.
inline const std::string scheme = "invented-employee";
inline const Day this_year = *Day::from_civil(2026, 1, 1);
inline const settlement::Policy& policy() {
  static const settlement::Policy made = [] {
    settlement::Policy policy;
    policy.scheme = scheme;
    policy.counters = {"op.deductible", "op.fund", "fund", "op.day_fund"};
    using settlement::CounterSpan;
    policy.counter_spans = {CounterSpan::calendar, CounterSpan::calendar, CounterSpan::july, CounterSpan::day};
    return policy;
  }();
  return made;
}

struct Patient {
  std::string psn_no, name, certno;
  std::vector<settlement::Account> accounts;
};

inline settlement::Account own_account(std::int64_t fen) {
  return {"self", settlement::Relation::self, settlement::AccountKind::prior, Money::fen(fen), "", true};
}
inline settlement::Account family_account(const std::string& owner, std::int64_t fen) {
  return {owner, settlement::Relation::parent, settlement::AccountKind::prior, Money::fen(fen), "", true};
}

inline Patient mother() {
  return {"99999900000000000000000017", "王小草", "999999195501010014", {own_account(50'000)}};
}
inline Patient son() {
  return {"99999900000000000000000025",
          "李大树",
          "999999198101010025",
          {own_account(10'000), family_account(mother().psn_no, 50'000)}};
}
inline Patient daughter() {
  return {"99999900000000000000000033",
          "李小花",
          "999999198301010033",
          {own_account(10'000), family_account(mother().psn_no, 50'000)}};
}

// What one sale costs whom, in fen.
struct Shares {
  std::int64_t fund = 0, account = 0, family = 0, cash = 0;
};

class Till {
 public:
  Till() {
    auto opened = seal::KeyStore::open(scratch_ / "keys", random_);
    REQUIRE(opened);
    keys_ = std::move(*opened);
  }

  // For a child process: its random numbers must not be those of its siblings.
  void reseed(std::uint64_t seed) { random_ = SeededRandom(seed); }

  // How entries are written by what open() returns: as by a till whose centre reads them.
  record::Form form = record::Form::compact;

  std::filesystem::path file() const { return scratch_ / "journal.db"; }
  const seal::KeyStore& keys() const { return *keys_; }
  const std::shared_ptr<const seal::KeyStore>& shared_keys() const { return keys_; }
  journal::Identity identity() const { return {"T-0001", 1}; }

  Result<std::unique_ptr<journal::Journal>> try_open(const std::string& vfs = {}) {
    return journal::open_on(vfs, file(), identity(), keys_, random_);
  }
  std::unique_ptr<journal::Journal> open(const std::string& vfs = {}) {
    auto opened = try_open(vfs);
    REQUIRE(opened);
    if (form == record::Form::compact) (*opened)->write_compact();
    return std::move(*opened);
  }

  std::string person_key(const Patient& patient) const { return keys_->lookup_key("person", patient.psn_no); }
  std::string credential_key(const Patient& patient) const { return keys_->lookup_key("credential", patient.certno); }

  record::Snapshot snapshot(const Patient& patient, std::uint64_t applied_seq = 0, WallTime as_of = noon,
                            std::uint64_t applied_feed = 0) const {
    record::Snapshot snapshot;
    snapshot.person.psn_no = patient.psn_no;
    snapshot.person.insutype = "310";
    snapshot.person.psn_type = "11";
    snapshot.person.insuplc_admdvs = "999999";
    snapshot.psn_name = patient.name;
    snapshot.psn_cert_type = "01";
    snapshot.certno = patient.certno;
    snapshot.gend = "1";
    snapshot.naty = "01";
    snapshot.counters = {{scheme, "op.deductible", this_year, Money::fen(1'000)},
                         {scheme, "op.fund", this_year, Money::fen(2'000)}};
    snapshot.accounts = patient.accounts;
    snapshot.as_of = as_of;
    snapshot.applied_seq = applied_seq;
    snapshot.applied_feed = applied_feed;
    return snapshot;
  }

  Result<void> store(journal::Turn& turn, const Patient& patient, const record::Snapshot& snapshot) const {
    return turn.store_snapshot(person_key(patient), {credential_key(patient)},
                               record::sign(*keys_, record::snapshot_tag, record::encode(snapshot)));
  }

  // A sale of `shares`, as the engine would settle it against what the journal knows now.
  record::Sale sale(journal::Turn& turn, const Patient& patient, const std::string& msgid, const Shares& shares,
                    record::Backing backing = record::Backing::reserve, Day day = today) {
    auto state = turn.find_person(person_key(patient));
    REQUIRE(state);
    REQUIRE(*state);
    return sale_of(patient, **state, msgid, shares, backing, day);
  }

  record::Sale sale_of(const Patient& patient, const journal::PersonState& state, const std::string& msgid,
                       const Shares& shares, record::Backing backing, Day day) {
    record::Sale sale;
    sale.sale_id = make_id(noon, random_);
    sale.mdtrt_id = make_id(noon, random_);
    sale.key = {site_code, msgid, "2102", {}};
    sale.opter = "0007";
    sale.presence = record::Presence::card_read_here;
    sale.backing = backing;
    sale.person_key = person_key(patient);
    sale.snapshot_as_of = state.snapshot.as_of;
    sale.pack = "invented-employee@2026-01-01";
    sale.pack_digest = "sm3:" + std::string(64, '0');
    const Money total = Money::fen(shares.fund + shares.account + shares.family + shares.cash);

    auto& claim = sale.claim;
    claim.id = msgid;
    claim.begntime = {day, 36'000};
    claim.site = {site_code, 2, "999999", 9, true, false};
    claim.person = state.snapshot.person;
    claim.visit.med_type = "41";
    claim.acct_used_flag = settlement::AccountUse::family;
    claim.lines.resize(1);
    claim.lines[0].feedetl_sn = "1";
    claim.lines[0].name = "某片";
    claim.lines[0].pric = {total.in_fen() * 10'000};
    claim.lines[0].cnt = {10'000};
    claim.lines[0].det_item_fee_sumamt = total;
    claim.ytd = settlement::counters_on(policy(), state.counters, day);
    claim.accounts = state.accounts;

    auto& settled = sale.settlement;
    auto& totals = settled.totals;
    totals.medfee_sumamt = totals.inscp_scp_amt = total;
    totals.hifp_pay = totals.fund_pay_sumamt = Money::fen(shares.fund);
    totals.psn_part_amt = Money::fen(shares.account + shares.family + shares.cash);
    totals.acct_pay = Money::fen(shares.account + shares.family);
    totals.acct_mulaid_pay = Money::fen(shares.family);
    totals.psn_cash_pay = Money::fen(shares.cash);
    settled.lines.push_back(
        {"1", Money(), Money(), Money(), total, Money::fen(shares.fund), totals.acct_pay, Money::fen(shares.cash)});
    for (const auto& account : state.accounts) {
      const std::int64_t share = account.is_own() ? shares.account : shares.family;
      if (share > 0) settled.accounts.push_back({account.owner, account.kind, Money::fen(share)});
    }
    for (const std::string& name : policy().counters) {
      const Money before = settlement::value_of(claim.ytd, name);
      settled.ytd.push_back({name, name == "op.deductible" ? before : before + Money::fen(shares.fund)});
    }
    sale.counted = settlement::counted_between(policy(), claim.ytd, settled.ytd, day);

    sale.holder = {patient.name, "01", patient.certno, "1", "01", "03", "Z" + patient.certno.substr(9), "999999D1"};
    return sale;
  }

  record::Cancel cancel(const journal::StoredEntry& sale, const std::string& msgid) {
    const auto& body = std::get<record::Sale>(sale.body);
    record::Cancel cancel;
    cancel.cancel_id = make_id(noon, random_);
    cancel.sale_id = body.sale_id;
    cancel.sale_seq = sale.head.seq;
    cancel.key = {site_code, msgid, "2103", {}};
    cancel.opter = "0007";
    cancel.person_key = body.person_key;
    cancel.reason = "customer";
    return cancel;
  }

  // What is kept of a sale, taking `shares`.
  record::Sale kept_of(const journal::StoredEntry& whole, const Shares& shares) {
    const auto& sold = std::get<record::Sale>(whole.body);
    record::Sale kept = sold;
    kept.sale_id = make_id(noon, random_);
    kept.key.msgid += "/kept";
    kept.kept_from = record::KeptFrom{sold.sale_id, whole.head.seq};
    const Money total = Money::fen(shares.fund + shares.account + shares.family + shares.cash);
    kept.claim.lines[0].cnt = {5'000};
    kept.claim.lines[0].det_item_fee_sumamt = total;
    auto& totals = kept.settlement.totals;
    totals.medfee_sumamt = totals.inscp_scp_amt = total;
    totals.hifp_pay = totals.fund_pay_sumamt = Money::fen(shares.fund);
    totals.psn_part_amt = total - totals.fund_pay_sumamt;
    totals.acct_pay = Money::fen(shares.account + shares.family);
    totals.acct_mulaid_pay = Money::fen(shares.family);
    totals.psn_cash_pay = Money::fen(shares.cash);
    kept.settlement.accounts.clear();
    for (const auto& account : kept.claim.accounts) {
      const std::int64_t share = account.is_own() ? shares.account : shares.family;
      if (share > 0) kept.settlement.accounts.push_back({account.owner, account.kind, Money::fen(share)});
    }
    for (auto& counter : kept.settlement.ytd) {
      const Money before = settlement::value_of(kept.claim.ytd, counter.name);
      if (counter.name != "op.deductible") counter.value = before + totals.fund_pay_sumamt;
    }
    kept.counted = settlement::counted_between(policy(), kept.claim.ytd, kept.settlement.ytd, kept.claim.begntime.day);
    return kept;
  }

  record::Paper paper(const std::string& msgid, std::int64_t cash) {
    record::Paper paper;
    paper.paper_id = make_id(noon, random_);
    paper.key = {site_code, msgid, "2102", {}};
    paper.opter = "0007";
    paper.reasons = {"snapshot_absent"};
    paper.claim.begntime = {today, 36'000};
    paper.claim.site = {site_code, 2, "999999", 9, true, false};
    paper.claim.lines.resize(1);
    paper.claim.lines[0].feedetl_sn = "1";
    paper.claim.lines[0].name = "某片";
    paper.claim.lines[0].pric = {cash * 10'000};
    paper.claim.lines[0].cnt = {10'000};
    paper.claim.lines[0].det_item_fee_sumamt = Money::fen(cash);
    paper.holder.mdtrt_cert_type = "02";
    paper.holder.mdtrt_cert_no = mother().certno;
    return paper;
  }

  record::FeedBatch feed(std::uint64_t from, std::vector<record::FeedItem> items) const {
    return {identity().terminal, from, std::move(items), noon};
  }

 private:
  Scratch scratch_;
  SeededRandom random_{20'261'120};
  std::shared_ptr<const seal::KeyStore> keys_;
};

// Runs `work` as one turn.
inline Result<void> turn_on(journal::Journal& journal, journal::Journal::Work work) {
  std::vector<journal::Journal::Work> works;
  works.push_back(std::move(work));
  return journal.commit(std::move(works)).front();
}

inline void store(Till& till, journal::Journal& journal, const Patient& patient, std::uint64_t applied_seq = 0,
                  WallTime as_of = noon) {
  REQUIRE(turn_on(journal, [&](journal::Turn& turn) {
    return till.store(turn, patient, till.snapshot(patient, applied_seq, as_of));
  }));
}

inline std::uint64_t sell(Till& till, journal::Journal& journal, const Patient& patient, const std::string& msgid,
                          const Shares& shares, record::Backing backing = record::Backing::reserve, Day day = today) {
  std::uint64_t seq = 0;
  REQUIRE(turn_on(journal, [&](journal::Turn& turn) -> Result<void> {
    auto entry = turn.append(till.sale(turn, patient, msgid, shares, backing, day), noon);
    if (!entry) return entry.error();
    seq = entry->head.seq;
    return {};
  }));
  return seq;
}

inline std::uint64_t cancel(Till& till, journal::Journal& journal, std::uint64_t sale_seq, const std::string& msgid) {
  std::uint64_t seq = 0;
  REQUIRE(turn_on(journal, [&](journal::Turn& turn) -> Result<void> {
    auto sale = turn.find_seq(sale_seq);
    if (!sale) return sale.error();
    auto entry = turn.append(till.cancel(**sale, msgid), noon);
    if (!entry) return entry.error();
    seq = entry->head.seq;
    return {};
  }));
  return seq;
}

// Asks something of the journal in a turn of its own.
template <class Ask>
auto ask(journal::Journal& journal, Ask what) {
  using Answer = typename decltype(what(std::declval<journal::Turn&>()))::value_type;
  std::optional<Answer> answer;
  REQUIRE(turn_on(journal, [&](journal::Turn& turn) -> Result<void> {
    auto got = what(turn);
    if (!got) return got.error();
    answer = std::move(*got);
    return {};
  }));
  return *std::move(answer);
}

inline journal::PersonState state(Till& till, journal::Journal& journal, const Patient& patient) {
  auto found = ask(journal, [&](journal::Turn& turn) { return turn.find_person(till.person_key(patient)); });
  REQUIRE(found);
  return *found;
}

inline std::int64_t balance(Till& till, journal::Journal& journal, const Patient& patient, std::size_t account = 0) {
  return state(till, journal, patient).accounts.at(account).balc.in_fen();
}

// What the counter stands at for a sale on that day.
inline std::int64_t counter(Till& till, journal::Journal& journal, const Patient& patient, Day day = today,
                            std::string_view name = "op.fund") {
  const auto known = state(till, journal, patient).counters;
  return settlement::value_of(settlement::counters_on(policy(), known, day), name).in_fen();
}

inline journal::StoredEntry entry_at(journal::Journal& journal, std::uint64_t seq) {
  auto found = ask(journal, [&](journal::Turn& turn) { return turn.find_seq(seq); });
  REQUIRE(found);
  return *found;
}

inline journal::QueueSummary summary(journal::Journal& journal) {
  return ask(journal, [](journal::Turn& turn) { return turn.summary(); });
}

inline record::Verdict verdict(std::uint64_t seq, record::VerdictKind kind, const Shares& told, const Shares& stands) {
  const auto shares = [](const Shares& of) {
    return record::PayerShares{Money::fen(of.fund), Money::fen(of.account), Money::fen(of.family), Money::fen(of.cash)};
  };
  record::Verdict verdict;
  verdict.seq = seq;
  verdict.kind = kind;
  verdict.reason = kind == record::VerdictKind::accepted ? "" : "over_cap";
  verdict.stands = shares(stands);
  const auto before = shares(told);
  verdict.difference = {verdict.stands.fund - before.fund, verdict.stands.account - before.account,
                        verdict.stands.family - before.family, verdict.stands.cash - before.cash};
  verdict.at = noon;
  return verdict;
}

}  // namespace gongji::tests
