// key_files.h — the files of a key store, and what a crash may have left of a rotation.  Internal to offline/seal.
//
// A rotation writes every new file beside the old one under a name ending in ".next"; renaming data.key.next to
// data.key decides.  While data.key.next is there the old keys hold, and what was begun is taken away; once it is gone
// the new ones hold, and what is left takes its place.  Either way one data key opens every month, at every moment.
//
// Everything here requires the lock of `keys`.
#pragma once

#include <array>
#include <string>

#include "offline/base/ids.h"
#include "offline/base/result.h"
#include "offline/seal/aead.h"
#include "offline/seal/private_directory.h"

namespace gongji::seal {

inline constexpr const char* data_key_name = "data.key";
inline constexpr const char* site_key_name = "site.key";
inline constexpr const char* recovery_name = "recovery.key";
inline constexpr const char* months_folder = "month";
inline constexpr std::string_view month_key_suffix = ".key";
inline constexpr std::string_view next_suffix = ".next";

// A key in memory; wiped when it dies.
struct DataKey {
  std::array<std::uint8_t, aead_key_size> bytes{};
  DataKey() = default;
  DataKey(const DataKey&) = default;
  DataKey& operator=(const DataKey&) = default;
  ~DataKey();
  bool operator==(const DataKey&) const = default;
};

// Errors: unreadable, not private, not a key, cannot write.
Result<DataKey> read_or_make_key(const PrivateDirectory& keys, const std::string& name, Random& random);
// Errors: unreadable, not private, data_key_lost, not a key.
Result<DataKey> read_data_key(const PrivateDirectory& keys);

std::string month_key_name(const std::string& month);
Bytes wrap_month_key(const DataKey& wrapping, const std::string& month, const DataKey& key, const AeadNonce& nonce);
// Errors: not a key (other data key, other month).
Result<DataKey> unwrap_month_key(const PrivateDirectory& months, const DataKey& wrapping, const std::string& month,
                                 ByteView wrapped);

Result<void> finish_rotation(const PrivateDirectory& keys, const PrivateDirectory& months);

}  // namespace gongji::seal
