#include "offline/seal/aead.h"

#include <openssl/evp.h>

#include <algorithm>
#include <memory>

#include "offline/base/check.h"

namespace gongji::seal {
namespace {

struct FreeContext {
  void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};
using Context = std::unique_ptr<EVP_CIPHER_CTX, FreeContext>;

const EVP_CIPHER* algorithm() {
  static const EVP_CIPHER* const cipher = EVP_CIPHER_fetch(nullptr, "AES-256-GCM", nullptr);
  GONGJI_CHECK_WHY(cipher != nullptr, "this OpenSSL has no AES-256-GCM");
  return cipher;
}

// One for each thread, used again: making one costs as much as sealing a kilobyte.
EVP_CIPHER_CTX* context_of_thread() {
  thread_local const Context context(EVP_CIPHER_CTX_new());
  GONGJI_CHECK(context != nullptr);
  return context.get();
}

// The key does not stay behind.
struct Wiped {
  EVP_CIPHER_CTX* context = context_of_thread();
  Wiped() = default;
  Wiped(const Wiped&) = delete;
  Wiped& operator=(const Wiped&) = delete;
  ~Wiped() { EVP_CIPHER_CTX_reset(context); }
  EVP_CIPHER_CTX* get() const { return context; }
};

void check_sizes(ByteView key, std::size_t text, ByteView associated) {
  GONGJI_CHECK(key.size() == aead_key_size);
  GONGJI_CHECK(text <= aead_plain_size_max && associated.size() <= aead_plain_size_max);
}

}  // namespace

Bytes aead_seal(ByteView key, const AeadNonce& nonce, ByteView plain, ByteView associated) {
  check_sizes(key, plain.size(), associated);
  Bytes sealed(aead_nonce_size + plain.size() + aead_tag_size);
  std::copy(nonce.begin(), nonce.end(), sealed.begin());
  std::uint8_t* const text = sealed.data() + aead_nonce_size;
  std::uint8_t* const tag = text + plain.size();

  const Wiped context;
  GONGJI_CHECK(EVP_EncryptInit_ex2(context.get(), algorithm(), key.data(), nonce.data(), nullptr) == 1);
  int size = 0;
  if (!associated.empty())
    GONGJI_CHECK(
        EVP_EncryptUpdate(context.get(), nullptr, &size, associated.data(), static_cast<int>(associated.size())) == 1);
  if (!plain.empty())
    GONGJI_CHECK(EVP_EncryptUpdate(context.get(), text, &size, plain.data(), static_cast<int>(plain.size())) == 1);
  GONGJI_CHECK(EVP_EncryptFinal_ex(context.get(), tag, &size) == 1 && size == 0);
  GONGJI_CHECK(EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_GET_TAG, static_cast<int>(aead_tag_size), tag) == 1);
  return sealed;
}

std::optional<Bytes> aead_open(ByteView key, ByteView sealed, ByteView associated) {
  if (sealed.size() < aead_nonce_size + aead_tag_size) return std::nullopt;
  const ByteView nonce = sealed.first(aead_nonce_size);
  const ByteView text = sealed.subspan(aead_nonce_size, sealed.size() - aead_nonce_size - aead_tag_size);
  Bytes tag = to_bytes(sealed.last(aead_tag_size));
  check_sizes(key, text.size(), associated);
  Bytes plain(text.size() + 1);  // never empty: OpenSSL reads a null output as "associated data"

  const Wiped context;
  GONGJI_CHECK(EVP_DecryptInit_ex2(context.get(), algorithm(), key.data(), nonce.data(), nullptr) == 1);
  int size = 0;
  if (!associated.empty())
    GONGJI_CHECK(
        EVP_DecryptUpdate(context.get(), nullptr, &size, associated.data(), static_cast<int>(associated.size())) == 1);
  if (!text.empty())
    GONGJI_CHECK(EVP_DecryptUpdate(context.get(), plain.data(), &size, text.data(), static_cast<int>(text.size())) ==
                 1);
  GONGJI_CHECK(EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_SET_TAG, static_cast<int>(aead_tag_size), tag.data()) ==
               1);
  if (EVP_DecryptFinal_ex(context.get(), plain.data() + text.size(), &size) != 1) return std::nullopt;
  plain.resize(text.size());
  return plain;
}

}  // namespace gongji::seal
