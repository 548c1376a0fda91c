// rotation.h — a new data.key for a store: every month key is wrapped anew, nothing that was sealed is touched.
//
// Works beside a running program: a KeyStore reads data.key when it opens a month, and keeps the month's own key.
// Killed at any point, the store opens with the old data key or with the new one, and every month with it.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "offline/base/ids.h"
#include "offline/base/result.h"

namespace gongji::seal {

// How many month keys were wrapped anew.  The owner's recovery key, where there is one, opens the new data.key.
// `random` makes keys and nonces.  The files of the old data.key and of its wrappings are overwritten; a copy of the
// old data.key elsewhere opens copies of the old month files, and nothing that is made from now on. Errors in order:
// directory or file not private, unreadable, data_key_lost, not a key (a month of another data key: nothing was
// changed), cannot write (old or new holds; asking again finishes).
Result<std::size_t> rotate_data_key(const std::filesystem::path& directory, Random& random);

struct KeyList {
  std::vector<std::string> months, destroyed;  // in order; "lasting" is no month
  bool has_recovery_key = false;
};
// Errors: directory or file not private, unreadable, data_key_lost, not a key.
Result<KeyList> list_keys(const std::filesystem::path& directory);

}  // namespace gongji::seal
