#include "offline/seal/cmac.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include "offline/base/check.h"

namespace gongji::seal {

void CmacKey::Free::operator()(evp_mac_ctx_st* context) const {
  EVP_MAC_CTX_free(context);
}

CmacKey::CmacKey(ByteView key) {
  GONGJI_CHECK(key.size() == 32);
  EVP_MAC* const algorithm = EVP_MAC_fetch(nullptr, "CMAC", nullptr);
  GONGJI_CHECK_WHY(algorithm != nullptr, "this OpenSSL has no CMAC");
  context_.reset(EVP_MAC_CTX_new(algorithm));
  EVP_MAC_free(algorithm);
  GONGJI_CHECK(context_ != nullptr);
  char cipher[] = "AES-256-CBC";
  const OSSL_PARAM parameters[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_CIPHER, cipher, 0),
                                   OSSL_PARAM_construct_end()};
  GONGJI_CHECK(EVP_MAC_init(context_.get(), key.data(), key.size(), parameters) == 1);
}

std::array<std::uint8_t, 16> CmacKey::operator()(std::initializer_list<ByteView> parts) const {
  std::array<std::uint8_t, 16> checksum{};
  std::size_t size = 0;
  const std::scoped_lock lock(mutex_);
  // Without a key: the same key, from the beginning.
  GONGJI_CHECK(EVP_MAC_init(context_.get(), nullptr, 0, nullptr) == 1);
  for (const ByteView part : parts) GONGJI_CHECK(EVP_MAC_update(context_.get(), part.data(), part.size()) == 1);
  GONGJI_CHECK(EVP_MAC_final(context_.get(), checksum.data(), &size, checksum.size()) == 1);
  GONGJI_CHECK(size == checksum.size());
  return checksum;
}

}  // namespace gongji::seal
