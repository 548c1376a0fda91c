// receipt_dictionary.h — what both sides of a receipt know already, so that it need not be printed: of an entry in
// canonical JSON.  Receipts of compact entries have the dictionary of the journal (journal/packed.h).  Internal.
//
// Frozen: a receipt on paper names it by the format's number.  A better one is a new format beside it.
#pragma once

#include <string_view>

namespace gongji::audit {

extern const std::string_view receipt_dictionary_1;

}  // namespace gongji::audit
