// accrual.h — what is credited to a person's account, by month or year: a share of the base, or a fixed amount.
//
// Thread safety: pure; any thread.  Cost: below 10 microseconds a question.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "offline/base/money.h"
#include "offline/packs/account_law.h"

namespace gongji::packs {

struct AccrualQuestion {
  Day day;  // that the credit is for
  InsuredAs insured_as = InsuredAs::unit;
  std::optional<Day> retired_on;  // day of the formalities; absent = on-job
  std::optional<Day> brdy;        // where the amount depends on the age
  std::optional<Money> base;      // contribution base of the period, where the amount is a share of it
};

struct Accrual {
  Money amount;  // half_up(base x rate), or the fixed amount, times the factor where there is one
  Period per = Period::month;
  const LawRow* row = nullptr;     // of the amount; never nullptr
  const LawRow* factor = nullptr;  // nullptr = none
};

// Refusals: not_in_pack (path "insured_as"); for a row without a value that day: pack_not_yet_in_force, pack_expired,
// parameter_unset.  A fact that the rule needs and the question lacks: MissingFact ("brdy", "base").
std::variant<Accrual, LawRefusal, MissingFact> accrual(const AccountLaw& law, const AccrualQuestion& question);

// A question and its answer as JSON text, one line each (docs/QUOTE_FORMS.md).  Never fails: what is wrong with the
// question is told in the answer's `error`.  `language` is that of messages.
std::string accrual_answer(std::string_view text, const AccountLawBook& book = AccountLawBook::built_in(),
                           Language language = Language::zh);

}  // namespace gongji::packs
