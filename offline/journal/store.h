// store.h — what every part of the journal works with, and the small conversions they share.  Internal.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "offline/base/bytes.h"
#include "offline/base/clock.h"
#include "offline/base/ids.h"
#include "offline/journal/journal.h"
#include "offline/seal/key_store.h"
#include "offline/sqlite/connection.h"

namespace gongji::journal {

// The end of the chain.
struct Tip {
  std::uint64_t seq = 0;
  Digest hash{};
};

// How much can be looked at: all of it, or only what needs no key (a copied file; keyed checksums, personal parts and
// movements of accounts are then passed over, and `keys` is not asked but for its public key).
enum class Depth : std::uint8_t { whole, public_parts };

class RememberedKeys;
class Tail;

struct Store {
  sqlite::Connection& db;
  const seal::KeyStore& keys;
  const Identity& identity;
  Random& random;
  Depth depth = Depth::whole;
  record::Form form = record::Form::canonical;  // of the entries to come
  Tail* tail = nullptr;                         // of the one who writes; nobody else has one
  const RememberedKeys* remembered = nullptr;   // `keys`, where it is one
};

// Look-up hashes are 64 hex digits in the API and 32 bytes in the file.  Anything else is kept as its own bytes.
Bytes key_bytes(std::string_view key);

// "2026-11", in UTC+8: names the data key of what was made then.
std::string month_of(WallTime time);

// What the look-up key of an account is of: the one account of this owner and kind, whoever's snapshot or sale names
// it. As named in the claim or snapshot of `patient_psn_no` ("self", or the owner's number).
std::string account_name(const std::string& patient_psn_no, const std::string& owner, settlement::AccountKind kind);
Bytes account_key(const seal::KeyStore& keys, const std::string& patient_psn_no, const std::string& owner,
                  settlement::AccountKind kind);

// The keyed checksum of a row that no signature covers: what is written now (KeyStore::row_checksum), and what stands
// in rows from before version 5 of the file (32 bytes of HMAC-SM3).
class RowMac {
 public:
  RowMac(const seal::KeyStore& keys, const char* domain, std::string text)
      : keys_(keys), domain_(domain), text_(std::move(text)) {}
  seal::RowChecksum made() const { return keys_.row_checksum(domain_, text_); }
  bool holds(ByteView stored) const;

 private:
  const seal::KeyStore& keys_;
  const char* domain_;
  std::string text_;
};

bool is_equal(ByteView a, ByteView b);
std::optional<Digest> digest_of(ByteView bytes);  // of exactly 32 bytes

}  // namespace gongji::journal
