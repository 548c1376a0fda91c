#include "offline/seal/recovery_key.h"

#include <fmt/format.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>

#include <algorithm>
#include <memory>
#include <string>

#include "offline/base/check.h"
#include "offline/seal/aead.h"
#include "offline/seal/troubles.h"

namespace gongji::seal {
namespace {

// Not empty: OpenSSL 3.0 takes no empty salt.
constexpr std::string_view private_salt = "gongji.recovery.v1";
constexpr std::size_t group_count = 8, group_digits = 6;

struct Free {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(EVP_PKEY_CTX* context) const { EVP_PKEY_CTX_free(context); }
  void operator()(EVP_KDF* kdf) const { EVP_KDF_free(kdf); }
  void operator()(EVP_KDF_CTX* context) const { EVP_KDF_CTX_free(context); }
};
using Key = std::unique_ptr<EVP_PKEY, Free>;

// 32 bytes of key, wiped when they die.
struct Derived {
  std::array<std::uint8_t, 32> bytes{};
  Derived() = default;
  Derived(const Derived&) = delete;
  Derived& operator=(const Derived&) = delete;
  ~Derived() { OPENSSL_cleanse(bytes.data(), bytes.size()); }
};

void hkdf(ByteView secret, ByteView salt, std::string_view info, Derived& out) {
  const std::unique_ptr<EVP_KDF, Free> kdf(EVP_KDF_fetch(nullptr, "HKDF", nullptr));
  GONGJI_CHECK_WHY(kdf != nullptr, "this OpenSSL has no HKDF");
  const std::unique_ptr<EVP_KDF_CTX, Free> context(EVP_KDF_CTX_new(kdf.get()));
  std::string digest = "SHA256", about(info);
  Bytes ikm = to_bytes(secret), salted = to_bytes(salt);
  OSSL_PARAM params[] = {OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest.data(), 0),
                         OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, ikm.data(), ikm.size()),
                         OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SALT, salted.data(), salted.size()),
                         OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO, about.data(), about.size()),
                         OSSL_PARAM_construct_end()};
  GONGJI_CHECK(EVP_KDF_derive(context.get(), out.bytes.data(), out.bytes.size(), params) == 1);
  OPENSSL_cleanse(ikm.data(), ikm.size());
}

Key private_key(ByteView raw) {
  Key key(EVP_PKEY_new_raw_private_key(EVP_PKEY_X25519, nullptr, raw.data(), raw.size()));
  GONGJI_CHECK_WHY(key != nullptr, "this OpenSSL has no X25519");
  return key;
}

Bytes public_of(const Key& key) {
  Bytes out(recovery_public_size);
  std::size_t size = out.size();
  GONGJI_CHECK(EVP_PKEY_get_raw_public_key(key.get(), out.data(), &size) == 1 && size == out.size());
  return out;
}

// The key that both sides come to.  False: the other's public key is none.
bool agree(const Key& mine, ByteView other, ByteView salt, Derived& out) {
  const Key theirs(EVP_PKEY_new_raw_public_key(EVP_PKEY_X25519, nullptr, other.data(), other.size()));
  if (!theirs) return false;
  const std::unique_ptr<EVP_PKEY_CTX, Free> context(EVP_PKEY_CTX_new(mine.get(), nullptr));
  Derived shared;
  std::size_t size = shared.bytes.size();
  if (EVP_PKEY_derive_init(context.get()) != 1 || EVP_PKEY_derive_set_peer(context.get(), theirs.get()) != 1 ||
      EVP_PKEY_derive(context.get(), shared.bytes.data(), &size) != 1 || size != shared.bytes.size())
    return false;
  hkdf(shared.bytes, salt, "gongji.recovery.v1|wrap", out);
  return true;
}

Bytes joined(ByteView a, ByteView b) {
  Bytes out(a.size() + b.size());
  std::copy(b.begin(), b.end(), std::copy(a.begin(), a.end(), out.begin()));
  return out;
}

