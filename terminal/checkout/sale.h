// sale.h — the questions that the counter asks and the answers that it gets, whatever wire they came on.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "offline/base/ids.h"
#include "offline/base/result.h"
#include "offline/journal/journal.h"
#include "offline/record/entry.h"
#include "offline/record/verdict.h"
#include "offline/settlement/refund.h"
#include "offline/settlement/settlement.h"
#include "sync/protocol/messages.h"

namespace gongji::terminal {

// How the patient shows who they are: the card in this till's reader, the e-voucher under its scanner, or numbers
// passed as text.
struct Credential {
  bool read_card = false;
  bool read_voucher = false;
  protocol::Credential numbers;  // used where nothing is read here
  Secret pin;                    // of the card that is read here; shown to it once, by a sale only
};

struct SaleDraft {
  record::RequestKey key;
  std::string opter;
  Credential credential;
  std::string psn_no;          // as the till's software believes; "" = not said
  settlement::Claim claim;     // id, begntime, visit, acct_used_flag, lines; the rest is filled in by the checkout
  std::optional<Id> mdtrt_id;  // of an earlier quote or registration
  std::string prescription;    // number of the external prescription; "" = none, or not said
};

// "verified", "unverified": as answers say it.
constexpr std::string_view name_of(record::PrescriptionCheck check) {
  return check == record::PrescriptionCheck::verified ? "verified" : "unverified";
}

// The law gives no settlement: a value, not trouble.  Nothing was written.
struct Refused {
  settlement::Refusal refusal;
  std::string pack;
};

// A sale (or its paper) that is on the disk.
struct Sold {
  journal::StoredEntry entry;
  bool replayed = false;  // the stored answer of an earlier request with this key
};
using SaleOutcome = std::variant<Sold, Refused>;

// A settlement that nobody stands behind yet (2101): nothing held, nothing kept.
struct Quoted {
  record::Sale sale;  // as it would be written, without backing
  record::Snapshot snapshot;
};
using QuoteOutcome = std::variant<Quoted, Refused>;

// Who takes a sale back, and which.
struct TakeBack {
  record::RequestKey key;
  std::string opter;
  Id sale_id;
  std::string psn_no;  // "" = not said
  std::optional<Id> mdtrt_id;
  std::string reason;
};
using CancelDraft = TakeBack;
struct Cancelled {
  journal::StoredEntry cancel;
  record::Sale sale;  // what was given back
  bool replayed = false;
};

// record::Cancel::reason of a reversal.
inline constexpr std::string_view reversal_reason = "reversal";

// A sale whose answer got lost, by its request (2601).
struct ReverseDraft {
  record::RequestKey key;  // of the reversal
  std::string opter;
  std::string psn_no;
  std::string msgid, infno;  // of the request that is reversed
};

// Some of the goods come back.
struct RefundDraft : TakeBack {
  std::vector<settlement::KeptLine> lines;
  bool lines_come_back = false;  // `lines` tell what comes back, not what is kept; the others are kept whole
};
struct Refunded {
  journal::StoredEntry cancel;
  std::optional<journal::StoredEntry> kept;  // a sale of its own; absent where nothing is kept
  record::Sale sale;                         // as it was before
  bool replayed = false;
};
using RefundOutcome = std::variant<Refunded, Refused>;
// What each payer has back.  Cash below zero is to be paid by the patient.
record::PayerShares given_back(const Refunded& refunded);

// A person as the counter needs them (1101).
struct Known {
  record::Snapshot snapshot;
  std::vector<settlement::Account> accounts;  // moved on by this till's own sales
  record::Holder holder;
  bool from_store = false;  // line down: as last seen
};

}  // namespace gongji::terminal
