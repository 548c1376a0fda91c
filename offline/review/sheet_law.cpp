// sheet_law.cpp — premiums and accrual from an account law.
#include <array>

#include "offline/review/sheet_writer.h"

namespace gongji::review {

using packs::AccountLaw;
using packs::LawRow;
using packs::RowUnit;

namespace {

const Words& kind_words(packs::PremiumKind kind) {
  static const std::array<Words, 4> words{Words{"居民医保", "resident scheme"},
                                          {"职工大额医疗", "employees' large-amount"},
                                          {"长期护理保险", "long-term care"},
                                          {"商业健康保险", "commercial health insurance"}};
  return words[static_cast<std::size_t>(kind)];
}
const Words& relation_words(settlement::Relation relation) {
  static const std::array<Words, 5> words{
      Words{"本人", "self"}, {"配偶", "spouse"}, {"父母", "parents"}, {"子女", "children"}, {"其他", "other"}};
  return words[static_cast<std::size_t>(relation)];
}
const Words& insured_words(packs::InsuredAs as) {
  static const std::array<Words, 6> words{Words{"单位参保", "unit"}, {"灵活就业", "flexible"},
                                          {"单建统筹", "pool only"}, {"统账转换", "mixed"},
                                          {"退伍军人", "veteran"},   {"居民", "resident"}};
  return words[static_cast<std::size_t>(as)];
}

class LawWriter {
 public:
  LawWriter(const AccountLaw& law, Day day, Sheet& sheet) : law_(law), day_(day), sheet_(sheet) {}

  void premiums() {
    for (const packs::PremiumRule& rule : law_.premiums) {
      for (const auto kind : rule.kinds) premium(rule, kind);
    }
    if (law_.premiums.empty()) {
      add(Section::premiums, "premium.none", {"账户缴纳保费", "premiums from the account"}, {"不可以", "not allowed"},
          law_.premium_otherwise);
    }
    for (const packs::DueRule& rule : law_.dues) {
      const std::string key = "due." + rule.group;
      number(Section::premiums, key + ".premium", {"个人缴费（每年）", "premium a year"}, rule.premium, false).who =
          group_words(rule.group);
      for (const std::string& aid : rule.aids) {
        number(Section::premiums, key + ".aid." + aid, {"缴费资助", "aid"}, aid, true).who = group_words(rule.group);
      }
      if (!rule.subsidy.empty()) {
        number(Section::premiums, key + ".subsidy", {"财政补助（每年）", "public subsidy a year"}, rule.subsidy, true)
            .who = group_words(rule.group);
      }
    }
  }

  void accruals() {
    for (const packs::AccrualRule& rule : law_.accruals) {
      std::string key = "accrual";
      WordList who;
      for (const auto as : rule.insured_as) {
        who.add(insured_words(as));
        key += "." + std::to_string(static_cast<unsigned>(as));
      }
      Words persons = who.words();
      if (rule.retired.has_value()) {
        persons += both(" · ") + category_words(*rule.retired ? "retired" : "on_job");
        key += *rule.retired ? ".retired" : ".on_job";
      }
      if (rule.oldest.has_value()) {
        const std::string age = std::to_string(*rule.oldest);
        persons += Words{" · " + age + " 岁及以下", " · to age " + age};
        key += ".to_" + age;
      }
      if (rule.youngest.has_value()) {
        const std::string age = std::to_string(*rule.youngest);
        persons += Words{" · " + age + " 岁及以上", " · from age " + age};
        key += ".from_" + age;
      }
      const bool month = rule.per == packs::Period::month;
      Entry& entry = number(
          Section::accrual, key,
          month ? Words{"计入个人账户（每月）", "credited a month"} : Words{"计入个人账户（每年）", "credited a year"},
          rule.amount, true);
      entry.who = std::move(persons);
      if (entry.unit == "ppm") entry.value = Words{"缴费基数的 ", ""} + entry.value + Words{"", " of the base"};
      if (rule.factor.empty()) continue;
      if (const LawRow* factor = law_.row_on(rule.factor, day_); factor != nullptr) {
        entry.value += both(" × " + factor->printed);
      }
    }
    if (law_.accruals.empty()) {
      add(Section::accrual, "accrual.none", {"计入个人账户", "credited to the account"}, {"没有个人账户", "no account"},
          law_.accrual_otherwise);
    }
  }

 private:
  // Oneself and kin apart: the texts often allow the one and not the other.
  void premium(const packs::PremiumRule& rule, packs::PremiumKind kind) {
    for (const bool kin : {false, true}) {
      WordList relations;
      std::uint32_t bits = 0;
      for (const auto relation : rule.relations) {
        if ((relation != settlement::Relation::self) != kin) continue;
        relations.add(relation_words(relation));
        bits |= 1u << static_cast<unsigned>(relation);
      }
      if (bits == 0) continue;
      Entry& entry = add(Section::premiums, "premium." + std::string(name_of(kind)) + (kin ? ".kin" : ".self"),
                         Words{"账户可缴：", "account may pay: "} + kind_words(kind), relations.words(), rule.row);
      entry.allowed = bits;
      entry.rank = 1, entry.absent_rank = 0;
      for (std::size_t i = 0; i < rule.insured_in.size(); ++i) {
        entry.who += i == 0 ? Words{"参保地 " + rule.insured_in[i], "insured in " + rule.insured_in[i]}
                            : both(", " + rule.insured_in[i]);
      }
    }
  }

  Entry& add(Section section, std::string key, Words item, Words value, const std::string& row) {
    Entry entry;
    entry.section = section;
    entry.key = std::move(key);
    entry.item = std::move(item);
    entry.value = std::move(value);
    const LawRow& cited = law_.nearest(row, day_);
    const auto title = law_.sources.find(cited.source);
    entry.cites = Citation{cited.id,
                           cited.article,
                           cited.source,
                           title == law_.sources.end() ? std::string() : title->second,
                           cited.first_day,
                           cited.last_day,
                           static_cast<packs::Confidence>(cited.confidence),
                           cited.note};
    sheet_.entries.push_back(std::move(entry));
    return sheet_.entries.back();
  }

  Entry& number(Section section, std::string key, Words item, const std::string& id, bool more_is_better) {
    const LawRow* row = law_.row_on(id, day_);
    Words value{"这一天没有规定", "no rule on this day"};
    if (row != nullptr && !row->number.has_value()) value = {"原文未给出", "not in the texts"};
    if (row != nullptr && row->number.has_value()) {
      value = row->unit == RowUnit::fen ? Words{row->printed + " 元", row->printed + " yuan"} : both(row->printed);
    }
    Entry& entry = add(section, std::move(key), std::move(item), std::move(value), id);
    entry.unset = row != nullptr && !row->number.has_value();
    if (row == nullptr || !row->number.has_value()) return entry;
    entry.number = row->number;
    entry.unit = row->unit == RowUnit::fen ? "fen" : "ppm";
    entry.rank = more_is_better ? *row->number : -*row->number;
    return entry;
  }

  const AccountLaw& law_;
  Day day_;
  Sheet& sheet_;
};

}  // namespace

void write_account_law(const AccountLaw& law, Day day, Sheet& sheet) {
  LawWriter writer(law, day, sheet);
  writer.premiums();
  writer.accruals();
}

}  // namespace gongji::review
