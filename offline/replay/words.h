// words.h — what the forms of a report call things, in two languages.  Internal.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "offline/base/money.h"
#include "offline/base/result.h"

namespace gongji::replay {

// One text in both languages.
struct Words {
  std::string_view zh, en;
  std::string_view in(Language language) const { return language == Language::zh ? zh : en; }
};

// Of keys in a report: "retired", "level_1", "op", "parameter_unset"; the key itself where there is no word for it.
std::string_view word_of(std::string_view key, Language language);
// Of a step of the trace, as in Clause::step.
std::string_view step_word(std::string_view step, Language language);

// "1,234,567.89", "-0.50", and with a plus where it is above zero.
std::string grouped(Money amount);
std::string signed_grouped(Money amount);
std::string grouped(std::uint64_t count);
// part of whole with two decimals, "12.34%"; rounded half away from zero by whole numbers; "–" where whole is zero.
std::string percent(Money part, Money whole);

}  // namespace gongji::replay
