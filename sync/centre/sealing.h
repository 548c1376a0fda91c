// sealing.h — what of the ledger is personal, and how it stands in the file.
//
// Who somebody is stands in the tables as a keyed hash: the same person always has the same one, and nobody without the
// centre's keys can tell whose it is, or try numbers until one fits.  What names somebody (names, numbers, personal
// parts of entries, a log that was set aside) is sealed under a data key: of its month where it belongs to a month,
// otherwise `lasting`.  `place` says which row a sealed value belongs to; in another row it does not open.
//
// Threads: any, as KeyStore.
#pragma once

#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>

#include "offline/base/bytes.h"
#include "offline/base/clock.h"
#include "offline/base/result.h"
#include "offline/base/secret.h"
#include "offline/seal/key_store.h"
#include "offline/sqlite/connection.h"

namespace gongji::centre {

class Sealing {
 public:
  explicit Sealing(std::shared_ptr<const seal::KeyStore> keys) : keys_(std::move(keys)) {}

  // Columns named `person`: 64 hex digits; nobody ("") stays "".
  std::string person(std::string_view psn_no) const;
  std::string credential(std::string_view kind, std::string_view number) const;
  std::string stopped(int kind, const std::string& number) const;  // of the stop list
  // An account's name: "person:<psn_no>:prior" with the hash in the number's place; any other as it is.
  std::string account(const std::string& name) const;
  Digest digest(const Digest& of_request) const;

  // Errors: those of KeyStore::seal and open_sealed.
  Result<Bytes> seal(const std::string& month, std::string_view place, ByteView plain) const;
  Result<Secret> open(const std::string& month, std::string_view place, ByteView sealed) const;

  // The same for SQL, so that an older ledger is sealed in the transaction of its migration:
  // keyed_person(psn_no), keyed_credential(kind, number), keyed_account(name), keyed_digest(blob),
  // sealed(month, place, part, ...).
  void define_in(sqlite::Connection& connection) const;

 private:
  std::shared_ptr<const seal::KeyStore> keys_;
};

std::string month_of(WallTime time);  // "2026-11", UTC+8

}  // namespace gongji::centre
