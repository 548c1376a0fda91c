#include "offline/seal/key_files.h"

#include <openssl/crypto.h>

#include <algorithm>

#include "offline/seal/troubles.h"

namespace gongji::seal {
namespace {

std::string bound_to(const std::string& month) {
  return "gongji.month-key.v1|" + month;
}

std::string next_of(const char* name) {
  return name + std::string(next_suffix);
}

Result<DataKey> key_of(const PrivateDirectory& keys, const std::string& name, Bytes& content) {
  DataKey key;
  if (content.size() != key.bytes.size())
    return trouble(troubles::not_a_key, (keys.path() / name).string(), "expected 32 bytes");
  std::copy(content.begin(), content.end(), key.bytes.begin());
  OPENSSL_cleanse(content.data(), content.size());
  return key;
}

}  // namespace

DataKey::~DataKey() {
  OPENSSL_cleanse(bytes.data(), bytes.size());
}

Result<DataKey> read_or_make_key(const PrivateDirectory& keys, const std::string& name, Random& random) {
  auto content = keys.read(name);
  if (!content) return content.error();
  if (*content) return key_of(keys, name, **content);
  DataKey key;
  random.fill(key.bytes);
  if (const auto done = keys.create(name, key.bytes); !done) return done.error();
  return key;
}

Result<DataKey> read_data_key(const PrivateDirectory& keys) {
  auto content = keys.read(data_key_name);
  if (!content) return content.error();
  if (!*content) return trouble(troubles::data_key_lost, (keys.path() / data_key_name).string());
  return key_of(keys, data_key_name, **content);
}

std::string month_key_name(const std::string& month) {
  return month + std::string(month_key_suffix);
}

Bytes wrap_month_key(const DataKey& wrapping, const std::string& month, const DataKey& key, const AeadNonce& nonce) {
  return aead_seal(wrapping.bytes, nonce, key.bytes, as_bytes(bound_to(month)));
}

Result<DataKey> unwrap_month_key(const PrivateDirectory& months, const DataKey& wrapping, const std::string& month,
                                 ByteView wrapped) {
  DataKey key;
  auto plain = aead_open(wrapping.bytes, wrapped, as_bytes(bound_to(month)));
  if (!plain || plain->size() != key.bytes.size())
    return trouble(troubles::not_a_key, (months.path() / month_key_name(month)).string());
  std::copy(plain->begin(), plain->end(), key.bytes.begin());
  OPENSSL_cleanse(plain->data(), plain->size());
  return key;
}

Result<void> finish_rotation(const PrivateDirectory& keys, const PrivateDirectory& months) {
  const auto begun = months.names_ending(next_suffix);
  if (!begun) return begun.error();
  const std::string next_data = next_of(data_key_name), next_recovery = next_of(recovery_name);
  if (keys.contains(next_data)) {
    // The mark goes last: as long as it is there, what else is left is known to be void.
    for (const std::string& name : *begun)
      if (auto done = months.destroy(name); !done) return done;
    if (auto done = keys.destroy(next_recovery); !done) return done;
    return keys.destroy(next_data);
  }
  if (begun->empty() && !keys.contains(next_recovery)) return {};
  if (auto done = keys.flush(); !done) return done;  // that the mark is gone must be as sure as what follows from it
  for (const std::string& name : *begun) {
    if (auto done = months.take_place(name, name.substr(0, name.size() - next_suffix.size())); !done) return done;
  }
  return keys.take_place(next_recovery, recovery_name);
}

}  // namespace gongji::seal
