// stand_in_signatures.cpp — SM2 as the simulator has it: offline/seal/sm2.h defined anew at link time.
//
// A real signature costs 0.35 ms and draws on OpenSSL's own randomness, so that no two runs would be alike.  Here it is
// a checksum of key, tag and statement: what was damaged, or signed by another, does not verify.  Nobody in a simulated
// world tries to forge one; the real ones have tests of their own (tests/seal).
#include <array>
#include <cstring>

#include "offline/base/check.h"
#include "offline/seal/sm2.h"
#include "tests/sim/sim_random.h"

// Of this program alone.
struct evp_pkey_st {
  std::array<std::uint8_t, 64> point{};
};

namespace gongji::seal {

namespace {

constexpr std::string_view pem_begin = "-----BEGIN SIMULATED KEY-----\n";
constexpr std::string_view pem_end = "\n-----END SIMULATED KEY-----\n";

std::uint64_t mixed(std::uint64_t word) {
  word = (word ^ (word >> 32U)) * 0xD6E8FEB86659FD93U;
  word = (word ^ (word >> 32U)) * 0xD6E8FEB86659FD93U;
  return word ^ (word >> 32U);
}

void take_in(std::array<std::uint64_t, 2>& sum, ByteView bytes) {
  for (std::size_t i = 0; i < bytes.size(); i += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes.data() + i, std::min<std::size_t>(8, bytes.size() - i));
    sum[0] = (sum[0] ^ word) * 0x9E3779B97F4A7C15U;
    sum[0] = sum[0] << 29U | sum[0] >> 35U;
    sum[1] = (sum[1] + (word ^ sum[0])) * 0xBF58476D1CE4E5B9U;
  }
  sum[1] ^= bytes.size();
}

Bytes signature_of(const evp_pkey_st& key, std::string_view tag, ByteView statement) {
  std::array<std::uint64_t, 2> sum{1, 2};
  take_in(sum, key.point);
  take_in(sum, as_bytes(tag));
  take_in(sum, statement);
  Bytes out(sm2_signature_size);
  for (std::size_t i = 0; i < sm2_signature_size / 8; ++i) {
    const std::uint64_t word = mixed(sum[0] + i * sum[1] + i);
    std::memcpy(out.data() + 8 * i, &word, 8);
  }
  return out;
}

}  // namespace

std::optional<Sm2PublicKey> Sm2PublicKey::from_raw(ByteView raw) {
  if (raw.size() != sm2_public_key_size || raw[0] != 0x04) return std::nullopt;
  auto key = std::make_shared<evp_pkey_st>();
  std::memcpy(key->point.data(), raw.data() + 1, key->point.size());
  return Sm2PublicKey(std::move(key));
}

bool Sm2PublicKey::verify(std::string_view tag, ByteView statement, ByteView signature) const {
  const Bytes made = signature_of(*key_, tag, statement);
  return signature.size() == made.size() && std::memcmp(signature.data(), made.data(), made.size()) == 0;
}

Sm2PrivateKey Sm2PrivateKey::generate() {
  auto key = std::make_shared<evp_pkey_st>();
  sim::key_random().fill(key->point);
  return Sm2PrivateKey(std::move(key));
}

std::optional<Sm2PrivateKey> Sm2PrivateKey::from_pem(std::string_view pem) {
  if (!pem.starts_with(pem_begin) || !pem.ends_with(pem_end)) return std::nullopt;
  pem.remove_prefix(pem_begin.size());
  pem.remove_suffix(pem_end.size());
  const auto point = from_hex(pem);
  auto key = std::make_shared<evp_pkey_st>();
  if (!point || point->size() != key->point.size()) return std::nullopt;
  std::memcpy(key->point.data(), point->data(), point->size());
  return Sm2PrivateKey(std::move(key));
}

Secret Sm2PrivateKey::to_pem() const {
  return Secret(std::string(pem_begin) + to_hex(key_->point) + std::string(pem_end));
}

Bytes Sm2PrivateKey::public_key() const {
  Bytes raw(sm2_public_key_size);
  raw[0] = 0x04;
  std::memcpy(raw.data() + 1, key_->point.data(), key_->point.size());
  return raw;
}

Bytes Sm2PrivateKey::sign(std::string_view tag, ByteView statement) const {
  return signature_of(*key_, tag, statement);
}

}  // namespace gongji::seal
