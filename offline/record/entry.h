// entry.h — what happened at a till, as it is signed and stored.
//
// The till's journal is a chain of entries.  Each entry has a public part, stored and sent exactly as first written,
// and a personal part in the same form, sealed at rest, which the chain binds only through a salted digest, so that it
// can be erased:
//
//   hash = SM3("gongji.entry.v1" | previous hash, 32 bytes | seq, 8 bytes big-endian | public bytes |
//              SM3(salt, 16 bytes | personal bytes))
//
// The first entry of an epoch follows 32 zero bytes.  Sequence numbers per (terminal, epoch) start at 1, without gaps.
//
// A journal keeps the inner digest beside the entry: when the personal part has been erased, chain_hash_from_digest()
// still verifies the chain.
//
// A part is bytes in one of two forms that say the same: canonical JSON (canonical.h: RFC 8785 with ASCII keys,
// integers and strings only: fen, ppm, day numbers), or CBOR (compact.h) in a third of the bytes.  The first byte tells
// which. A log may have both, for ever: a till writes the compact form from the moment on that its centre took a
// version of the protocol that knows it.
//
// All functions here are pure and may be called from any thread.
//
// Numbers of the enumerations below are stored and signed: never renumber.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "offline/base/bytes.h"
#include "offline/base/clock.h"
#include "offline/base/ids.h"
#include "offline/base/result.h"
#include "offline/base/secret.h"
#include "offline/record/voucher.h"
#include "offline/seal/key_store.h"
#include "offline/settlement/claim.h"
#include "offline/settlement/counted.h"
#include "offline/settlement/settlement.h"

