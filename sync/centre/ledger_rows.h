// ledger_rows.h — what the ledger's functions take and give: terminals, holds, grants, outcomes, movements, by value.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "offline/base/bytes.h"
#include "offline/base/clock.h"
#include "offline/base/ids.h"
#include "offline/record/grant.h"
#include "offline/record/grant_rules.h"
#include "offline/record/hold_rules.h"
#include "offline/record/stop.h"
#include "offline/record/verdict.h"
#include "offline/settlement/counted.h"

namespace gongji::centre {

enum class TerminalState : std::uint8_t { active = 1, quarantined = 2, revoked = 3 };

struct Terminal {
  std::string terminal, fixmedins_code;
  std::string fingerprint;  // SHA-256 of its certificate
  Bytes sign_public_key;
  std::uint32_t epoch = 1;
  std::uint64_t last_seq = 0;
  Digest last_hash{};
  TerminalState state = TerminalState::active;
  std::string reason;  // of a quarantine
  WallTime last_contact;
  std::uint64_t feed_last = 0;
  std::string software;
};

struct Enrolment {
  std::string selector;  // the first characters of the code's secret: finds the code, proves nothing
  Digest code_digest{};  // SM3 of the whole secret
  std::string fixmedins_code;
  std::string terminal;  // "" = a new name
  WallTime expires;
  std::uint32_t tries = 0;
  bool used = false;
};

using AccountId = std::int64_t;
struct Movement {
  AccountId account = 0;
  Money amount;  // positive: the account gains
  bool operator==(const Movement&) const = default;
};
// anew: a sale that is posted again, or the reversal before it, because an earlier one arrived late.  From accrual on:
// what an officer did (operations.h).
enum class Purpose : std::uint8_t {
  opening = 1,
  sale = 2,
  cancel = 3,
  anew = 4,
  accrual = 5,
  year_turn = 6,
  inheritance = 7,
  transfer_out = 8,
  family_bound = 9,
  family_unbound = 10,
  family_limited = 11,
};
struct EntryName {
  std::string terminal;
  std::uint32_t epoch = 1;
  std::uint64_t seq = 0;
  auto operator<=>(const EntryName&) const = default;
};

// One epoch of a terminal's log.  What was set aside for an earlier one is to the present one as anybody else's.
struct LogName {
  std::string terminal;
  std::uint32_t epoch = 0;
};

struct Hold {
  std::string hold_id, terminal, psn_no;
  std::uint32_t epoch = 1;
  Digest digest{};  // of the request
  Money fund;
  WallTime expires;
  bool live = true;
  record::Opening opening;         // of the journal that asked
  std::vector<Movement> accounts;  // amounts > 0; only while live
  std::vector<settlement::Counted> counters;
};

// A standing grant and what is left of it.
struct StandingGrant {
  record::Grant grant;
  std::string psn_no;
  bool live = true;
  std::vector<Movement> accounts;  // what is left; only while live
  std::vector<settlement::Counted> counters;
  record::GrantAtCentre view() const { return {grant.life.epoch, live, grant.expires}; }
};

// One line of the stop list.
struct StopRow {
  record::StopKind kind = record::StopKind::card;
  std::string number;  // card_sn, hex of a voucher's digest, psn_no
  record::StopReason reason = record::StopReason::lost;
  WallTime from;
  std::optional<WallTime> until;
  bool lifted = false;
  std::string known_to;      // "terminal|epoch" (life_of) whose own log says it; "" = none
  std::uint64_t change = 0;  // given by put_stop()
};
std::string life_of(const std::string& terminal, std::uint32_t epoch);

// An offline voucher that was issued.  Its digits are not kept.
struct VoucherRow {
  std::string digest;  // hex of record::voucher_digest()
  std::string psn_no;
  WallTime from, until;
};

// A file of rules that the authority signed, without its bytes.
struct RuleFile {
  std::string digest;  // SM3 of its bytes, 64 hex
  std::string kind;    // "pack", "supplement", "activation"
  std::uint64_t bytes = 0;
  bool withdrawn = false;
  WallTime published;        // or withdrawn
  std::uint64_t change = 0;  // given by put_rule_file()
};

struct OutcomeRow {
  EntryName entry;
  int kind = 0;  // 1 sale, 2 cancel, 3 paper, 0 unreadable
  std::string sale_id;
  Day day;
  record::VerdictKind verdict = record::VerdictKind::accepted;
  std::string reason;
  bool cancelled = false;
  Money medfee;
  record::PayerShares stands;
  // In whose order of service the sale stands, and where; "" for what no law settled.
  std::string psn_no;
  std::int32_t second = 0;
  bool guaranteed = false;  // stands as the till answered it
  // Among the same second's of its log: its own seq, or that of the sale that it is kept of.  0 stands for its own.
  std::uint64_t place_seq = 0;
};

// What a sale took of one account.
struct Debit {
  std::string terminal, psn_no, sale_id;  // where, who used it
  Day day;
  record::VerdictKind verdict = record::VerdictKind::accepted;
  bool cancelled = false;
  bool kept = false;  // of a partial refund
  Money amount;
};
// Of one account, by a live hold or grant.
struct SetAside {
  std::string terminal, psn_no;
  WallTime expires;
  Money amount;
  bool standing = false;  // a grant
};

struct TerminalTotals {
  std::string terminal, fixmedins_code, state, reason;
  std::uint64_t last_seq = 0, sales = 0, cancels = 0, papers = 0, accepted = 0, adjusted = 0, refused = 0;
  Money medfee;
  record::PayerShares shares;  // of sales that stand
};

// What an officer did to the ledger, once by its own id.
struct OperationRow {
  std::string id;
  Purpose purpose = Purpose::accrual;
  std::int64_t posting_id = 0;
  WallTime at;
  std::string officer;
  Digest digest{};  // of what was asked for
  Money amount;     // that was moved
  Money set_aside;  // that was not, because holds or grants have it
};

// A member of a family and whose account they may use.
struct FamilyRow {
  settlement::Relation relation = settlement::Relation::other;
  bool listed = true;
  std::optional<Money> take_max;  // of the owner's accounts together, from take_since on; absent: all of it
  WallTime take_since;
};

// A number that is not what it must be.
struct LedgerFault {
  std::string what;  // "account", "posting", "counter", …
  std::string which;
  Money is, must_be;
};

// Names of the accounts that are not a person's.
inline constexpr const char* opening_account = "opening";                  // the other side of what people bring along
inline constexpr const char* risk_reserve_account = "risk_reserve";        // bears refused provisional shares
inline constexpr const char* due_to_patients_account = "due_to_patients";  // paid in cash, but not theirs to pay
inline constexpr const char* contributions_account = "contributions";      // the other side of what accrues
inline constexpr const char* paid_out_account = "paid_out";                // to heirs
inline constexpr const char* transferred_account = "transferred_out";      // to another region
std::string fund_account(const std::string& insutype);
std::string site_account(const std::string& fixmedins_code);
std::string person_account(const std::string& psn_no, settlement::AccountKind kind);

// A window of a counter can have begun so many days before a day in it.
inline constexpr int window_days_max = 366;

// What the entries of one sync name.
struct Batch {
  LogName log;
  std::vector<std::string> psn_nos, sale_ids, card_sns;
  std::vector<std::string> named_sales;  // of sale_ids: those that a cancellation or a refund names
  Day first_day;                         // of service
};

}  // namespace gongji::centre
