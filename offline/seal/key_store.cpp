#include "offline/seal/key_store.h"

#include <openssl/crypto.h>

#include "offline/seal/cmac.h"
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
  FileKeyStore(Sm2PrivateKey signing, const DataKey& site, PrivateDirectory keys, PrivateDirectory months,
               Random& random, std::shared_ptr<MonthKeyRegister> shared)
      : signing_(std::move(signing)),
        site_(site.bytes),
        rows_(hmac_sm3(site.bytes, as_bytes("gongji.row-checksum.v1"))),
        months_(std::move(keys), std::move(months), random, std::move(shared)) {}

  Result<void> finish_destroyed() { return months_.finish_destroyed(); }

  Bytes sign(std::string_view tag, ByteView statement) const override { return signing_.sign(tag, statement); }
  Bytes public_key() const override { return signing_.public_key(); }

  std::string lookup_key(std::string_view domain, std::string_view value) const override {
    return lookup_text(domain, value, [this](ByteView text) { return site_(text); });
  }

  RowChecksum row_checksum(std::string_view domain, std::string_view value) const override {
    constexpr std::uint8_t end = 0;
    return rows_({as_bytes(domain), ByteView(&end, 1), as_bytes(value)});
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
  Result<std::vector<std::string>> months() const override { return months_.months(); }

 private:
  const Sm2PrivateKey signing_;
  const HmacKey site_;
  const CmacKey rows_;
  mutable MonthKeys months_;
};

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

Result<std::shared_ptr<const KeyStore>> KeyStore::open(const std::filesystem::path& directory, Random& random,
                                                       std::shared_ptr<MonthKeyRegister> shared) {
  auto keys = PrivateDirectory::open(directory);
  if (!keys) return keys.error();
  const PrivateDirectory::Lock lock(*keys);
  auto signing = load_or_make_signing_key(*keys);
  if (!signing) return signing.error();
  const auto site = read_or_make_key(*keys, site_key_name, random);
  if (!site) return site.error();
  auto months = PrivateDirectory::open(directory / months_folder);
  if (!months) return months.error();
  if (auto done = finish_rotation(*keys, *months); !done) return done.error();
  // A new data.key beside month keys of the old one would hide that the old one is lost.
  const auto wrapped = months->names_ending(month_key_suffix);
  if (!wrapped) return wrapped.error();
  if (!wrapped->empty() && !keys->contains(data_key_name)) {
    return trouble(troubles::data_key_lost, (directory / data_key_name).string());
  }
  if (auto data = read_or_make_key(*keys, data_key_name, random); !data) return data.error();
  const auto store = std::make_shared<FileKeyStore>(*std::move(signing), *site, *std::move(keys), *std::move(months),
                                                    random, std::move(shared));
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
