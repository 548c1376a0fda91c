#include "offline/seal/month_keys.h"

#include <openssl/crypto.h>

#include <algorithm>

#include "offline/seal/troubles.h"

namespace gongji::seal {
namespace {

bool is_month(const std::string& text) {
  const auto digit = [&](std::size_t at) { return text[at] >= '0' && text[at] <= '9'; };
  if (text.size() != 7 || text[4] != '-') return false;
  for (const std::size_t at : {0U, 1U, 2U, 3U, 5U, 6U})
    if (!digit(at)) return false;
  const int month = (text[5] - '0') * 10 + (text[6] - '0');
  return month >= 1 && month <= 12;
}

constexpr std::string_view key_suffix = ".key";
constexpr std::string_view destroyed_suffix = ".destroyed";
std::string key_name(const std::string& month) {
  return month + std::string(key_suffix);
}
std::string destroyed_name(const std::string& month) {
  return month + std::string(destroyed_suffix);
}

std::string bound_to(const std::string& month) {
  return "gongji.month-key.v1|" + month;
}

}  // namespace

DataKey::~DataKey() {
  OPENSSL_cleanse(bytes.data(), bytes.size());
}

MonthKeys::MonthKeys(PrivateDirectory directory, const DataKey& wrapping, Random& random)
    : directory_(std::move(directory)), wrapping_(wrapping), random_(random) {}

Result<void> MonthKeys::finish_destroyed() {
  const PrivateDirectory::Lock lock(directory_);
  std::error_code error;
  std::filesystem::directory_iterator files(directory_.path(), error);
  const std::filesystem::directory_iterator end;
  std::vector<std::string> months;
  for (; !error && files != end; files.increment(error))
    if (files->path().extension() == destroyed_suffix) months.push_back(files->path().stem().string());
  if (error) return trouble(troubles::unreadable, directory_.path().string(), error.message());
  for (const std::string& month : months)
    if (const auto done = directory_.destroy(key_name(month)); !done) return done.error();
  return {};
}

Result<DataKey> MonthKeys::for_writing(const std::string& month) {
  return find(month, true);
}
Result<DataKey> MonthKeys::for_reading(const std::string& month) {
  return find(month, false);
}

Result<DataKey> MonthKeys::find(const std::string& month, bool make) {
  if (!is_month(month)) return trouble(troubles::bad_month);
  const std::lock_guard guard(mutex_);
  if (const auto found = cached_.find(month); found != cached_.end()) return found->second;

  const PrivateDirectory::Lock lock(directory_);
  if (directory_.contains(destroyed_name(month))) return trouble(troubles::month_key_destroyed, month);
  auto wrapped = directory_.read(key_name(month));
  if (!wrapped) return wrapped.error();
  if (!*wrapped) {
    if (!make) return trouble(troubles::month_key_missing, (directory_.path() / key_name(month)).string());
    DataKey made;
    random_.fill(made.bytes);
    *wrapped = aead_seal(wrapping_.bytes, nonce_under_lock(), made.bytes, as_bytes(bound_to(month)));
    if (const auto done = directory_.create(key_name(month), **wrapped); !done) return done.error();
  }
  auto key = unwrap(month, **wrapped);
  if (!key) return key;
  if (cached_.size() >= cached_max) cached_.erase(cached_.begin());  // the oldest month is the least likely to return
  cached_.insert_or_assign(month, *key);
  return key;
}

Result<DataKey> MonthKeys::unwrap(const std::string& month, ByteView wrapped) const {
  DataKey key;
  auto plain = aead_open(wrapping_.bytes, wrapped, as_bytes(bound_to(month)));
  if (!plain || plain->size() != key.bytes.size())
    return trouble(troubles::not_a_key, (directory_.path() / key_name(month)).string());
  std::copy(plain->begin(), plain->end(), key.bytes.begin());
  OPENSSL_cleanse(plain->data(), plain->size());
  return key;
}

Result<void> MonthKeys::destroy(const std::string& month) {
  if (!is_month(month)) return trouble(troubles::bad_month);
  const std::lock_guard guard(mutex_);
  const PrivateDirectory::Lock lock(directory_);
  // The mark comes first: after a crash between the two, finish_destroyed() removes the key.
  if (!directory_.contains(destroyed_name(month)))
    if (auto done = directory_.create(destroyed_name(month), {}); !done) return done;
  cached_.erase(month);
  return directory_.destroy(key_name(month));
}

AeadNonce MonthKeys::fresh_nonce() {
  const std::lock_guard guard(mutex_);
  return nonce_under_lock();
}

AeadNonce MonthKeys::nonce_under_lock() {
  AeadNonce nonce{};
  random_.fill(nonce);
  return nonce;
}

}  // namespace gongji::seal
