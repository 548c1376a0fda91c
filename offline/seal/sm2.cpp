#include "offline/seal/sm2.h"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>

#include <array>
#include <limits>
#include <string>

#include "offline/base/check.h"

namespace gongji::seal {
namespace {

template <auto release>
struct Free {
  template <class T>
  void operator()(T* object) const {
    release(object);
  }
};
using KeyContext = std::unique_ptr<EVP_PKEY_CTX, Free<EVP_PKEY_CTX_free>>;
using DigestContext = std::unique_ptr<EVP_MD_CTX, Free<EVP_MD_CTX_free>>;
using Signature = std::unique_ptr<ECDSA_SIG, Free<ECDSA_SIG_free>>;
using Number = std::unique_ptr<BIGNUM, Free<BN_free>>;
using Memory = std::unique_ptr<BIO, Free<BIO_free>>;

std::shared_ptr<EVP_PKEY> owned(EVP_PKEY* key) {
  return {key, EVP_PKEY_free};
}

constexpr int half = static_cast<int>(sm2_signature_size / 2);

// OpenSSL's default id is empty, not the standard's, so the id is set before the digest begins (it is part of it).
// The digest context borrows the key context: it must die first.
struct Operation {
  explicit Operation(EVP_PKEY* key) : key_context(EVP_PKEY_CTX_new(key, nullptr)), digest_context(EVP_MD_CTX_new()) {
    static constexpr std::string_view id = "1234567812345678";
    GONGJI_CHECK(EVP_PKEY_CTX_set1_id(key_context.get(), id.data(), static_cast<int>(id.size())) == 1);
    EVP_MD_CTX_set_pkey_ctx(digest_context.get(), key_context.get());
  }
  KeyContext key_context;
  DigestContext digest_context;
};

Bytes raw_of(const Bytes& der) {
  const std::uint8_t* cursor = der.data();
  const Signature signature(d2i_ECDSA_SIG(nullptr, &cursor, static_cast<long>(der.size())));
  GONGJI_CHECK(signature != nullptr);
  Bytes raw(sm2_signature_size);
  GONGJI_CHECK(BN_bn2binpad(ECDSA_SIG_get0_r(signature.get()), raw.data(), half) == half);
  GONGJI_CHECK(BN_bn2binpad(ECDSA_SIG_get0_s(signature.get()), raw.data() + half, half) == half);
  return raw;
}

Bytes der_of(ByteView raw) {
  const Signature signature(ECDSA_SIG_new());
  Number r(BN_bin2bn(raw.data(), half, nullptr));
  Number s(BN_bin2bn(raw.data() + half, half, nullptr));
  GONGJI_CHECK(signature != nullptr && r != nullptr && s != nullptr);
  GONGJI_CHECK(ECDSA_SIG_set0(signature.get(), r.release(), s.release()) == 1);
  std::uint8_t* encoded = nullptr;
  const int size = i2d_ECDSA_SIG(signature.get(), &encoded);
  GONGJI_CHECK(size > 0);
  Bytes der(encoded, encoded + size);
  OPENSSL_free(encoded);
  return der;
}

}  // namespace

std::optional<Sm2PublicKey> Sm2PublicKey::from_raw(ByteView raw) {
  if (raw.size() != sm2_public_key_size || raw[0] != 0x04) return std::nullopt;
  std::string group = "SM2";
  Bytes point = to_bytes(raw);
  std::array<OSSL_PARAM, 3> params = {
      OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, group.data(), group.size()),
      OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size()),
      OSSL_PARAM_construct_end()};
  const KeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, "SM2", nullptr));
  GONGJI_CHECK(context != nullptr && EVP_PKEY_fromdata_init(context.get()) == 1);
  EVP_PKEY* key = nullptr;
  if (EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, params.data()) != 1) {
    ERR_clear_error();
    return std::nullopt;
  }
  return Sm2PublicKey(owned(key));
}

