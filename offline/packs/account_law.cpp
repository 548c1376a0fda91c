#include "offline/packs/account_law.h"

#include <algorithm>
#include <array>

#include "offline/base/check.h"
#include "offline/packs/account_law_file.h"
#include "offline/packs/strict_json.h"

namespace gongji::packs {

namespace {

template <class Enumeration, std::size_t n>
std::string_view name_in(const std::array<std::string_view, n>& names, Enumeration value) {
  const auto index = static_cast<std::size_t>(value);
  GONGJI_CHECK(index < n);
  return names[index];
}

struct Words {
  std::string_view name, zh, en;
};
// What the law says no to, and what the clerk does next.  In the order of NoAnswer.
constexpr std::array<Words, 6> all_words{{
    {"no_pack_for_scheme", "没有该方案（或版本）的账户规则；请核对方案代码，或向经办机构查询",
     "there are no account rules of this scheme (or version); check its name, or ask the agency"},
    {"pack_not_yet_in_force", "所问日期在该规定施行之前；请核对日期",
     "the day is before this rule's first day; check the day"},
    {"pack_expired", "所问日期该规定已经失效；请加载新的规定", "the rule had ended on that day; load a newer one"},
    {"account_may_not_pay", "规定没有允许用个人账户缴纳这项保费；请改为现金缴纳",
     "the text does not let the account pay this premium; pay it in cash"},
    {"not_in_pack", "规定没有这类人员的条款；请到经办机构办理",
     "the text has no rule for such a person; go to the agency"},
    {"parameter_unset", "规定没有给出所需数额；请加载当地公布的数额",
     "the texts do not give a figure that is needed; load the region's figure"},
}};

}  // namespace

std::string_view name_of(PremiumKind kind) {
  static constexpr std::array<std::string_view, 4> names{"resident", "large_amount", "long_term_care", "commercial"};
  return name_in(names, kind);
}
std::string_view name_of(Period period) {
  return period == Period::month ? "month" : "year";
}
std::string_view name_of(RowConfidence confidence) {
  static constexpr std::array<std::string_view, 3> names{"sourced", "reported", "decision"};
  return name_in(names, confidence);
}
std::string_view name_of(NoAnswer code) {
  return all_words[static_cast<std::size_t>(code)].name;
}

std::string message_of(const LawRefusal& refusal, Language language) {
  const Words& words = all_words[static_cast<std::size_t>(refusal.code)];
  std::string text(language == Language::zh ? words.zh : words.en);
  if (refusal.row != nullptr) {
    text += language == Language::zh ? "（" + refusal.row->id + "）" : " (" + refusal.row->id + ")";
  }
  return text;
}

const LawRow* AccountLaw::row_on(std::string_view id, Day day) const {
  for (const LawRow& row : rows) {
    if (row.id == id && row.first_day <= day && (!row.last_day.has_value() || day <= *row.last_day)) return &row;
  }
  return nullptr;
}

const LawRow& AccountLaw::nearest(std::string_view id, Day day) const {
  const LawRow* found = nullptr;
  for (const LawRow& row : rows) {
    if (row.id != id) continue;
    const bool later = found != nullptr && row.first_day > found->first_day;
    if (found == nullptr ||
        (row.first_day <= day ? later || found->first_day > day : found->first_day > day && !later)) {
      found = &row;
    }
  }
  GONGJI_CHECK_WHY(found != nullptr, id);
  return *found;
}

std::variant<const LawRow*, LawRefusal> number_on(const AccountLaw& law, std::string_view row, Day day) {
  if (const LawRow* found = law.row_on(row, day); found != nullptr) {
    if (found->number.has_value()) return found;
    return LawRefusal{NoAnswer::parameter_unset, found, found->id};
  }
  const LawRow& near = law.nearest(row, day);
  const NoAnswer code = day < near.first_day ? NoAnswer::pack_not_yet_in_force : NoAnswer::pack_expired;
  return LawRefusal{code, &near, near.id};
}

Result<AccountLawBook> AccountLawBook::load(std::span<const File> files) {
  return reading([files] {
    AccountLawBook book;
    for (const File& file : files) {
      AccountLaw law = read_account_law(file.text, file.origin);
      std::erase_if(book.laws_, [&law](const AccountLaw& other) { return other.name == law.name; });
      book.laws_.push_back(std::move(law));
    }
    return book;
  });
}

const AccountLawBook& AccountLawBook::built_in() {
  static const AccountLawBook book = [] {
    auto loaded = load(built_in_account_laws());
    GONGJI_CHECK_WHY(loaded.has_value(), loaded.has_value() ? "" : to_string(loaded.error(), Language::en));
    return std::move(*loaded);
  }();
  return book;
}

std::variant<const AccountLaw*, LawRefusal> AccountLawBook::choose(std::string_view scheme,
                                                                   const std::optional<std::string>& version,
                                                                   Day day) const {
  const AccountLaw* begun = nullptr;
  bool known = false;
  for (const AccountLaw& law : laws_) {
    if (law.scheme != scheme || (version.has_value() ? law.version != *version : law.draft)) continue;
    known = true;
    if (version.has_value() && law.draft) return &law;  // a draft is a what-if on any day
    if (law.first_day <= day && (begun == nullptr || begun->first_day < law.first_day)) begun = &law;
  }
  if (!known) return LawRefusal{NoAnswer::no_pack_for_scheme, nullptr, version.has_value() ? "version" : "scheme"};
  if (begun == nullptr) return LawRefusal{NoAnswer::pack_not_yet_in_force, nullptr, "day"};
  if (begun->last_day.has_value() && day > *begun->last_day) {
    return LawRefusal{NoAnswer::pack_expired, nullptr, "day"};
  }
  return begun;
}

}  // namespace gongji::packs
