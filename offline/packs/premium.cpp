#include "offline/packs/premium.h"

#include <algorithm>

#include "offline/base/check.h"
#include "offline/base/rate.h"
#include "offline/packs/ask_form.h"

namespace gongji::packs {

namespace {

template <class T>
bool among(const std::vector<T>& values, T value) {
  return std::find(values.begin(), values.end(), value) != values.end();
}

bool insured_there(const PremiumRule& rule, const std::string& admdvs) {
  return rule.insured_in.empty() || std::any_of(rule.insured_in.begin(), rule.insured_in.end(),
                                                [&](const std::string& prefix) { return admdvs.starts_with(prefix); });
}

// What the row gives of that premium.
Money aid_of(const LawRow& row, Money premium) {
  if (row.unit == RowUnit::fen) return min(Money::fen(*row.number), premium);
  return multiply(premium, Rate::ppm(*row.number), Rounding::half_up);
}

std::string account_line(const Form& form, const std::optional<std::string>& id, const AccountLawBook& book,
                         Language language) {
  form.require({"id", "ask", "of", "day", "scheme", "kind", "relation", "insuplc_admdvs", "amount", "balc"},
               {"version"});
  form.text("id");
  PremiumQuestion question;
  question.day = form.day("day");
  question.kind =
      static_cast<PremiumKind>(form.one_of("kind", {"resident", "large_amount", "long_term_care", "commercial"}));
  question.relation =
      static_cast<settlement::Relation>(form.one_of("relation", {"self", "spouse", "parent", "child", "other"}));
  question.insuplc_admdvs = form.admdvs("insuplc_admdvs");
  question.amount = form.money("amount");
  if (question.amount == Money()) throw AskFault{"bad_value", "amount", "应大于 0", "must be above 0"};
  question.balc = form.money("balc");

  const auto chosen = book.choose(form.text("scheme"), form.text_or_null("version"), question.day);
  if (const auto* refusal = std::get_if<LawRefusal>(&chosen)) return refusal_line(id, nullptr, *refusal, language);
  const AccountLaw& law = *std::get<const AccountLaw*>(chosen);
  const auto outcome = pay_premium(law, question);
  if (const auto* refusal = std::get_if<LawRefusal>(&outcome)) return refusal_line(id, &law, *refusal, language);
  const auto& paid = std::get<PremiumPaid>(outcome);
  return Answer(id)
      .law(law)
      .money("paid", paid.paid)
      .money("cash", paid.cash)
      .money("balc", paid.left)
      .row("by", *paid.row)
      .finish();
}

std::string due_line(const Form& form, const std::optional<std::string>& id, const AccountLawBook& book,
                     Language language) {
  form.require({"id", "ask", "of", "day", "scheme", "group"}, {"version"});
  form.text("id");
  const Day day = form.day("day");
  const std::string group = form.text("group");
  const auto chosen = book.choose(form.text("scheme"), form.text_or_null("version"), day);
  if (const auto* refusal = std::get_if<LawRefusal>(&chosen)) return refusal_line(id, nullptr, *refusal, language);
  const AccountLaw& law = *std::get<const AccountLaw*>(chosen);
  const auto outcome = premium_due(law, group, day);
  if (const auto* refusal = std::get_if<LawRefusal>(&outcome)) return refusal_line(id, &law, *refusal, language);
  const auto& due = std::get<PremiumDue>(outcome);
  Answer answer(id);
  answer.law(law).money("premium", due.premium).money("aid", due.aid).money("to_pay", due.to_pay);
  if (due.subsidy.has_value()) {
    answer.money("subsidy", *due.subsidy);
  } else {
    answer.null("subsidy");
  }
  answer.row("by", *due.row);
  if (due.aid_row == nullptr) return answer.null("aid_by").finish();
  return answer.row("aid_by", *due.aid_row).finish();
}

}  // namespace

std::variant<PremiumPaid, LawRefusal> pay_premium(const AccountLaw& law, const PremiumQuestion& question) {
  GONGJI_CHECK(question.amount > Money() && question.balc >= Money());
  // The rule that fits furthest decides what a refusal cites.
  std::string cited = law.premium_otherwise;
  const char* path = "kind";
  for (const PremiumRule& rule : law.premiums) {
    if (!among(rule.kinds, question.kind)) continue;
    if (!among(rule.relations, question.relation)) {
      if (std::string_view(path) == "kind") {
        cited = rule.row;
        path = "relation";
      }
      continue;
    }
    const LawRow* row = law.row_on(rule.row, question.day);
    if (row == nullptr || !insured_there(rule, question.insuplc_admdvs)) {
      cited = rule.row;
      path = row == nullptr ? "day" : "insuplc_admdvs";
      continue;
    }
    PremiumPaid result;
    result.paid = min(question.amount, question.balc);
    result.cash = question.amount - result.paid;
    result.left = question.balc - result.paid;
    result.row = row;
    return result;
  }
  return LawRefusal{NoAnswer::account_may_not_pay, &law.nearest(cited, question.day), path};
}

std::variant<PremiumDue, LawRefusal> premium_due(const AccountLaw& law, const std::string& group, Day day) {
  const auto rule =
      std::find_if(law.dues.begin(), law.dues.end(), [&group](const DueRule& each) { return each.group == group; });
  if (rule == law.dues.end()) {
    const char* path = law.dues.empty() ? "scheme" : "group";
    return LawRefusal{NoAnswer::not_in_pack, &law.nearest(law.due_otherwise, day), path};
  }
  const auto premium = number_on(law, rule->premium, day);
  if (const auto* refusal = std::get_if<LawRefusal>(&premium)) return *refusal;
  PremiumDue due;
  due.row = std::get<const LawRow*>(premium);
  due.premium = Money::fen(*due.row->number);
  for (const std::string& id : rule->aids) {
    const auto found = number_on(law, id, day);
    if (const auto* refusal = std::get_if<LawRefusal>(&found)) return *refusal;
    const auto* row = std::get<const LawRow*>(found);
    const Money aid = aid_of(*row, due.premium);
    if (due.aid_row == nullptr || aid > due.aid) {
      due.aid = aid;
      due.aid_row = row;
    }
  }
  due.to_pay = due.premium - due.aid;
  if (!rule->subsidy.empty()) {
    const LawRow* row = law.row_on(rule->subsidy, day);
    if (row != nullptr && row->number.has_value()) due.subsidy = Money::fen(*row->number);
  }
  return due;
}

std::string premium_answer(std::string_view text, const AccountLawBook& book, Language language) {
  return answered(text, language, [&](const Form& form, const std::optional<std::string>& id) {
    form.one_of("ask", {"premium"});
    const bool of_account = form.one_of("of", {"account", "due"}) == 0;
    return of_account ? account_line(form, id, book, language) : due_line(form, id, book, language);
  });
}

}  // namespace gongji::packs
