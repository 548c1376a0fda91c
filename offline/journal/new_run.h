// new_run.h — the number of one opening of a journal.  Internal.
#pragma once

#include <cstdint>

#include "offline/base/ids.h"

namespace gongji::journal {

// From 1 to 2^53 - 1: it is written in grants.  Drawn by chance, so that a restored backup never has one of before.
std::uint64_t new_run(Random& random);

}  // namespace gongji::journal
