#include "offline/seal/key_store.h"

#include <openssl/crypto.h>

#include <algorithm>

#include "offline/seal/month_keys.h"
#include "offline/seal/sm2.h"
#include "offline/seal/sm3.h"
#include "offline/seal/troubles.h"

namespace gongji::seal {
namespace {

template <class Hmac>
std::string lookup_text(std::string_view domain, std::string_view value, const Hmac& hmac) {
  std::string text("gongji.lookup.v1|");
  text.append(domain).push_back('\0');
  text.append(value);
  const Secret hidden(std::move(text));  // wiped after use: values are ID and card numbers
  return to_hex(hmac(as_bytes(hidden.reveal())));
}

class FileKeyStore final : public KeyStore {
 public:
  FileKeyStore(Sm2PrivateKey signing, const DataKey& site, PrivateDirectory months, const DataKey& data, Random& random)
      : signing_(std::move(signing)), site_(site.bytes), months_(std::move(months), data, random) {}

  Result<void> finish_destroyed() { return months_.finish_destroyed(); }

  Bytes sign(std::string_view tag, ByteView statement) const override { return signing_.sign(tag, statement); }
  Bytes public_key() const override { return signing_.public_key(); }

  std::string lookup_key(std::string_view domain, std::string_view value) const override {
    return lookup_text(domain, value, [this](ByteView text) { return site_(text); });
  }

  Result<Bytes> seal(const std::string& month, ByteView plain, ByteView associated) const override {
    const auto key = months_.for_writing(month);
    if (!key) return key.error();
    return aead_seal(key->bytes, months_.fresh_nonce(), plain, associated);
  }

  Result<Bytes> open_sealed(const std::string& month, ByteView sealed, ByteView associated) const override {
    const auto key = months_.for_reading(month);
    if (!key) return key.error();
    auto plain = aead_open(key->bytes, sealed, associated);
    if (!plain) return trouble(troubles::does_not_open, month);
    return std::move(*plain);
  }

  Result<void> destroy_month(const std::string& month) const override { return months_.destroy(month); }

 private:
  const Sm2PrivateKey signing_;
  const HmacKey site_;
  mutable MonthKeys months_;
};

// Requires the lock of `directory`.
Result<DataKey> load_or_make_data_key(const PrivateDirectory& directory, const std::string& name, Random& random) {
  auto content = directory.read(name);
  if (!content) return content.error();
  DataKey key;
  if (!*content) {
    random.fill(key.bytes);
    if (const auto done = directory.create(name, key.bytes); !done) return done.error();
    return key;
  }
  if ((*content)->size() != key.bytes.size())
    return trouble(troubles::not_a_key, (directory.path() / name).string(), "expected 32 bytes");
  std::copy((*content)->begin(), (*content)->end(), key.bytes.begin());
  OPENSSL_cleanse((*content)->data(), (*content)->size());
  return key;
}

// Requires the lock of `directory`.
Result<Sm2PrivateKey> load_or_make_signing_key(const PrivateDirectory& directory) {
  const std::string name = "sign.pem";
  auto content = directory.read(name);
  if (!content) return content.error();
  if (!*content) {
    Sm2PrivateKey key = Sm2PrivateKey::generate();
    const Secret pem = key.to_pem();
    if (const auto done = directory.create(name, as_bytes(pem.reveal())); !done) return done.error();
    return key;
  }
  auto key = Sm2PrivateKey::from_pem(as_text(**content));
  OPENSSL_cleanse((*content)->data(), (*content)->size());
  if (!key)
    return trouble(troubles::not_a_key, (directory.path() / name).string(),
                   "expected an SM2 private key, PEM, without a password");
  return *std::move(key);
}

}  // namespace

Result<std::shared_ptr<const KeyStore>> KeyStore::open(const std::filesystem::path& directory, Random& random) {
  auto keys = PrivateDirectory::open(directory);
  if (!keys) return keys.error();
  const PrivateDirectory::Lock lock(*keys);
  auto signing = load_or_make_signing_key(*keys);
  if (!signing) return signing.error();
  const auto site = load_or_make_data_key(*keys, "site.key", random);
  if (!site) return site.error();
  const auto data = load_or_make_data_key(*keys, "data.key", random);
  if (!data) return data.error();
  auto months = PrivateDirectory::open(directory / "month");
  if (!months) return months.error();
  const auto store = std::make_shared<FileKeyStore>(*std::move(signing), *site, *std::move(months), *data, random);
  if (const auto done = store->finish_destroyed(); !done) return done.error();
  return std::shared_ptr<const KeyStore>(store);
}

std::string lookup_key(ByteView site_key, std::string_view domain, std::string_view value) {
  return lookup_text(domain, value, [&](ByteView text) { return hmac_sm3(site_key, text); });
}

bool verify(ByteView public_key, std::string_view tag, ByteView statement, ByteView signature) {
  const auto key = Sm2PublicKey::from_raw(public_key);
  return key && key->verify(tag, statement, signature);
}

}  // namespace gongji::seal
