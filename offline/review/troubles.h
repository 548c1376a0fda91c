// troubles.h — what can be wrong with a question about rules, and what a person does next.
#pragma once

#include "offline/base/result.h"

namespace gongji::review::troubles {

inline constexpr TroubleText scheme_unknown{"G4651", "没有这个方案或版本。", "请从括号里列出的名称中选一个。",
                                            "There is no such scheme or version.",
                                            "Choose one of the names in the brackets."};
inline constexpr TroubleText nothing_in_force{
    "G4652", "该方案在这一天没有适用的版本。", "请换一个日期，或写明版本（方案@版本）。",
    "No version of this scheme holds on that day.", "Take another day, or name a version (scheme@version)."};

inline constexpr const TroubleText* all[] = {&scheme_unknown, &nothing_in_force};

}  // namespace gongji::review::troubles
