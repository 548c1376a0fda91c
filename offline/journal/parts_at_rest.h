// parts_at_rest.h — the two parts of an entry as they stand in its row.  Internal; pure but for the keys.
//
// The public part is packed; the personal part is packed, and sealed under the key of the entry's month.
#pragma once

#include <string>
#include <string_view>

#include "offline/journal/store.h"
#include "offline/record/entry.h"

namespace gongji::journal {

// AES-GCM over salt | packed personal bytes under the key of the entry's month, bound to "terminal|epoch|seq".
Result<Bytes> seal_personal(const Store& store, const record::Head& head, const record::Salt& salt,
                            std::string_view personal_bytes);
// Into `entry`, whose head is known.  Empty: the entry was restored from its receipt, without it
// (personal_part_absent).
Result<void> open_personal(const seal::KeyStore& keys, ByteView sealed, record::Entry& entry);
// From the columns public_part and public_packed, which follow one another.
Result<std::string> public_part(const sqlite::Query& row, int column, std::uint64_t seq);

// The personal part is not here any more: erased with its month's key, or never restored.
bool is_gone(const Trouble& what);

// chain_broken, naming the entry.
Trouble broken_at(std::uint64_t seq, std::string detail);

}  // namespace gongji::journal
