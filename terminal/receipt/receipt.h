// receipt.h — what a receipt says of an entry: lines of text for the printer, and the signed code below them.
//
// No name and no number of a person is on it.  The signature is made here, when the receipt is asked for.
// Pure but for the turn of find_receipt_parts(); any thread.
#pragma once

#include <optional>
#include <string>

#include "offline/journal/journal.h"
#include "offline/seal/key_store.h"
#include "terminal/settings/identity.h"

namespace gongji::terminal {

// The entries as they stand in the chain.
struct ReceiptParts {
  std::optional<journal::RawEntry> entry, cancel;
};
Result<ReceiptParts> find_receipt_parts(journal::Turn& turn, const journal::StoredEntry& entry);

// {"lines":["…",…],"qr":"0123…","cancel_qr":"…"}: `qr` is null where the entry is too large for one code, `cancel_qr`
// where the sale is not cancelled.
std::string receipt_json(const seal::KeyStore& keys, const TerminalIdentity& identity,
                         const journal::StoredEntry& entry, const ReceiptParts& parts);

// What a refund's slip says: the sale, what each payer has back, and what the cashier hands out, ["…","…"].  No name
// and no number of a person.  The signed codes are those of the sale's and the kept sale's receipts.
std::string refund_lines_json(const record::Sale& sale, const journal::StoredEntry& cancel,
                              const std::optional<journal::StoredEntry>& kept, const record::PayerShares& back);

}  // namespace gongji::terminal
