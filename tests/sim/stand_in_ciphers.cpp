// stand_in_ciphers.cpp — data at rest as the simulator has it: offline/seal/aead.h and cmac.h defined anew at link
// time.
//
// What is tested here asks of a cipher that nothing can be read in the file, and that what was changed, or sealed under
// another key or for another place, does not open: a stream and a checksum that know key, nonce and place do that where
// nobody tries to break them.  A tenth of a world's time otherwise.  The real ones have tests of their own
// (tests/seal).
#include <algorithm>
#include <cstring>

#include "offline/base/check.h"
#include "offline/seal/aead.h"
#include "offline/seal/cmac.h"
#include "offline/seal/sm3.h"

// Of this program alone: the key.
struct evp_cipher_ctx_st {
  gongji::Bytes key;
};

namespace gongji::seal {

namespace {

// Its own opposite.
void turn(ByteView key, ByteView nonce, std::uint8_t* text, std::size_t size) {
  const Digest begin = sm3({as_bytes("stream"), key, nonce});
  std::uint64_t word = 0;
  std::memcpy(&word, begin.data(), sizeof word);
  for (std::size_t i = 0; i < size; i += sizeof word) {
    word = word * 0x9E3779B97F4A7C15U + 0xBF58476D1CE4E5B9U;
    const std::uint64_t mask = word ^ (word >> 32U);
    std::uint64_t eight = 0;
    const std::size_t count = std::min(sizeof eight, size - i);
    std::memcpy(&eight, text + i, count);
    eight ^= mask;
    std::memcpy(text + i, &eight, count);
  }
}

Digest checksum(ByteView key, ByteView sealed, ByteView associated) {
  const std::uint64_t size = sealed.size();
  return sm3({as_bytes("tag"), key, {reinterpret_cast<const std::uint8_t*>(&size), sizeof size}, sealed, associated});
}

}  // namespace

Bytes aead_seal(ByteView key, const AeadNonce& nonce, ByteView plain, ByteView associated) {
  GONGJI_CHECK(key.size() == aead_key_size);
  Bytes sealed;
  sealed.reserve(nonce.size() + plain.size() + aead_tag_size);
  sealed.insert(sealed.end(), nonce.begin(), nonce.end());
  sealed.insert(sealed.end(), plain.begin(), plain.end());
  turn(key, nonce, sealed.data() + nonce.size(), plain.size());
  const Digest tag = checksum(key, sealed, associated);
  sealed.insert(sealed.end(), tag.begin(), tag.begin() + aead_tag_size);
  return sealed;
}

std::optional<Bytes> aead_open(ByteView key, ByteView sealed, ByteView associated) {
  GONGJI_CHECK(key.size() == aead_key_size);
  if (sealed.size() < aead_nonce_size + aead_tag_size) return std::nullopt;
  const ByteView nonce = sealed.first(aead_nonce_size);
  const ByteView text = sealed.subspan(aead_nonce_size, sealed.size() - aead_nonce_size - aead_tag_size);
  const Digest tag = checksum(key, sealed.first(aead_nonce_size + text.size()), associated);
  if (!std::equal(tag.begin(), tag.begin() + aead_tag_size, sealed.end() - aead_tag_size)) return std::nullopt;
  Bytes plain(text.begin(), text.end());
  turn(key, nonce, plain.data(), plain.size());
  return plain;
}

void CmacKey::Free::operator()(evp_cipher_ctx_st* context) const {
  delete context;
}

CmacKey::CmacKey(ByteView key) : context_(new evp_cipher_ctx_st{{key.begin(), key.end()}}) {
  GONGJI_CHECK(key.size() == 32);
}

CmacKey::~CmacKey() = default;

CmacKey::Block CmacKey::operator()(std::initializer_list<ByteView> parts) const {
  Bytes whole;
  for (const ByteView part : parts) whole.insert(whole.end(), part.begin(), part.end());
  const Digest sum = sm3({as_bytes("cmac"), context_->key, whole});
  Block out{};
  std::copy_n(sum.begin(), out.size(), out.begin());
  return out;
}

}  // namespace gongji::seal
