// sm2.h — SM2 signatures (GB/T 32918) over SM3, with the standard's id "1234567812345678".
//
// A signature is raw r||s, 64 bytes, over tag | statement: every kind of statement has its own tag, so that a signature
// made for one can never be shown as another.  A public key is 65 bytes, 04 | x | y.
//
// Randomness of keys and signatures is OpenSSL's own: it cannot be injected.  Cost, one core: about 0.35 ms either way.
// Thread safety: values; one key may be used from any threads at once.
#pragma once

#include <memory>
#include <optional>
#include <string_view>

#include "offline/base/bytes.h"
#include "offline/base/secret.h"

struct evp_pkey_st;

namespace gongji::seal {

inline constexpr std::size_t sm2_public_key_size = 65;
inline constexpr std::size_t sm2_signature_size = 64;

class Sm2PublicKey {
 public:
  // nullopt: not 65 bytes, or not a point of the curve.
  static std::optional<Sm2PublicKey> from_raw(ByteView raw);

  // False for anything but a signature of this key over exactly tag | statement.
  bool verify(std::string_view tag, ByteView statement, ByteView signature) const;

 private:
  explicit Sm2PublicKey(std::shared_ptr<evp_pkey_st> key) : key_(std::move(key)) {}
  std::shared_ptr<evp_pkey_st> key_;
};

class Sm2PrivateKey {
 public:
  static Sm2PrivateKey generate();
  // PKCS#8 or SEC 1 PEM without a password.  nullopt: not a PEM, not SM2, or locked by a password.
  static std::optional<Sm2PrivateKey> from_pem(std::string_view pem);

  Secret to_pem() const;  // PKCS#8
  Bytes public_key() const;
  Bytes sign(std::string_view tag, ByteView statement) const;

 private:
  explicit Sm2PrivateKey(std::shared_ptr<evp_pkey_st> key) : key_(std::move(key)) {}
  std::shared_ptr<evp_pkey_st> key_;
};

}  // namespace gongji::seal
