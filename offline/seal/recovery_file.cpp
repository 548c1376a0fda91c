#include "offline/seal/recovery_file.h"

#include <openssl/crypto.h>

#include <algorithm>

#include "offline/base/check.h"
#include "offline/seal/troubles.h"

namespace gongji::seal {
namespace {

constexpr std::string_view magic = "gongji.recovery.v1\n";

}  // namespace

Result<std::optional<RecoveryFile>> read_recovery_file(const PrivateDirectory& keys) {
  const auto content = keys.read(recovery_name);
  if (!content) return content.error();
  if (!*content) return std::optional<RecoveryFile>();
  const ByteView all(**content);
  if (all.size() < magic.size() + recovery_public_size || as_text(all.first(magic.size())) != magic)
    return trouble(troubles::not_a_key, (keys.path() / recovery_name).string());
  RecoveryFile file;
  file.public_key = to_bytes(all.subspan(magic.size(), recovery_public_size));
  file.sealed = to_bytes(all.subspan(magic.size() + recovery_public_size));
  return std::optional(std::move(file));
}

Bytes make_recovery_file(ByteView public_key, const StoreKeys& keys, Random& random) {
  Bytes plain(2 * aead_key_size);
  std::copy(keys.data.bytes.begin(), keys.data.bytes.end(), plain.begin());
  std::copy(keys.site.bytes.begin(), keys.site.bytes.end(), plain.begin() + aead_key_size);
  const auto sealed = seal_to_owner(public_key, plain, as_bytes(magic), random);
  OPENSSL_cleanse(plain.data(), plain.size());
  GONGJI_CHECK_WHY(sealed.has_value(), "a public key that came from a recovery key");
  Bytes out(magic.size() + public_key.size() + sealed->size());
  auto end = std::copy(magic.begin(), magic.end(), out.begin());
  end = std::copy(public_key.begin(), public_key.end(), end);
  std::copy(sealed->begin(), sealed->end(), end);
  return out;
}

Result<RecoveryKey> make_recovery_key(const std::filesystem::path& directory, Random& random) {
  const auto keys = PrivateDirectory::open(directory);
  if (!keys) return keys.error();
  const PrivateDirectory::Lock lock(*keys);
  const auto months = PrivateDirectory::open(directory / months_folder);
  if (!months) return months.error();
  if (auto done = finish_rotation(*keys, *months); !done) return done.error();
  const auto data = read_data_key(*keys);
  if (!data) return data.error();
  const auto site = read_or_make_key(*keys, site_key_name, random);
  if (!site) return site.error();
  const RecoveryKey key = RecoveryKey::make(random);
  const Bytes file = make_recovery_file(key.public_key(), {*data, *site}, random);
  const std::string next = recovery_name + std::string(next_suffix);
  if (auto done = keys->create(next, file); !done) return done.error();
  if (auto done = keys->take_place(next, recovery_name); !done) return done.error();
  return key;
}

Result<std::size_t> recover_data_key(const std::filesystem::path& directory, const RecoveryKey& key) {
  const auto keys = PrivateDirectory::open(directory);
  if (!keys) return keys.error();
  const PrivateDirectory::Lock lock(*keys);
  const auto months = PrivateDirectory::open(directory / months_folder);
  if (!months) return months.error();
  if (auto done = finish_rotation(*keys, *months); !done) return done.error();
  if (keys->contains(data_key_name)) return trouble(troubles::data_key_there, (directory / data_key_name).string());
  const auto file = read_recovery_file(*keys);
  if (!file) return file.error();
  if (!*file) return trouble(troubles::recovery_not_made, (directory / recovery_name).string());
  if ((*file)->public_key != key.public_key()) return trouble(troubles::recovery_key_wrong);
  auto plain = key.open((*file)->sealed, as_bytes(magic));
  StoreKeys found;
  if (!plain || plain->size() != 2 * aead_key_size)
    return trouble(troubles::not_a_key, (directory / recovery_name).string());
  std::copy_n(plain->begin(), aead_key_size, found.data.bytes.begin());
  std::copy_n(plain->begin() + aead_key_size, aead_key_size, found.site.bytes.begin());
  OPENSSL_cleanse(plain->data(), plain->size());

  const auto names = months->names_ending(month_key_suffix);
  if (!names) return names.error();
  for (const std::string& name : *names) {
    const auto wrapped = months->read(name);
    if (!wrapped) return wrapped.error();
    const std::string month = name.substr(0, name.size() - month_key_suffix.size());
    if (const auto opened = unwrap_month_key(*months, found.data, month, wrapped->value_or(Bytes())); !opened)
      return opened.error();
  }
  if (!keys->contains(site_key_name)) {
    if (auto done = keys->create(site_key_name, found.site.bytes); !done) return done.error();
  }
  if (auto done = keys->create(data_key_name, found.data.bytes); !done) return done.error();
  return names->size();
}

}  // namespace gongji::seal
