#include "offline/seal/sm3.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
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

void HmacKey::Free::operator()(evp_md_ctx_st* context) const {
  EVP_MD_CTX_free(context);
}

HmacKey::HmacKey(ByteView key) : inner_(EVP_MD_CTX_new()), outer_(EVP_MD_CTX_new()) {
  std::array<std::uint8_t, 64> block{};
  GONGJI_CHECK(key.size() <= block.size());
  const auto begin = [&](EVP_MD_CTX* context, unsigned pad) {
    block.fill(static_cast<std::uint8_t>(pad));
    for (std::size_t i = 0; i < key.size(); ++i) block[i] = static_cast<std::uint8_t>(key[i] ^ pad);
    GONGJI_CHECK(EVP_DigestInit_ex2(context, algorithm(), nullptr) == 1);
    GONGJI_CHECK(EVP_DigestUpdate(context, block.data(), block.size()) == 1);
  };
  begin(inner_.get(), 0x36);
  begin(outer_.get(), 0x5C);
  OPENSSL_cleanse(block.data(), block.size());
}

Digest HmacKey::operator()(ByteView bytes) const {
  thread_local const Context work(EVP_MD_CTX_new());
  Digest digest{};
  const auto finish = [&](const Context& begun, ByteView message) {
    unsigned int size = 0;
    GONGJI_CHECK(EVP_MD_CTX_copy_ex(work.get(), begun.get()) == 1);
    GONGJI_CHECK(EVP_DigestUpdate(work.get(), message.data(), message.size()) == 1);
    GONGJI_CHECK(EVP_DigestFinal_ex(work.get(), digest.data(), &size) == 1 && size == digest.size());
  };
  finish(inner_, bytes);
  finish(outer_, digest);
  return digest;
}

}  // namespace gongji::seal
