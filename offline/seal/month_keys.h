// month_keys.h — one data key a month, each wrapped by the data key of the store; destroying one erases its month.
//
// month/2026-11.key        nonce | wrapped key | tag, bound to its month
// month/2026-11.destroyed  the month was erased: its key is never made again, neither here nor by another process
//
// Thread safety: any thread.
#pragma once

#include <array>
#include <map>
#include <mutex>
#include <string>

#include "offline/base/ids.h"
#include "offline/seal/aead.h"
#include "offline/seal/private_directory.h"

namespace gongji::seal {

// A key in memory; wiped when it dies.
struct DataKey {
  std::array<std::uint8_t, aead_key_size> bytes{};
  DataKey() = default;
  DataKey(const DataKey&) = default;
  DataKey& operator=(const DataKey&) = default;
  ~DataKey();
};

class MonthKeys {
 public:
  static constexpr std::size_t cached_max = 24;

  // `random` is used under this object's lock and must outlive it.
  MonthKeys(PrivateDirectory directory, const DataKey& wrapping, Random& random);

  // Finishes what a crash interrupted in destroy().
  Result<void> finish_destroyed();

  // The key of `month`, made where there is none yet.
  // Errors in order: not a month, destroyed, unreadable, not private, not a key (other data key), cannot write.
  Result<DataKey> for_writing(const std::string& month);
  // Errors in order: not a month, destroyed, missing, unreadable, not private, not a key.
  Result<DataKey> for_reading(const std::string& month);
  Result<void> destroy(const std::string& month);

  AeadNonce fresh_nonce();

 private:
  Result<DataKey> find(const std::string& month, bool make);
  Result<DataKey> unwrap(const std::string& month, ByteView wrapped) const;
  AeadNonce nonce_under_lock();

  const PrivateDirectory directory_;
  const DataKey wrapping_;
  std::mutex mutex_;
  Random& random_;                         // guarded by mutex_
  std::map<std::string, DataKey> cached_;  // guarded by mutex_; at most cached_max
};

}  // namespace gongji::seal
