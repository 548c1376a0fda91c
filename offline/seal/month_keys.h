// month_keys.h — one data key a month, each wrapped by the data key of the store; destroying one erases its month.
//
// The wrapping key is read from its file when a month is opened for the first time and not kept: a rotation by another
// process (rotation.h) is seen at once.
//
// month/2026-11.key        nonce | wrapped key | tag, bound to its month
// month/2026-11.destroyed  the month was erased: its key is never made again, neither here nor by another process
//
// Thread safety: any thread.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "offline/base/ids.h"
#include "offline/seal/key_files.h"
#include "offline/seal/month_key_register.h"

namespace gongji::seal {

class MonthKeys {
 public:
  static constexpr std::size_t cached_max = 24;

  // `random` is used under this object's lock and must outlive it.
  MonthKeys(PrivateDirectory keys, PrivateDirectory months, Random& random,
            std::shared_ptr<MonthKeyRegister> shared = {});

  // Finishes what a crash interrupted in destroy().  Requires the lock of `keys`.
  Result<void> finish_destroyed();

  // The key of `month`, made where there is none yet.
  // Errors in order: not a month, destroyed, unreadable, not private, not a key (other data key), those of the
  // register, keys differ (the register has another), cannot write.
  Result<DataKey> for_writing(const std::string& month);
  // Errors in order: not a month, destroyed, unreadable, not private, missing, not a key, then as above.
  Result<DataKey> for_reading(const std::string& month);
  Result<void> destroy(const std::string& month);
  // Those that have a key, in order.
  Result<std::vector<std::string>> months() const;

  AeadNonce fresh_nonce();

 private:
  Result<DataKey> find(const std::string& month, bool make);
  Result<Bytes> found_or_made(const DataKey& wrapping, const std::string& month, bool make);
  AeadNonce nonce_under_lock();

  const PrivateDirectory keys_, directory_;
  const std::shared_ptr<MonthKeyRegister> shared_;  // may be null
  std::mutex mutex_;
  Random& random_;                         // guarded by mutex_
  std::map<std::string, DataKey> cached_;  // guarded by mutex_; at most cached_max
};

}  // namespace gongji::seal
