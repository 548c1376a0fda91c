// messages.h — what till and centre say to each other, as values and as bytes.
//
// Control messages are JSON objects (UTF-8; unknown members are errors; amounts are integers of fen, times
// milliseconds). A sync body is a row of frames, each 4 bytes of length (big-endian) and that many bytes, so that
// signed bytes travel as they were written: frame 1 is the JSON head; then, for each entry, its public bytes, its
// personal bytes, its salt; where the personal part is gone: nothing, its digest (32 bytes). Bodies above 4 KiB travel
// with Content-Encoding: zstd (level 1).
//
//   POST /v1/enrol      EnrolRequest     -> EnrolAnswer       server-authenticated TLS; everything else is mutual
//   POST /v1/person     PersonRequest    -> PersonAnswer
//   POST /v1/hold       HoldRequest      -> HoldAnswer
//   POST /v1/sync       SyncRequest      -> SyncAnswer
//   POST /v1/statement  StatementRequest -> StatementAnswer
//   POST /v1/epoch      EpochRequest     -> EpochAnswer       a log in doubt is left, a new one begins
// and from version 2 of the protocol on (version.h):
//   POST /v1/rules      RulesRequest     -> RulesAnswer       a file of the authority, in parts
//   POST /v1/renew      RenewRequest     -> RenewAnswer       the next certificate
//   POST /v1/retire     RetireRequest    -> RetireAnswer      this terminal ends
//
// Anything but 200 carries a Problem.  Status: 400 malformed, 401 not enrolled or revoked, 404 unknown person,
// 409 refused by a rule (hold: not enough), 413 too large, 423 log quarantined, 426 no common version,
// 503 busy (Retry-After).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "offline/base/bytes.h"
#include "offline/base/clock.h"
#include "offline/base/ids.h"
#include "offline/base/money.h"
#include "offline/base/result.h"
#include "offline/base/secret.h"
#include "offline/record/entry.h"
#include "offline/record/hold_rules.h"
#include "offline/record/snapshot.h"
#include "offline/record/verdict.h"
#include "sync/protocol/version.h"

