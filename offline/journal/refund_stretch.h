// refund_stretch.h — a stretch of the log never ends inside a partial refund.  Internal.
#pragma once

#include "offline/journal/entries.h"

namespace gongji::journal {

// A cancellation and what is kept go up in one request: between two the centre could promise the money to another.
// A stretch that would end between them ends before them, or takes both where it would be empty.
Result<void> keep_refund_whole(Entries& entries, Journal::Stretch& stretch);

}  // namespace gongji::journal
