// law_question.h — questions about premiums and accruals by their member `ask` (docs/QUOTE_FORMS.md).
//
// Thread safety: any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "offline/base/result.h"

namespace gongji::packs {

// The answer to a JSON object that has the member `ask`; nothing for any other text.  An `ask` that is not known is
// answered with an error.
std::optional<std::string> law_answer(std::string_view text, Language language);

}  // namespace gongji::packs
