// receipt_dictionary.h — what both sides of a receipt of a canonical entry know already, so that it need not be printed.
// Internal.  Receipts of compact entries have the dictionary of the journal (journal/packed.h).
//
// Frozen: a receipt on paper names it by the format's number.  A better one is a new format beside it.
#pragma once

#include <string_view>

namespace gongji::audit {

extern const std::string_view receipt_dictionary_1;

}  // namespace gongji::audit
