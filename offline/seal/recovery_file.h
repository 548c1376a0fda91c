// recovery_file.h — recovery.key: data.key and site.key of a store, sealed to the owner's recovery key.
//
// "gongji.recovery.v1\n" | public key (32) | sealed (recovery_key.h) data key (32) | site key (32).
// Everybody may have a copy of it: without the paper it opens nothing.  Put it into the backup.
#pragma once

#include <filesystem>
#include <optional>

#include "offline/base/ids.h"
#include "offline/base/result.h"
#include "offline/seal/key_files.h"
#include "offline/seal/recovery_key.h"

namespace gongji::seal {

struct StoreKeys {
  DataKey data, site;
};

struct RecoveryFile {
  Bytes public_key, sealed;
};

// nullopt: there is none.  Requires the lock of `keys`.  Errors: unreadable, not private, not a key.
Result<std::optional<RecoveryFile>> read_recovery_file(const PrivateDirectory& keys);
// Requires a public key of a recovery key (CHECK).
Bytes make_recovery_file(ByteView public_key, const StoreKeys& keys, Random& random);

// A new recovery key for the store; the one before it is void.  The caller shows it once and forgets it.
// Errors: those of KeyStore::open.
Result<RecoveryKey> make_recovery_key(const std::filesystem::path& directory, Random& random);

// Brings data.key back (and site.key, where it is missing).  How many month keys it opens.
// Errors in order: directory not private, unreadable, data_key_there, recovery_not_made, recovery_key_wrong, not a key
// (recovery.key was changed, or a month belongs to another data key), cannot write.
Result<std::size_t> recover_data_key(const std::filesystem::path& directory, const RecoveryKey& key);

}  // namespace gongji::seal
