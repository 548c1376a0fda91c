// check.h — a bug stops the process, in release builds too.
//
// GONGJI_CHECK is for what can only be false if this program is wrong.  Bad input, a full disk and a lost line are not
// bugs: they are `Trouble` (result.h) or a refusal.  Stopping is safe because the journal commits before it answers.
#pragma once

#include <string_view>

namespace gongji {

[[noreturn]] void check_failed(const char* condition, const char* file, int line, std::string_view why);

}  // namespace gongji

#define GONGJI_CHECK(condition) \
  (static_cast<bool>(condition) ? void() : ::gongji::check_failed(#condition, __FILE__, __LINE__, {}))
#define GONGJI_CHECK_WHY(condition, why) \
  (static_cast<bool>(condition) ? void() : ::gongji::check_failed(#condition, __FILE__, __LINE__, (why)))
