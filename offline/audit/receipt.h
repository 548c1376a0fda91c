// receipt.h — one entry of the log in the digits of a QR code, signed by its terminal: proof in the customer's hand,
// and a copy from which a lost entry can be put back (rebuild.h).
//
// It holds the public part as it was signed, the chain value before it and the digest of the personal part; not the
// personal part.  RECEIPT.md has the form.
//
// A signature costs about 0.35 ms and is made when a receipt is asked for, never while a sale is committed.
//
// Thread safety: values; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "offline/base/result.h"
#include "offline/journal/journal.h"

namespace gongji::audit {

inline constexpr std::string_view receipt_tag = "gongji.receipt.v1";

// Digits that fit a QR code of error correction M: of version 25, what a receipt printer of 58 mm still prints legibly
// (a sale of five lines is well below it), and of version 40, the largest.
inline constexpr std::size_t qr_25_digits_max = 2'395;
inline constexpr std::size_t qr_40_digits_max = 5'596;

// What a stranger's receipt may unfold to.
inline constexpr std::size_t receipt_public_bytes_max = 256u << 10;

struct Receipt {
  std::string terminal;
  std::uint32_t epoch = 1;
  journal::RawEntry entry;  // `hash` computed, never believed
  Bytes signature;          // over record::head_statement(terminal, epoch, seq, hash), under receipt_tag
  bool operator==(const Receipt&) const = default;
};

// Requires an entry whose hash is right (GONGJI_CHECK): it comes from the journal of these keys.
Receipt make_receipt(const seal::KeyStore& keys, const journal::Identity& identity, journal::RawEntry entry);

std::string to_qr_digits(const Receipt& receipt);
// Errors: not_a_receipt.  The signature is not checked here.
Result<Receipt> read_receipt(std::string_view digits);

// Whether this terminal's key signed it.
bool verify(const Receipt& receipt, ByteView public_key);

}  // namespace gongji::audit