bool Sm2PublicKey::verify(std::string_view tag, ByteView statement, ByteView signature) const {
  if (signature.size() != sm2_signature_size) return false;
  const Bytes der = der_of(signature);
  const Operation operation(key_.get());
  EVP_MD_CTX* const context = operation.digest_context.get();
  GONGJI_CHECK(EVP_DigestVerifyInit(context, nullptr, EVP_sm3(), nullptr, key_.get()) == 1);
  GONGJI_CHECK(EVP_DigestVerifyUpdate(context, tag.data(), tag.size()) == 1);
  GONGJI_CHECK(EVP_DigestVerifyUpdate(context, statement.data(), statement.size()) == 1);
  const bool holds = EVP_DigestVerifyFinal(context, der.data(), der.size()) == 1;
  if (!holds) ERR_clear_error();  // a bad signature is an answer, not an error for whoever asks OpenSSL next
  return holds;
}

Sm2PrivateKey Sm2PrivateKey::generate() {
  // By the name "SM2": a key made as ("EC", "SM2") would silently sign plain ECDSA.
  EVP_PKEY* const key = EVP_PKEY_Q_keygen(nullptr, nullptr, "SM2");
  GONGJI_CHECK_WHY(key != nullptr, "this OpenSSL cannot make SM2 keys");
  return Sm2PrivateKey(owned(key));
}

std::optional<Sm2PrivateKey> Sm2PrivateKey::from_pem(std::string_view pem) {
  if (pem.size() > static_cast<std::size_t>(std::numeric_limits<int>::max())) return std::nullopt;
  const Memory memory(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  GONGJI_CHECK(memory != nullptr);
  // Never asks the console for a password: a daemon has none.
  const auto no_password = [](char*, int, int, void*) { return -1; };
  auto key = owned(PEM_read_bio_PrivateKey(memory.get(), nullptr, no_password, nullptr));
  if (!key || EVP_PKEY_is_a(key.get(), "SM2") != 1) {
    ERR_clear_error();
    return std::nullopt;
  }
  return Sm2PrivateKey(std::move(key));
}

Secret Sm2PrivateKey::to_pem() const {
  const Memory memory(BIO_new(BIO_s_secmem()));
  GONGJI_CHECK(memory != nullptr);
  GONGJI_CHECK(PEM_write_bio_PKCS8PrivateKey(memory.get(), key_.get(), nullptr, nullptr, 0, nullptr, nullptr) == 1);
  char* text = nullptr;
  const long size = BIO_get_mem_data(memory.get(), &text);
  GONGJI_CHECK(size > 0);
  return Secret(std::string(text, static_cast<std::size_t>(size)));
}

Bytes Sm2PrivateKey::public_key() const {
  Bytes raw(sm2_public_key_size);
  std::size_t size = 0;
  GONGJI_CHECK(EVP_PKEY_get_octet_string_param(key_.get(), OSSL_PKEY_PARAM_PUB_KEY, raw.data(), raw.size(), &size) ==
               1);
  GONGJI_CHECK(size == sm2_public_key_size && raw[0] == 0x04);
  return raw;
}

Bytes Sm2PrivateKey::sign(std::string_view tag, ByteView statement) const {
  const Operation operation(key_.get());
  EVP_MD_CTX* const context = operation.digest_context.get();
  GONGJI_CHECK(EVP_DigestSignInit(context, nullptr, EVP_sm3(), nullptr, key_.get()) == 1);
  GONGJI_CHECK(EVP_DigestSignUpdate(context, tag.data(), tag.size()) == 1);
  GONGJI_CHECK(EVP_DigestSignUpdate(context, statement.data(), statement.size()) == 1);
  std::size_t size = 0;
  GONGJI_CHECK(EVP_DigestSignFinal(context, nullptr, &size) == 1);
  Bytes der(size);
  GONGJI_CHECK(EVP_DigestSignFinal(context, der.data(), &size) == 1);
  der.resize(size);
  return raw_of(der);
}

}  // namespace gongji::seal
