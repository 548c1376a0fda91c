// premium.h — insurance premiums: which of them an account may pay for whom, and what a resident's premium is.
//
// The text of the account OWNER's scheme decides.  Where it only announces a use, or does not name it, the answer is a
// refusal that cites it.
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

struct PremiumQuestion {
  Day day;  // of the payment
  PremiumKind kind = PremiumKind::resident;
  settlement::Relation relation = settlement::Relation::self;  // the account owner's to the insured person
  std::string insuplc_admdvs;                                  // where that person is insured: six digits
  Money amount;                                                // the premium, > 0
  Money balc;                                                  // of the account, >= 0
};

// paid + cash == amount; paid + left == balc; none negative.
struct PremiumPaid {
  Money paid, cash, left;
  const LawRow* row = nullptr;  // never nullptr
};

// Pays as much as the balance allows.
// Refusals: account_may_not_pay, with path "kind", "relation" or "insuplc_admdvs": the first that no rule fits.
std::variant<PremiumPaid, LawRefusal> pay_premium(const AccountLaw& law, const PremiumQuestion& question);

// A resident's premium for the year that holds `day`.  premium == aid + to_pay; none negative.
struct PremiumDue {
  Money premium, aid, to_pay;
  std::optional<Money> subsidy;     // public money beside it; absent where the text does not give it
  const LawRow* row = nullptr;      // of the premium; never nullptr
  const LawRow* aid_row = nullptr;  // of the aid that counts, the largest; nullptr = no aid
};

// Refusals: not_in_pack (a scheme without premiums, path "scheme"; an unknown group, path "group"); for a row without a
// value that day: pack_not_yet_in_force, pack_expired, parameter_unset.
std::variant<PremiumDue, LawRefusal> premium_due(const AccountLaw& law, const std::string& group, Day day);

// A question and its answer as JSON text, one line each (docs/QUOTE_FORMS.md).  Never fails: what is wrong with the
// question is told in the answer's `error`.  `language` is that of messages.
std::string premium_answer(std::string_view text, const AccountLawBook& book = AccountLawBook::built_in(),
                           Language language = Language::zh);

}  // namespace gongji::packs
