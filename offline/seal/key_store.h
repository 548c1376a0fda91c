// key_store.h — the keys of one terminal, or of one centre, in a directory of 0600 files.
//
//   sign.pem     SM2 private key: heads (till), snapshots and feed (centre)
//   site.key     32 bytes: HMAC key of look-up hashes
//   data.key     32 bytes: wraps the monthly data keys; replaced by rotation.h
//   recovery.key data.key and site.key for the owner's recovery key (recovery.h); may be absent
//   month/2026-11.key   data key of a month, wrapped; destroying it erases that month's personal parts
//   month/lasting.key   data key of what belongs to no month, wrapped
//
// Whoever has all of these can sign as this terminal and read its personal data; a backup of the disk includes them.
// Losing data.key or a month key loses personal parts only: chain, amounts and heads still verify.
//
// Threads: a KeyStore is immutable but for the cache of month keys, which is guarded; any thread may use it.
#pragma once

#include <array>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "offline/base/bytes.h"
#include "offline/base/ids.h"
#include "offline/base/result.h"
#include "offline/seal/month_key_register.h"

namespace gongji::seal {

// Stands where a month is asked for: the data key of what is kept as long as its owner, and never destroyed.
inline constexpr const char* lasting = "lasting";

using RowChecksum = std::array<std::uint8_t, 16>;

class KeyStore {
 public:
  // Makes whatever is missing (but not the parents of `directory`).  `random` makes keys and nonces, is used under a
  // lock and must outlive the store; the SM2 key and signatures use OpenSSL's own randomness.
  // A rotation that a crash cut short is finished or undone.  `shared`: of centres on one ledger; a destruction or a
  // rotation does not reach the others.
  // Errors: directory or file not private (mode), unreadable, not a key, data.key lost, cannot write.  The first that
  // applies, in the order directory, sign.pem, site.key, data.key, month/.
  static Result<std::shared_ptr<const KeyStore>> open(const std::filesystem::path& directory, Random& random,
                                                      std::shared_ptr<MonthKeyRegister> shared = {});
  virtual ~KeyStore() = default;

  // SM2, id "1234567812345678", SM3; raw r||s, 64 bytes.  `tag` goes in front of the statement.
  virtual Bytes sign(std::string_view tag, ByteView statement) const = 0;
  virtual Bytes public_key() const = 0;  // 65 bytes, 04 | x | y

  // HMAC-SM3 under site.key, 64 hex digits.
  virtual std::string lookup_key(std::string_view domain, std::string_view value) const = 0;

  // AES-256-CMAC (RFC 4493, NIST SP 800-38B) of domain | 0x00 | value under a key made from site.key: for rows of this
  // terminal's own files that no signature covers.  A tenth of what lookup_key() costs.
  virtual RowChecksum row_checksum(std::string_view domain, std::string_view value) const = 0;

  // AES-256-GCM under the data key of `month` ("2026-11", or `lasting`), which seal() makes where there is none; nonce
  // (12) | ciphertext | tag (16).  Errors in order: not a month, destroyed, missing (open_sealed only), unreadable, not
  // private, not a key, those of the register, keys differ, cannot write, does not open (open_sealed only).
  virtual Result<Bytes> seal(const std::string& month, ByteView plain, ByteView associated) const = 0;
  virtual Result<Bytes> open_sealed(const std::string& month, ByteView sealed, ByteView associated) const = 0;

  // Destroys the data key of `month` for ever: what was sealed under it cannot be opened, nothing new can be sealed.
  // Twice is once; a month without a key is marked all the same.  A copy of the key in a backup is out of reach, and
  // another process that has the month in its cache keeps it until it ends.  Errors: not a month, cannot write.
  virtual Result<void> destroy_month(const std::string& month) const = 0;
  // The months that have a data key, in order.  Errors: unreadable.
  virtual Result<std::vector<std::string>> months() const { return std::vector<std::string>(); }
};

// KeyStore::lookup_key under a site's key that is in hand (the centre keeps those of all sites).
std::string lookup_key(ByteView site_key, std::string_view domain, std::string_view value);

// Verifies what sign() made.  Reads the key anew each time; for many signatures of one key keep an Sm2PublicKey
// (sm2.h).
bool verify(ByteView public_key, std::string_view tag, ByteView statement, ByteView signature);

}  // namespace gongji::seal
