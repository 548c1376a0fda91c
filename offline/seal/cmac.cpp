#include "offline/seal/cmac.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <algorithm>

#include "offline/base/check.h"

namespace gongji::seal {

namespace {

constexpr std::size_t block_size = CmacKey::Block().size();

// Fetched once: the look-up by name costs more than a checksum.
const EVP_CIPHER* algorithm() {
  static const EVP_CIPHER* const cipher = EVP_CIPHER_fetch(nullptr, "AES-256-CBC", nullptr);
  GONGJI_CHECK_WHY(cipher != nullptr, "this OpenSSL has no AES-256-CBC");
  return cipher;
}

void mix_in(std::uint8_t* into, const CmacKey::Block& block) {
  for (std::size_t i = 0; i < block_size; ++i) into[i] ^= block[i];
}

// In place, as if chained from a block of zeros.  The context goes on from the last block that it made: mixed in twice,
// that is nothing, and costs less than telling the context to begin anew.
void encrypt(EVP_CIPHER_CTX* context, Bytes& blocks, CmacKey::Block& chained) {
  mix_in(blocks.data(), chained);
  int written = 0;
  const int size = static_cast<int>(blocks.size());
  GONGJI_CHECK(EVP_EncryptUpdate(context, blocks.data(), &written, blocks.data(), size) == 1 && written == size);
  std::copy(blocks.end() - static_cast<std::ptrdiff_t>(block_size), blocks.end(), chained.begin());
}

// Twice the value in the field of 2^128 elements that CMAC counts in.
CmacKey::Block doubled(const CmacKey::Block& block) {
  CmacKey::Block out{};
  unsigned carry = 0;
  for (std::size_t i = block_size; i-- > 0;) {
    const unsigned shifted = static_cast<unsigned>(block[i]) << 1U | carry;
    out[i] = static_cast<std::uint8_t>(shifted);
    carry = shifted >> 8U;
  }
  // Without asking what the bit is: the block is a secret.
  out.back() ^= static_cast<std::uint8_t>(0x87U & (0U - carry));
  return out;
}

}  // namespace

void CmacKey::Free::operator()(evp_cipher_ctx_st* context) const {
  EVP_CIPHER_CTX_free(context);
}

CmacKey::CmacKey(ByteView key) : context_(EVP_CIPHER_CTX_new()) {
  GONGJI_CHECK(key.size() == 32);
  GONGJI_CHECK(context_ != nullptr);
  GONGJI_CHECK(EVP_EncryptInit_ex2(context_.get(), algorithm(), key.data(), chained_.data(), nullptr) == 1);
  GONGJI_CHECK(EVP_CIPHER_CTX_set_padding(context_.get(), 0) == 1);
  message_.assign(block_size, 0);
  encrypt(context_.get(), message_, chained_);
  whole_ = doubled(chained_);
  filled_up_ = doubled(whole_);
  // What the two were made of is not kept.
  message_.assign(block_size, 1);
  encrypt(context_.get(), message_, chained_);
}

CmacKey::~CmacKey() {
  OPENSSL_cleanse(whole_.data(), whole_.size());
  OPENSSL_cleanse(filled_up_.data(), filled_up_.size());
}

// One call of OpenSSL for all blocks: its own CMAC makes one for each.
CmacKey::Block CmacKey::operator()(std::initializer_list<ByteView> parts) const {
  const std::scoped_lock lock(mutex_);
  message_.clear();
  for (const ByteView part : parts) message_.insert(message_.end(), part.begin(), part.end());
  const bool whole = !message_.empty() && message_.size() % block_size == 0;
  if (!whole) {
    message_.push_back(0x80);
    message_.resize((message_.size() + block_size - 1) / block_size * block_size);
  }
  const std::size_t last = message_.size() - block_size;
  mix_in(message_.data() + last, whole ? whole_ : filled_up_);
  encrypt(context_.get(), message_, chained_);
  return chained_;
}

}  // namespace gongji::seal
