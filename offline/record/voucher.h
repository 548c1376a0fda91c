// voucher.h — the offline voucher: a code that the centre signs ahead, for days without a line.
//
// It says that whoever holds it was given it for this person and this period.  That is presence, never money: no
// amount is in it, and what is promised on it stands on a grant or a reserve as always.  One voucher is good for one
// sale: its nonce goes up with the entry of the sale and comes down to all other terminals on the stop list.  Without a
// line a copy cannot be told from the first: that is why it is short-lived, single and has limits of its own.
//
// 119 bytes, shown as 289 decimal digits (base/decimal.h), a QR code of version 7 at level M:
//
//    3  "GJV"
//    1  version, 1
//    1  algorithm, 1: SM2 with id "1234567812345678" over SM3
//    4  which key signed: the first bytes of SM3 of the 65 bytes of the public key
//    4  first moment of its period: seconds since 1970-01-01T00:00:00Z, big-endian
//    2  hours of its period, big-endian, 1 to 8784
//    8  nonce
//   32  psn_no, printable ASCII, zeros behind it; for who looks the person up in a store of their own
//   64  signature, raw r||s, over "gongji.voucher.v1" | the 55 bytes before it
//
// One voucher has one form: any other digit is refused.  The digits are a bearer's secret: Secret, never logged, and
// not kept; the nonce is what remains.  Vectors: VECTORS.md.
//
// Pure; any thread.  Cost: one SM2 signature each way, about 0.35 ms.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>

#include "offline/base/bytes.h"
#include "offline/base/clock.h"
#include "offline/base/result.h"
#include "offline/base/secret.h"
#include "offline/seal/key_store.h"

namespace gongji::record {

inline constexpr std::string_view voucher_tag = "gongji.voucher.v1";
inline constexpr std::size_t voucher_digits = 289;
inline constexpr std::size_t voucher_psn_no_max = 32;
inline constexpr std::chrono::hours voucher_hours_max{8'784};  // 366 days

using VoucherNonce = std::array<std::uint8_t, 8>;
using VoucherKeyId = std::array<std::uint8_t, 4>;

struct Voucher {
  VoucherKeyId key_id{};
  WallTime from;  // whole seconds, up to 2106
  std::chrono::hours valid{1};
  VoucherNonce nonce{};
  Secret psn_no;
  WallTime until() const { return from.plus(valid); }  // good before this moment
  bool operator==(const Voucher&) const = default;
};

VoucherKeyId voucher_key_id(ByteView public_key);

// The digits of a signed voucher; `voucher.key_id` is set to that of `keys`.  Requires (GONGJI_CHECK) what
// read_voucher() checks of its members.
Secret issue_voucher(const seal::KeyStore& keys, Voucher voucher);

// Reads the digits back.  Says nothing about its period, or whether it was used before: both need a moment and a
// memory.  Troubles, in order: voucher_malformed, voucher_version_unknown, voucher_of_other_centre, voucher_forged.
Result<Voucher> read_voucher(const Secret& digits, ByteView centre_public_key);

// What a stop list and the centre's register know of a voucher: SM3("gongji.voucher.nonce.v1" | nonce).
Digest voucher_digest(const VoucherNonce& nonce);

}  // namespace gongji::record
