#include "offline/packs/law_question.h"

#include <nlohmann/json.hpp>

#include "offline/packs/accrual.h"
#include "offline/packs/premium.h"

namespace gongji::packs {

std::optional<std::string> law_answer(std::string_view text, Language language) {
  if (text.find("\"ask\"") == std::string_view::npos) return std::nullopt;  // most texts, at the cost of one search
  const auto value = nlohmann::json::parse(text, nullptr, false);
  if (!value.is_object() || !value.contains("ask")) return std::nullopt;
  // Each reader checks `ask` itself and tells its own; anything else is refused by the first.
  if (value["ask"] == "accrual") return accrual_answer(text, AccountLawBook::built_in(), language);
  return premium_answer(text, AccountLawBook::built_in(), language);
}

}  // namespace gongji::packs
