// remembered_keys.h — a key store that does not hash the same twice within one transaction.  Internal; one thread.
//
// A sale names its person and accounts when it is settled and again when it is written, and a look-up hash costs as
// much as two statements.  What was hashed is kept until forget(), which the owner
// calls at the end of each transaction, because the values are numbers of persons.
#pragma once

#include <array>
#include <string>

#include "offline/base/secret.h"
#include "offline/seal/key_store.h"

namespace gongji::journal {

class RememberedKeys final : public seal::KeyStore {
 public:
  explicit RememberedKeys(const seal::KeyStore& keys) : keys_(keys) {}

  std::string lookup_key(std::string_view domain, std::string_view value) const override;
  // What lookup_key() would say, from whoever has it already.
  void remember(std::string_view domain, std::string_view value, std::string key) const;
  void forget();
  seal::RowChecksum row_checksum(std::string_view domain, std::string_view value) const override {
    return keys_.row_checksum(domain, value);
  }

  Bytes sign(std::string_view tag, ByteView statement) const override { return keys_.sign(tag, statement); }
  Bytes public_key() const override { return keys_.public_key(); }
  Result<Bytes> seal(const std::string& month, ByteView plain, ByteView associated) const override {
    return keys_.seal(month, plain, associated);
  }
  Result<Bytes> open_sealed(const std::string& month, ByteView sealed, ByteView associated) const override {
    return keys_.open_sealed(month, sealed, associated);
  }
  Result<void> destroy_month(const std::string& month) const override { return keys_.destroy_month(month); }

 private:
  struct Made {
    std::string domain, key;
    Secret value;  // wiped when it is forgotten
  };
  const seal::KeyStore& keys_;
  mutable std::array<Made, 32> made_;  // the newest takes the place of the oldest
  mutable std::size_t count_ = 0;
};

}  // namespace gongji::journal
