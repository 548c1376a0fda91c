// ask_form.h — questions and answers of account law as JSON text, strictly; inside this module only.
#pragma once

#include <nlohmann/json.hpp>

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include "offline/base/money.h"
#include "offline/packs/account_law.h"

namespace gongji::packs {

inline constexpr std::size_t ask_text_bytes_max = 64 << 10;

// What is wrong with a question; thrown by Form and caught by `answered`.
struct AskFault {
  std::string_view code;  // "bad_json", "missing", "unknown_member", "bad_value", "out_of_range"
  std::string path, zh, en;
};

// The object of a question.  Values are read one by one; each fault is thrown as AskFault.
class Form {
 public:
  explicit Form(std::string_view text);

  // Throws unless every member is one of these and each of `required` is there.
  void require(std::initializer_list<const char*> required, std::initializer_list<const char*> with_default) const;

  std::optional<std::string> id() const;     // where it can be read
  std::string text(const char* name) const;  // not empty
  std::optional<std::string> text_or_null(const char* name) const;
  std::size_t one_of(const char* name, std::initializer_list<std::string_view> words) const;
  Day day(const char* name) const;
  std::optional<Day> day_or_null(const char* name) const;
  Money money(const char* name) const;  // a string: "380.00"
  std::optional<Money> money_or_null(const char* name) const;
  std::string admdvs(const char* name) const;  // six digits

 private:
  const nlohmann::json* find(const char* name) const;  // nullptr where absent or null
  nlohmann::json json_;
};

// One line of an answer, member after member.
class Answer {
 public:
  explicit Answer(const std::optional<std::string>& id);
  Answer& text(std::string_view name, std::string_view value);
  Answer& money(std::string_view name, Money value);  // a number with two decimals
  Answer& flag(std::string_view name, bool value);
  Answer& null(std::string_view name);
  Answer& object(std::string_view name);  // until end()
  Answer& end();
  // "law", "law_digest" and, for a draft, "what_if".
  Answer& law(const AccountLaw& law);
  // An object with rule, value, article, source, holds_from, confidence.
  Answer& row(std::string_view name, const LawRow& row);
  std::string finish();

 private:
  void key(std::string_view name);
  std::string out_;
  bool first_ = false;
};

std::string refusal_line(const std::optional<std::string>& id, const AccountLaw* law, const LawRefusal& refusal,
                         Language language);
std::string fault_line(const std::optional<std::string>& id, const AskFault& fault, Language language);
AskFault missing_fault(const std::string& path);

// Reads the form and answers it with `answer(form, id)`; faults become an `error` line.
template <class Read>
std::string answered(std::string_view text, Language language, Read answer) {
  std::optional<std::string> id;
  try {
    const Form form(text);
    id = form.id();
    return answer(form, id);
  } catch (const AskFault& fault) {
    return fault_line(id, fault, language);
  }
}

}  // namespace gongji::packs
