#include "offline/seal/month_keys.h"

#include "offline/seal/key_store.h"
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

constexpr std::string_view destroyed_suffix = ".destroyed";
std::string destroyed_name(const std::string& month) {
  return month + std::string(destroyed_suffix);
}

}  // namespace

MonthKeys::MonthKeys(PrivateDirectory keys, PrivateDirectory months, Random& random,
                     std::shared_ptr<MonthKeyRegister> shared)
    : keys_(std::move(keys)), directory_(std::move(months)), shared_(std::move(shared)), random_(random) {}

Result<void> MonthKeys::finish_destroyed() {
  const auto marks = directory_.names_ending(destroyed_suffix);
  if (!marks) return marks.error();
  for (const std::string& mark : *marks) {
    const std::string month = mark.substr(0, mark.size() - destroyed_suffix.size());
    if (const auto done = directory_.destroy(month_key_name(month)); !done) return done.error();
  }
  return {};
}

Result<std::vector<std::string>> MonthKeys::months() const {
  auto names = directory_.names_ending(month_key_suffix);
  if (!names) return names.error();
  std::vector<std::string> months;
  for (const std::string& name : *names) {
    const std::string month = name.substr(0, name.size() - month_key_suffix.size());
    if (is_month(month) && !directory_.contains(destroyed_name(month))) months.push_back(month);
  }
  return months;
}

Result<DataKey> MonthKeys::for_writing(const std::string& month) {
  return find(month, true);
}
Result<DataKey> MonthKeys::for_reading(const std::string& month) {
  return find(month, false);
}

Result<DataKey> MonthKeys::find(const std::string& month, bool make) {
  if (!is_month(month) && month != lasting) return trouble(troubles::bad_month);
  const std::lock_guard guard(mutex_);
  if (const auto found = cached_.find(month); found != cached_.end()) return found->second;

  const PrivateDirectory::Lock lock(keys_);
  if (auto done = finish_rotation(keys_, directory_); !done) return done.error();
  if (directory_.contains(destroyed_name(month))) return trouble(troubles::month_key_destroyed, month);
  const auto wrapping = read_data_key(keys_);
  if (!wrapping) return wrapping.error();
  const auto wrapped = found_or_made(*wrapping, month, make);
  if (!wrapped) return wrapped.error();
  auto key = unwrap_month_key(directory_, *wrapping, month, *wrapped);
  if (!key) return key;
  if (cached_.size() >= cached_max) cached_.erase(cached_.begin());  // the oldest month is the least likely to return
  cached_.insert_or_assign(month, *key);
  return key;
}

// Wrapped.  The register comes before the file: a key that only this folder has would seal what no other can open.
Result<Bytes> MonthKeys::found_or_made(const DataKey& wrapping, const std::string& month, bool make) {
  const std::string name = month_key_name(month);
  auto own = directory_.read(name);
  if (!own) return own.error();
  if (*own && !shared_) return **std::move(own);

  std::optional<Bytes> agreed;
  if (*own || make) {
    Bytes offered;
    if (*own) {
      offered = **own;
    } else {
      DataKey made;
      random_.fill(made.bytes);
      offered = wrap_month_key(wrapping, month, made, nonce_under_lock());
    }
    if (!shared_) {
      agreed = std::move(offered);
    } else {
      auto answer = shared_->agree(month, offered);
      if (!answer) return answer;
      agreed = *std::move(answer);
    }
  } else if (shared_) {
    auto answer = shared_->find(month);
    if (!answer) return answer.error();
    agreed = *std::move(answer);
  }
  if (!agreed) return trouble(troubles::month_key_missing, (directory_.path() / name).string());
  if (!*own) {
    if (const auto done = directory_.create(name, *agreed); !done) return done.error();
    return *std::move(agreed);
  }
  // Wrapped anew by a rotation the same key reads differently.
  const auto here = unwrap_month_key(directory_, wrapping, month, **own);
  if (!here) return here.error();
  const auto there = unwrap_month_key(directory_, wrapping, month, *agreed);
  if (!there || !(*there == *here)) {
    return trouble(troubles::month_keys_differ, (directory_.path() / name).string());
  }
  return **std::move(own);
}

Result<void> MonthKeys::destroy(const std::string& month) {
  if (!is_month(month)) return trouble(troubles::bad_month);
  const std::lock_guard guard(mutex_);
  const PrivateDirectory::Lock lock(keys_);
  if (auto done = finish_rotation(keys_, directory_); !done) return done;
  // The mark comes first: after a crash between the two, finish_destroyed() removes the key.
  if (!directory_.contains(destroyed_name(month)))
    if (auto done = directory_.create(destroyed_name(month), {}); !done) return done;
  cached_.erase(month);
  return directory_.destroy(month_key_name(month));
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