namespace gongji::protocol {

inline constexpr std::size_t frame_bytes_max = 1u << 20;      // one frame
inline constexpr std::size_t sync_entries_max = 500;          // one batch
inline constexpr std::size_t sync_bytes_max = 4u << 20;       // one batch, before compression
inline constexpr std::size_t control_bytes_max = 256u << 10;  // one control message
inline constexpr std::size_t compress_above_bytes = 4096;
inline constexpr std::size_t rules_part_bytes_max = 128u << 10;  // of a file of rules, in one answer
inline constexpr std::size_t rules_bytes_max = 8u << 20;         // of the whole file

struct Problem {
  std::string code;  // stable: "unknown_person", "hold_insufficient", "not_enrolled", "quarantined", ...
  std::string zh, en;
  bool operator==(const Problem&) const = default;
};

struct EnrolRequest {
  Secret code;            // the secret part of the one-time code (see enrolment code below)
  std::string csr_pem;    // P-256
  Bytes sign_public_key;  // SM2, 65 bytes
  std::string software;   // "gongji 0.1.0"
};
struct EnrolAnswer {
  std::string terminal;
  std::uint32_t epoch = 1;
  std::string certificate_pem, ca_pem;
  Bytes centre_public_key;     // SM2: snapshots, feed
  Bytes authority_public_key;  // SM2: terms
  Bytes site_key;              // 32 bytes, look-up hashes
  record::Signed terms;
  record::Signed registration;  // record::Registration: this terminal's key, under the centre's
};

// "GJ1-<secret, 26 characters>-<SM3 fingerprint of the CA certificate's DER, 64 hex>": valid 24 hours, 5 tries.
struct EnrolmentCode {
  Secret secret;
  std::string ca_sm3_hex;
};
std::string to_string(const EnrolmentCode& code);
std::optional<EnrolmentCode> parse_enrolment_code(std::string_view text);

struct Credential {
  std::string mdtrt_cert_type;  // 01 e-voucher (28 digits or token), 02 ID number, 03 card
  Secret mdtrt_cert_no;
  Secret card_sn;  // for 03
};
struct PersonRequest {
  Credential credential;
};
struct PersonAnswer {
  record::Signed snapshot;
};

struct AccountShare {
  std::string owner;  // "self" or the owner's psn_no
  settlement::AccountKind kind = settlement::AccountKind::prior;
  Money amount;
  bool operator==(const AccountShare&) const = default;
};
// The external prescription that a sale would be made on, and what of it would be taken.
struct Goods {
  std::string med_list_codg;
  settlement::Quantity cnt;
  bool operator==(const Goods&) const = default;
};
struct PrescriptionUse {
  Secret number;
  std::vector<Goods> goods;  // 1 to settlement::lines_max
};
struct HoldRequest {
  Id sale_id;
  std::string psn_no;
  std::vector<settlement::Counted> counters;  // what the sale would ADD to each counter, in its window; > 0
  Money fund;
  std::vector<AccountShare> accounts;
  // Standing grants of this terminal that it gave up to make room for this sale; freed where the whole log is there.
  std::vector<record::ClosedGrant> closed_grants;
  std::optional<PrescriptionUse> prescription;  // from version 2 on
  // From version 2 on: of the journal, by the process that asks; and what it gave up before, told in syncs, too.
  record::Opening opening;
  std::vector<std::string> released_holds;
};
struct HoldAnswer {
  std::string hold_id;
  WallTime expires;
  bool prescription_verified = false;  // asked for, known, and set aside for this sale; from version 2 on
};

struct SyncRequest {
  std::string terminal;
  std::uint32_t epoch = 1;
  std::uint64_t from = 1;              // seq of the first entry; where there is none, the next to come
  std::vector<record::Entry> entries;  // head.seq = from, from+1, …; only public, personal and salt travel
  Digest head_hash{};                  // chain value after the last entry (of seq from-1 where there is none)
  Bytes head_signature;                // over record::head_statement; empty where from == 1 and no entries
  std::uint64_t feed_cursor = 0;
  std::vector<std::string> released_holds;
  std::uint64_t run = 1;       // of the journal: new grants are given to it alone
  std::uint64_t run_from = 0;  // first entry that this run could write; from version 2 on, 0 = not told
  std::vector<record::ClosedGrant> closed_grants;  // never spent again; told until a sync that told it was answered
  std::string software;                            // "gongji 0.1.0"; from version 2 on, "" = not told
  // It went up before the answer to the request before it had come: booked behind that one, or not looked at; and
  // feed_cursor does not tell of that answer yet.  From version 3 on.
  bool behind = false;
};
struct SyncAnswer {
  std::uint64_t acknowledged_seq = 0;
  std::vector<std::string> open_holds;  // of this terminal, as the centre sees them
  record::Signed feed;                  // a record::FeedBatch under record::feed_tag
  bool more_feed = false;
};

// A till that cannot be sure of its journal (a restored backup) asks for a new epoch.
struct EpochRequest {
  std::string terminal;
  std::uint32_t epoch = 1;  // of the journal in doubt
  std::string reason;       // "behind_anchor", …
  std::uint64_t last_seq = 0;
  Digest last_hash{};  // zeros in an empty journal
  Bytes signature;     // over record::head_statement of these
};
struct EpochAnswer {
  std::uint32_t epoch = 1;
  record::Signed terms;
  record::Signed registration;
};

// Where a page of a statement begins: behind this entry.
struct StatementPlace {
  std::uint32_t epoch = 0;
  std::uint64_t seq = 0;
};
// One part of a file that a record::RulesNotice told of.
struct RulesRequest {
  Digest digest{};
  std::uint64_t from = 0;  // byte
};
struct RulesAnswer {
  std::uint64_t total = 0;  // bytes of the whole file
  Bytes part;               // from `from` on, at most rules_part_bytes_max; empty only where `from` is the end
};

// Over the connection that the present certificate opened.  The present one is good until the next was used.
struct RenewRequest {
  std::string csr_pem;  // P-256, a new key
};
struct RenewAnswer {
  std::string certificate_pem;
};

// The end of this terminal's life.  `forced`: entries that the centre has not had are given up.
struct RetireRequest {
  std::string terminal;
  std::uint32_t epoch = 1;
  std::uint64_t last_seq = 0;
  Digest last_hash{};  // zeros in an empty journal
  Bytes signature;     // over record::head_statement of these
  bool forced = false;
};
struct RetireAnswer {
  std::uint64_t acknowledged_seq = 0;   // as far as the centre has the log
  std::uint64_t grants = 0, holds = 0;  // that were freed
};

struct StatementRequest {
  Day day;
  // With what reconciliation needs of each line, papers too, in pages.  A centre that does not know the member answers
  // 400; then the plain statement can be asked for.
  bool detailed = false;
  StatementPlace after = {};  // of a detailed one
};
// Of a line of a detailed statement.
struct StatementDetail {
  std::string msgid, insutype, clr_type;
  Money medfee;
  bool operator==(const StatementDetail&) const = default;
};
struct StatementLine {
  std::uint32_t epoch = 1;
  std::uint64_t seq = 0;
  std::string sale_id;
  std::string state;  // "accepted", "adjusted", "refused", "cancelled"; of a detailed statement also "paper"
  record::PayerShares shares;
  std::optional<StatementDetail> detail = {};
  bool operator==(const StatementLine&) const = default;
};
struct StatementAnswer {
  std::uint64_t sales = 0, cancels = 0, papers = 0;
  Money medfee;
  record::PayerShares shares;          // of sales that stand
  std::vector<StatementLine> lines;    // by epoch and seq
  std::optional<StatementPlace> next;  // of a detailed one: ask again, after this place
};

std::string encode(const Problem&);
std::string encode(const EnrolRequest&);
std::string encode(const EnrolAnswer&);
std::string encode(const PersonRequest&);
std::string encode(const PersonAnswer&);
std::string encode(const HoldRequest&);
std::string encode(const HoldAnswer&);
std::string encode(const SyncRequest&, std::uint32_t version = lowest_version);  // frames
std::string encode(const SyncAnswer&);                                           // JSON (the feed's bytes as base64)
std::string encode(const EpochRequest&);
std::string encode(const EpochAnswer&);
std::string encode(const RulesRequest&);
std::string encode(const RulesAnswer&);
std::string encode(const RenewRequest&);
std::string encode(const RenewAnswer&);
std::string encode(const RetireRequest&);
std::string encode(const RetireAnswer&);
std::string encode(const StatementRequest&);
std::string encode(const StatementAnswer&);

Result<Problem> decode_problem(std::string_view body);
Result<EnrolRequest> decode_enrol_request(std::string_view body);
Result<EnrolAnswer> decode_enrol_answer(std::string_view body);
Result<PersonRequest> decode_person_request(std::string_view body);
Result<PersonAnswer> decode_person_answer(std::string_view body);
Result<HoldRequest> decode_hold_request(std::string_view body);
Result<HoldAnswer> decode_hold_answer(std::string_view body);
// Fills head.terminal, head.epoch and head.seq of each entry from the frame head; kind, time and hash stay unset: the
// centre decodes the bytes and recomputes the chain itself.
// Members of a later version than `version` are unknown.
Result<SyncRequest> decode_sync_request(std::string_view body, std::uint32_t version = spoken.highest);
Result<SyncAnswer> decode_sync_answer(std::string_view body);
Result<EpochRequest> decode_epoch_request(std::string_view body);
Result<EpochAnswer> decode_epoch_answer(std::string_view body);
Result<RulesRequest> decode_rules_request(std::string_view body);
Result<RulesAnswer> decode_rules_answer(std::string_view body);
Result<RenewRequest> decode_renew_request(std::string_view body);
Result<RenewAnswer> decode_renew_answer(std::string_view body);
Result<RetireRequest> decode_retire_request(std::string_view body);
Result<RetireAnswer> decode_retire_answer(std::string_view body);
Result<StatementRequest> decode_statement_request(std::string_view body);
Result<StatementAnswer> decode_statement_answer(std::string_view body);

// zstd level 1; decompress refuses what would exceed `bytes_max` before allocating it.
std::string compress(std::string_view plain);
Result<std::string> decompress(std::string_view packed, std::size_t bytes_max);

}  // namespace gongji::protocol
