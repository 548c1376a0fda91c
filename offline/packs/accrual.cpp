#include "offline/packs/accrual.h"

#include <algorithm>

#include "offline/base/rate.h"
#include "offline/packs/ask_form.h"

namespace gongji::packs {

namespace {

bool is_retired(const AccountLaw& law, const AccrualQuestion& question) {
  if (!question.retired_on.has_value()) return false;
  const Day from = law.retired_from_next_month ? question.retired_on->first_of_next_month() : *question.retired_on;
  return question.day >= from;
}

// The day on which the age counts.
Day age_day(const AccountLaw& law, Day day) {
  if (law.age_month == 0) return day;
  const Day this_year = Day::from_civil(day.year(), law.age_month, law.age_day).value_or(day);
  if (this_year <= day) return this_year;
  return Day::from_civil(day.year() - 1, law.age_month, law.age_day).value_or(day);
}

}  // namespace

std::variant<Accrual, LawRefusal, MissingFact> accrual(const AccountLaw& law, const AccrualQuestion& question) {
  const bool retired = is_retired(law, question);
  for (const AccrualRule& rule : law.accruals) {
    if (std::find(rule.insured_as.begin(), rule.insured_as.end(), question.insured_as) == rule.insured_as.end()) {
      continue;
    }
    if (rule.retired.has_value() && *rule.retired != retired) continue;
    if (rule.youngest.has_value() || rule.oldest.has_value()) {
      if (!question.brdy.has_value()) return MissingFact{"brdy"};
      const int age = age_in_years(*question.brdy, age_day(law, question.day));
      if (age < rule.youngest.value_or(age) || age > rule.oldest.value_or(age)) continue;
    }
    const auto amount = number_on(law, rule.amount, question.day);
    if (const auto* refusal = std::get_if<LawRefusal>(&amount)) return *refusal;
    Accrual result;
    result.per = rule.per;
    result.row = std::get<const LawRow*>(amount);
    if (result.row->unit == RowUnit::fen) {
      result.amount = Money::fen(*result.row->number);
    } else {
      if (!question.base.has_value()) return MissingFact{"base"};
      result.amount = multiply(*question.base, Rate::ppm(*result.row->number), Rounding::half_up);
    }
    if (!rule.factor.empty()) {
      const auto factor = number_on(law, rule.factor, question.day);
      if (const auto* refusal = std::get_if<LawRefusal>(&factor)) return *refusal;
      result.factor = std::get<const LawRow*>(factor);
      result.amount = multiply(result.amount, Rate::ppm(*result.factor->number), Rounding::half_up);
    }
    return result;
  }
  return LawRefusal{NoAnswer::not_in_pack, &law.nearest(law.accrual_otherwise, question.day), "insured_as"};
}

std::string accrual_answer(std::string_view text, const AccountLawBook& book, Language language) {
  return answered(text, language, [&](const Form& form, const std::optional<std::string>& id) -> std::string {
    form.require({"id", "ask", "day", "scheme", "insured_as"}, {"version", "retired_on", "brdy", "base"});
    form.text("id");
    form.one_of("ask", {"accrual"});
    AccrualQuestion question;
    question.day = form.day("day");
    question.insured_as = static_cast<InsuredAs>(
        form.one_of("insured_as", {"unit", "flexible", "pool_only", "mixed", "veteran", "resident"}));
    question.retired_on = form.day_or_null("retired_on");
    question.brdy = form.day_or_null("brdy");
    question.base = form.money_or_null("base");

    const auto chosen = book.choose(form.text("scheme"), form.text_or_null("version"), question.day);
    if (const auto* refusal = std::get_if<LawRefusal>(&chosen)) return refusal_line(id, nullptr, *refusal, language);
    const AccountLaw& law = *std::get<const AccountLaw*>(chosen);
    const auto outcome = accrual(law, question);
    if (const auto* refusal = std::get_if<LawRefusal>(&outcome)) return refusal_line(id, &law, *refusal, language);
    if (const auto* fact = std::get_if<MissingFact>(&outcome)) throw missing_fault(fact->path);
    const auto& found = std::get<Accrual>(outcome);
    Answer answer(id);
    answer.law(law).money("amount", found.amount).text("per", name_of(found.per)).row("by", *found.row);
    return found.factor == nullptr ? answer.null("times").finish() : answer.row("times", *found.factor).finish();
  });
}

}  // namespace gongji::packs
