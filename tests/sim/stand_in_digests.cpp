// stand_in_digests.cpp — SM3 as the simulator has it: offline/seal/sm3.h defined anew at link time.
//
// A tenth of a world's time went into SM3.  What is tested here asks of a digest only that other bytes have another
// one, by whichever parts they come: a checksum of 256 bits does that where nobody tries to forge.  The real one has
// tests of its own (tests/seal, tests/record with published vectors).
#include <array>
#include <cstring>

#include "offline/base/check.h"
#include "offline/seal/sm3.h"

namespace gongji::seal {

namespace {

constexpr std::array<std::uint64_t, 4> odd{0x9E3779B97F4A7C15U, 0xBF58476D1CE4E5B9U, 0x94D049BB133111EBU,
                                           0xD6E8FEB86659FD93U};

std::uint64_t mixed(std::uint64_t word) {
  word = (word ^ (word >> 32U)) * odd[3];
  word = (word ^ (word >> 29U)) * odd[1];
  return word ^ (word >> 32U);
}

class Sum {
 public:
  void add(ByteView bytes) {
    size_ += bytes.size();
    while (!bytes.empty()) {
      const std::size_t count = std::min(bytes.size(), rest_.size() - filled_);
      std::memcpy(rest_.data() + filled_, bytes.data(), count);
      bytes = bytes.subspan(count);
      filled_ += count;
      if (filled_ == rest_.size()) take();
    }
  }

  Digest end() {
    std::memset(rest_.data() + filled_, 0, rest_.size() - filled_);
    take();
    Digest digest{};
    for (std::size_t i = 0; i < lanes_.size(); ++i) {
      const std::uint64_t word = mixed(lanes_[i] + mixed(lanes_[(i + 1) % 4] ^ size_) + odd[i]);
      std::memcpy(digest.data() + 8 * i, &word, 8);
    }
    return digest;
  }

 private:
  void take() {
    for (std::size_t i = 0; i < lanes_.size(); ++i) {
      std::uint64_t word = 0;
      std::memcpy(&word, rest_.data() + 8 * i, 8);
      std::uint64_t& lane = lanes_[i];
      lane = (lane ^ word) * odd[i];
      lane = lane << 31U | lane >> 33U;
      lanes_[(i + 1) % 4] += lane;
    }
    filled_ = 0;
  }

  std::array<std::uint64_t, 4> lanes_{1, 2, 3, 4};
  std::array<std::uint8_t, 32> rest_{};
  std::size_t filled_ = 0;
  std::uint64_t size_ = 0;
};

}  // namespace

Digest sm3(ByteView bytes) {
  return sm3({bytes});
}

Digest sm3(std::initializer_list<ByteView> parts) {
  Sum sum;
  for (const ByteView part : parts) sum.add(part);
  return sum.end();
}

Digest hmac_sm3(ByteView key, ByteView bytes) {
  return sm3({as_bytes("hmac"), key, bytes});
}

}  // namespace gongji::seal

// Of this program alone: the key.
struct evp_md_ctx_st {
  gongji::Bytes key;
};

namespace gongji::seal {

void HmacKey::Free::operator()(evp_md_ctx_st* context) const {
  delete context;
}

HmacKey::HmacKey(ByteView key) : inner_(new evp_md_ctx_st{{key.begin(), key.end()}}) {
  GONGJI_CHECK(key.size() <= 64);
}

Digest HmacKey::operator()(ByteView bytes) const {
  return hmac_sm3(inner_->key, bytes);
}

}  // namespace gongji::seal