// Damm's quasigroup of order 10: a number with its check digit behind it comes to 0.
constexpr std::uint8_t damm_table[10][10] = {{0, 3, 1, 7, 5, 9, 8, 6, 4, 2}, {7, 0, 9, 2, 1, 5, 4, 8, 6, 3},
                                             {4, 2, 0, 6, 8, 7, 1, 3, 5, 9}, {1, 7, 5, 0, 9, 8, 3, 4, 2, 6},
                                             {6, 1, 2, 3, 0, 4, 5, 9, 7, 8}, {3, 6, 7, 4, 2, 0, 9, 5, 8, 1},
                                             {5, 8, 6, 9, 7, 2, 0, 1, 3, 4}, {8, 9, 4, 5, 3, 6, 2, 0, 1, 7},
                                             {9, 4, 3, 8, 6, 1, 7, 2, 0, 5}, {2, 5, 8, 1, 4, 3, 6, 7, 9, 0}};

std::uint8_t damm(std::size_t place, std::string_view digits) {
  std::uint8_t state = damm_table[0][place + 1];
  for (const char digit : digits) state = damm_table[state][digit - '0'];
  return state;
}

}  // namespace

RecoveryKey::~RecoveryKey() {
  OPENSSL_cleanse(secret_.data(), secret_.size());
}

RecoveryKey RecoveryKey::make(Random& random) {
  RecoveryKey key;
  random.fill(key.secret_);
  return key;
}

Secret RecoveryKey::digits() const {
  std::string out;
  for (std::size_t i = 0; i < group_count; ++i) {
    const unsigned value = static_cast<unsigned>(secret_[2 * i]) << 8U | secret_[2 * i + 1];
    const Secret group(fmt::format("{:05}", value));
    if (i > 0) out += ' ';
    out += group.reveal();
    out += static_cast<char>('0' + damm(i, group.reveal()));
  }
  return Secret(std::move(out));
}

Result<RecoveryKey> RecoveryKey::parse(std::string_view typed) {
  std::string plain;
  for (const char c : typed) {
    if (c >= '0' && c <= '9')
      plain += c;
    else if (c != ' ' && c != '-' && c != '\t' && c != '\r' && c != '\n')
      return trouble(troubles::recovery_mistyped, {}, "expected digits only");
  }
  const Secret digits(std::move(plain));
  const std::string_view all = digits.reveal();
  RecoveryKey key;
  for (std::size_t i = 0; i < group_count && (i + 1) * group_digits <= all.size(); ++i) {
    const std::string_view group = all.substr(i * group_digits, group_digits);
    unsigned value = 0;
    for (const char digit : group.substr(0, group_digits - 1)) value = value * 10 + static_cast<unsigned>(digit - '0');
    if (damm(i, group) != 0 || value > 0xFFFFU)
      return trouble(troubles::recovery_mistyped, "group " + std::to_string(i + 1));
    key.secret_[2 * i] = static_cast<std::uint8_t>(value >> 8U);
    key.secret_[2 * i + 1] = static_cast<std::uint8_t>(value & 0xFFU);
  }
  if (all.size() != group_count * group_digits) {
    return trouble(troubles::recovery_mistyped, {}, fmt::format("got {} digits, expected 48", all.size()));
  }
  return key;
}

Bytes RecoveryKey::public_key() const {
  Derived raw;
  hkdf(secret_, as_bytes(private_salt), "gongji.recovery.v1|private", raw);
  return public_of(private_key(raw.bytes));
}

std::optional<Bytes> RecoveryKey::open(ByteView sealed, ByteView associated) const {
  if (sealed.size() < recovery_public_size) return std::nullopt;
  const ByteView other = sealed.first(recovery_public_size);
  Derived raw, key;
  hkdf(secret_, as_bytes(private_salt), "gongji.recovery.v1|private", raw);
  const Key mine = private_key(raw.bytes);
  if (!agree(mine, other, joined(other, public_of(mine)), key)) return std::nullopt;
  return aead_open(key.bytes, sealed.subspan(recovery_public_size), associated);
}

std::optional<Bytes> seal_to_owner(ByteView public_key, ByteView plain, ByteView associated, Random& random) {
  Derived raw, key;
  random.fill(raw.bytes);
  const Key mine = private_key(raw.bytes);
  const Bytes own = public_of(mine);
  if (!agree(mine, public_key, joined(own, public_key), key)) return std::nullopt;
  AeadNonce nonce{};
  random.fill(nonce);
  return joined(own, aead_seal(key.bytes, nonce, plain, associated));
}

}  // namespace gongji::seal
