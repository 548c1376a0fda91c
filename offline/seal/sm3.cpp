#include "offline/seal/sm3.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <limits>
#include <memory>

#include "offline/base/check.h"

namespace gongji::seal {
namespace {

// Fetched once: the look-up by name costs more than digesting a short message.
const EVP_MD* algorithm() {
  static const EVP_MD* const md = EVP_MD_fetch(nullptr, "SM3", nullptr);
  GONGJI_CHECK_WHY(md != nullptr, "this OpenSSL has no SM3");
  return md;
}

struct FreeContext {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};

}  // namespace

Digest sm3(ByteView bytes) {
  return sm3({bytes});
}

Digest sm3(std::initializer_list<ByteView> parts) {
  thread_local const std::unique_ptr<EVP_MD_CTX, FreeContext> context(EVP_MD_CTX_new());
  GONGJI_CHECK(EVP_DigestInit_ex2(context.get(), algorithm(), nullptr) == 1);
  for (const ByteView part : parts) GONGJI_CHECK(EVP_DigestUpdate(context.get(), part.data(), part.size()) == 1);
  Digest digest{};
  unsigned int size = 0;
  GONGJI_CHECK(EVP_DigestFinal_ex(context.get(), digest.data(), &size) == 1 && size == digest.size());
  return digest;
}

Digest hmac_sm3(ByteView key, ByteView bytes) {
  GONGJI_CHECK(key.size() <= static_cast<std::size_t>(std::numeric_limits<int>::max()));
  Digest digest{};
  unsigned int size = 0;
  const auto* made =
      HMAC(algorithm(), key.data(), static_cast<int>(key.size()), bytes.data(), bytes.size(), digest.data(), &size);
  GONGJI_CHECK(made != nullptr && size == digest.size());
  return digest;
}

}  // namespace gongji::seal
