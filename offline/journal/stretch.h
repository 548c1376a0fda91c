// stretch.h — the entries that go up together.  Internal.
#pragma once

#include "offline/journal/entries.h"

namespace gongji::journal {

// Puts further entries behind those of `stretch`, up to `last_seq`, `count_max` and `bytes_max` in all; one always
// fits. A cancellation and what is kept go up in one request: between two the centre could promise the money to
// another. A stretch that would end between them ends before them, or takes both where it would be empty.
Result<void> read_entries(const Store& store, std::uint64_t last_seq, std::size_t count_max, std::size_t bytes_max,
                          Journal::Stretch& stretch);

}  // namespace gongji::journal