namespace gongji::record {

using Salt = std::array<std::uint8_t, 16>;

// How an entry's parts are written.  Every reader reads both.
enum class Form : std::uint8_t { canonical = 1, compact = 2 };

// How we know that the patient was here.  Limits are per presence (protocol, section 1).
enum class Presence : std::uint8_t {
  card_authenticated = 1,
  card_read_here = 2,
  voucher_signed = 3,
  token_online = 4,
  id_number = 5,
  declared = 6,  // numbers passed as text
};

// What stands behind the shares of fund and accounts.
enum class Backing : std::uint8_t {
  nothing = 0,  // no share of fund or account: cash only
  hold = 1,     // the centre set exactly these shares aside for this sale
  grant = 2,    // a standing grant
  reserve = 3,  // the reserve slice of this terminal's terms, or of an emergency order: provisional
};

// The till program's key of one request.  Same key and digest: the same answer.  Same key, other digest: refused.
struct RequestKey {
  std::string fixmedins_code;
  std::string msgid;  // fsi msgid, or the Idempotency-Key of /api/v1
  std::string infno;  // "2102", "2103", ...; "api" for /api/v1
  Digest digest{};    // SM3 of the canonical input
  bool operator==(const RequestKey&) const = default;
};

// Identity as shown at the counter; personal part.
struct Holder {
  std::string psn_name, psn_cert_type, certno, gend, naty;
  std::string mdtrt_cert_type;  // 01 token, 02 ID number, 03 card
  std::string mdtrt_cert_no, card_sn;
  bool operator==(const Holder&) const = default;
};

// Of a sale whose fund share is the least that the law can give (FundBasis::lowest): the counters in its claim are
// those of that least share, and these are the counters as last known, from which it was found (settlement/bounds.h).
struct LowestShare {
  std::vector<settlement::Counter> known;
  Money last_known;  // the fund's share with them: so much less the promised share comes later, if nothing has happened
  bool operator==(const LowestShare&) const = default;
};

// The sale that another one is the rest of, after goods came back.
struct KeptFrom {
  Id sale_id;
  std::uint64_t sale_seq = 0;
  bool operator==(const KeptFrom&) const = default;
};

// Whether the centre knew the prescription before the sale, or the sale says only what was shown.
enum class PrescriptionCheck : std::uint8_t { verified = 1, unverified = 2 };

// The external prescription that a sale was made on.  Its number goes to the personal part.
struct Prescription {
  std::string number;
  PrescriptionCheck check = PrescriptionCheck::unverified;
  bool operator==(const Prescription&) const = default;
};

// One sale, settled.  `claim.person.psn_no`, birth day, account owners and `holder` go to the personal part; in the
// public part owners are "self", "family-1", … in the order of claim.accounts.
struct Sale {
  Id sale_id;   // also setl_id
  Id mdtrt_id;  // visit
  RequestKey key;
  std::string opter;  // who stood at the till
  Presence presence = Presence::declared;
  // The card took its holder's PIN.  That is about who holds the card; it says nothing about the card, so `presence`
  // is the same with and without it.
  bool holder_checked = false;
  // That this sale used up; what is kept of a sale in a partial refund names the same, and uses none.
  std::optional<VoucherNonce> voucher;
  Backing backing = Backing::nothing;
  std::string backing_id;   // of the hold, the grant or the emergency order; "" for the terms' own reserve and nothing
  std::string person_key;   // look-up hash of the person, keyed per site, 64 hex
  WallTime snapshot_as_of;  // of the stored snapshot that the settlement used
  std::string pack;         // "wuhan-employee@2023-02-01"
  std::string pack_digest;  // "sm3:…"
  settlement::Claim claim;
  settlement::Settlement settlement;  // without trace: it is recomputed from claim and pack when asked for
  // What the sale adds to each counter, in its window (settlement::counted_between); all > 0.  Read counted_by().
  std::vector<settlement::Counted> counted;
  // What is kept of a sale in a partial refund: the entry just before this one cancels that sale, and this one stands
  // in its place, settled as it was (kept_sale.h).
  std::optional<KeptFrom> kept_from;
  Holder holder;
  std::optional<Prescription> prescription;  // absent: none, or its number is not known
  std::optional<LowestShare> lowest;  // absent: the share is that of the counters as last known, or was set aside
  bool operator==(const Sale&) const = default;
};

// Sale::counted; of a sale from before windows were written, the differences of its counters by calendar year, without
// scheme (they may be negative: such a sale was never checked by its writer).
std::vector<settlement::Counted> counted_by(const Sale& sale);

// A whole cancellation of an earlier sale of the same epoch; amounts are those of the sale, given back exactly.  A
// partial refund is one too, with what is kept as the next entry.
struct Cancel {
  Id cancel_id;
  Id sale_id;
  std::uint64_t sale_seq = 0;
  RequestKey key;
  std::string opter;
  std::string person_key;
  std::string reason;  // "customer", "merged_into_admission", "reversal" (2601), "partial_refund"
  bool operator==(const Cancel&) const = default;
};

// Until when a paper can be re-settled, and who says so: "terms", or the article of the law.
struct LastDay {
  Day day;
  std::string by;
  bool operator==(const LastDay&) const = default;
};

// A sale that could promise nothing: all cash at the counter.  What a later re-settlement at the bureau needs.
struct Paper {
  Id paper_id;
  RequestKey key;
  std::string opter;
  Presence presence = Presence::declared;
  std::vector<std::string> reasons;  // refusal codes of authority, in order of precedence
  settlement::Claim claim;           // person facts may be empty but for what the credential showed
  Holder holder;
  std::optional<LastDay> last_day;  // absent: neither the law nor the terms give one
  bool operator==(const Paper&) const = default;
};

using Body = std::variant<Sale, Cancel, Paper>;

enum class EntryKind : std::uint8_t { sale = 1, cancel = 2, paper = 3 };
EntryKind kind_of(const Body& body);

struct Head {
  std::string terminal;  // "T-…", given at enrolment
  std::uint32_t epoch = 1;
  std::uint64_t seq = 0;  // from 1
  WallTime at;
  bool operator==(const Head&) const = default;
};

// An entry as bytes.  `hash` is the chain value up to and including this entry.
struct Entry {
  Head head;
  EntryKind kind = EntryKind::sale;
  std::string public_bytes;
  std::string personal_bytes;
  Salt salt{};
  Digest hash{};
  // Set where the personal part is gone (erased, or restored from a receipt): then personal_bytes and salt are empty.
  std::optional<Digest> personal_digest;
  bool operator==(const Entry&) const = default;
};

// Writes the two parts and the chain value.  The salt is the caller's randomness and must be new for each entry: it is
// what keeps a short personal part from being guessed from its digest.
// Requires (GONGJI_CHECK): what is checked when it is read back: UTF-8 texts; terminal of 1 to 64 printable ASCII
// characters; epoch and seq from 1; person_key of 64 hex digits in lower case (so that no ID number gets into the
// public part by mistake); amounts and integers in their ranges; at most lines_max lines; a settlement without trace.
Entry make_entry(const Head& head, const Body& body, const Salt& salt, const Digest& previous,
                 Form form = Form::canonical);

// Of a part's bytes, by the first of them.
Form form_of(std::string_view bytes);

// The chain value of the given parts.
Digest chain_hash(const Digest& previous, std::uint64_t seq, std::string_view public_bytes, const Salt& salt,
                  std::string_view personal_bytes);

// SM3(salt | personal bytes), and the chain value made from it: what remains verifiable after erasure.
Digest personal_digest(const Salt& salt, std::string_view personal_bytes);
Digest chain_hash_from_digest(const Digest& previous, std::uint64_t seq, std::string_view public_bytes,
                              const Digest& personal);

// Of an entry with its personal part, or without it.
Digest chain_hash(const Digest& previous, const Entry& entry);

struct Decoded {
  Head head;
  Body body;
  bool operator==(const Decoded&) const = default;
};
// Reads both parts back.  Errors (troubles.h), the first in the order of the bytes, the public part before the
// personal: too large, not canonical, missing member, unknown member, value out of range, parts do not belong together
// (or are of two forms).
// The path names the member ("sale.claim.lines[2].pric", "personal.holder.certno"); details hold no personal data.
// Ensures: decode(make_entry(h, b, …, form)) == (h, b), and make_entry of what was decoded, in the form of the bytes,
// gives the same bytes.
Result<Decoded> decode(std::string_view public_bytes, std::string_view personal_bytes);

// Reads the public part alone, as when the personal part has been erased: personal members are empty, and owners are
// "self", "family-1", …  Errors as decode().
Result<Decoded> decode_public(std::string_view public_bytes);

// The public part as canonical JSON, whatever its form: for people and programs that read JSON.  Digests and signatures
// are over the bytes, not over this.  Errors: as decode_public().
Result<std::string> public_text(std::string_view public_bytes);

// What is signed for the head of a log: SM2 over
// "gongji.head.v1" | terminal | 0x00 | epoch, 4 bytes BE | seq, 8 bytes BE | hash.
// head_statement() is what follows the tag: sign(head_tag, head_statement(…)), or sign_head().
inline constexpr std::string_view head_tag = "gongji.head.v1";
Bytes head_statement(const std::string& terminal, std::uint32_t epoch, std::uint64_t seq, const Digest& hash);
Bytes sign_head(const seal::KeyStore& keys, const std::string& terminal, std::uint32_t epoch, std::uint64_t seq,
                const Digest& hash);
// False also for a terminal's name with a zero byte in it.
bool verify_head(ByteView public_key, const std::string& terminal, std::uint32_t epoch, std::uint64_t seq,
                 const Digest& hash, ByteView signature);

}  // namespace gongji::record
