// sheet_benefits.cpp — the benefits of a version, stage by stage, for every level and category.
#include <array>
#include <limits>
#include <map>
#include <set>

#include "offline/review/sheet_writer.h"

namespace gongji::review {

using namespace settlement;

namespace {

constexpr std::int64_t without_limit = std::numeric_limits<std::int64_t>::max();

// "benefit.special[renal_failure,severe_psychosis]"
std::string key_of(const Benefit& benefit) {
  std::string key = "benefit." + benefit.id;
  for (std::size_t i = 0; i < benefit.diseases.size(); ++i) key += (i == 0 ? "[" : ",") + benefit.diseases[i];
  return benefit.diseases.empty() ? key : key + "]";
}

Words disease_words(const std::string& id) {
  static const std::map<std::string, Words> known{{"renal_failure", {"肾功能衰竭", "renal failure"}},
                                                  {"severe_psychosis", {"重性精神病", "severe psychosis"}},
                                                  {"transplant", {"器官移植抗排异", "transplant"}},
                                                  {"dialysis", {"透析", "dialysis"}}};
  const auto found = known.find(id);
  return found == known.end() ? both(id) : found->second;
}

}  // namespace

Words SheetWriter::period(CounterRef counter) const {
  if (counter == no_counter) return {"（每次结算）", ", each settlement"};
  switch (policy_.counter_spans[counter]) {
    case CounterSpan::calendar:
      return {"（每年）", ", a year"};
    case CounterSpan::july:
      return {"（每医保年度，7月起）", ", a year from July"};
    case CounterSpan::day:
      return {"（每日）", ", a day"};
    case CounterSpan::none:
      return {"（累计）", ", in all"};
  }
  return {};
}

std::string SheetWriter::period_key(CounterRef counter) const {
  if (counter == no_counter) return "settlement";
  static constexpr std::array<std::string_view, 4> names{"year", "year", "day", "ever"};
  return std::string(names[static_cast<std::size_t>(policy_.counter_spans[counter])]);
}

void SheetWriter::bands(const std::string& key, const Words& group, const BandStage& stage) {
  std::string below = "0.00";
  for (std::size_t i = 0; i < stage.bands.size(); ++i) {
    const BandStage::Band& band = stage.bands[i];
    const bool open = band.upto == no_row;
    const std::string upto = open ? "" : policy_.row(band.upto).printed;
    const Words item =
        open ? Words{"基金支付比例：" + below + " 元以上", "fund pays: above " + below}
             : Words{"基金支付比例：" + below + " 至 " + upto + " 元", "fund pays: " + below + " to " + upto};
    Entry& entry = add_number(Section::benefits, key + ".band_" + std::to_string(i + 1), item, band.ratio);
    entry.group = group;
    entry.rank = entry.number;
    below = upto;
  }
  add_table(key + ".minus", group, {"各段比例降低", "taken off every ratio"}, stage.minus, Good::less, 0);
  if (stage.class_b_drugs != no_row) {
    Entry& entry = add_number(Section::benefits, key + ".class_b_drugs",
                              {"乙类药品比例降低", "taken off for class-B drugs"}, stage.class_b_drugs);
    entry.group = group;
    entry.absent_rank = 0;
    if (entry.number.has_value()) entry.rank = -*entry.number;
  }
}

void SheetWriter::limit(const std::string& key, const Words& group, const CapStage& stage) {
  const std::string cap = key + ".limit." + period_key(stage.counter);
  const auto one = [&](const char* suffix, const Words& item, RowRef ref) {
    if (ref == no_row) return;
    Entry& entry = add_number(Section::benefits, cap + suffix, item, ref);
    entry.group = group;
    entry.rank = entry.number;
  };
  add_table(cap, group, Words{"基金支付限额", "limit of the fund"} + period(stage.counter), stage.rows, Good::more,
            without_limit);
  one(".further", {"每增加一个病种另加", "more for each further disease"}, stage.for_each_disease);
  one(".most", {"多病种最高限额", "the most for several diseases"}, stage.at_most);
  one(".at_least", {"限额未给出时确定不低于", "not below this where the limit is not given"}, stage.at_least);
  if (!stage.beyond.has_value()) return;
  const Beyond& beyond = *stage.beyond;
  add_table(key + ".beyond.ratio", group,
            beyond.additional_fund ? Words{"超过限额由附加基金支付", "additional fund pays beyond the limit"}
                                   : Words{"超过限额基金支付比例", "fund pays beyond the limit"},
            beyond.ratio, Good::more, 0);
  add_table(key + ".beyond.limit", group, Words{"超过限额部分的限额", "limit of that"} + period(beyond.counter),
            beyond.limit, Good::more, without_limit);
}

void SheetWriter::stage(const std::string& key, const Words& group, const Stage& stage) {
  if (const auto* deductible = std::get_if<DeductibleStage>(&stage)) {
    const bool code = deductible->for_each_code;
    const Words span = code ? Words{"（每种药品每年）", ", each drug and year"} : period(deductible->counter);
    const std::string name = key + ".deductible." + (code ? "code" : period_key(deductible->counter));
    add_table(name, group, Words{"起付标准", "deductible"} + span, deductible->rows, Good::less, 0);
    if (deductible->part == no_row) return;
    Entry& entry = add_number(Section::benefits, name + ".part", {"起付标准只计", "of which counts"}, deductible->part);
    entry.group = group;
    if (entry.number.has_value()) entry.rank = -*entry.number;
  } else if (const auto* ratio = std::get_if<RatioStage>(&stage)) {
    add_table(key + ".ratio", group, {"基金支付比例", "fund pays"}, ratio->rows, Good::more, std::nullopt);
  } else if (const auto* by_class = std::get_if<ClassRatioStage>(&stage)) {
    const auto one = [&](const char* suffix, const Words& item, RowRef ref) {
      Entry& entry = add_number(Section::benefits, key + suffix, item, ref);
      entry.group = group;
      entry.rank = entry.number;
    };
    one(".ratio.class_a", {"甲类基金支付比例", "fund pays of class A"}, by_class->class_a);
    one(".ratio.class_b", {"乙类基金支付比例", "fund pays of class B"}, by_class->class_b);
  } else if (const auto* by_band = std::get_if<BandStage>(&stage)) {
    bands(key, group, *by_band);
  } else if (const auto* cap = std::get_if<CapStage>(&stage)) {
    limit(key, group, *cap);
  }
}

void SheetWriter::benefit(const Benefit& benefit) {
  const std::string key = key_of(benefit);
  Words group = benefit_words(benefit.id) + Words{"（" + benefit.id + "）", " (" + benefit.id + ")"};
  if (!benefit.diseases.empty()) {
    WordList diseases;
    for (const std::string& id : benefit.diseases) diseases.add(disease_words(id));
    group += Words{"：", ": "} + diseases.words();
  }
  const auto index = static_cast<std::size_t>(&benefit - policy_.benefits.data());
  WordList types;
  for (const auto& [med_type, to] : policy_.med_types) {
    if (to == index) types.add(both(med_type + " ") + med_type_words(med_type));
  }
  Entry& visits = add(Section::benefits, key + ".visits", {"医疗类别", "med_type"},
                      types.words().empty() ? Words{"仅在指定待遇时", "where a visit asks for it"} : types.words(),
                      policy_.benefit_row);
  visits.group = group;
  if (benefit.approval != no_row) {
    Entry& entry = add(Section::benefits, key + ".approval", {"审批", "approval"},
                       {"未经审批统筹基金不支付", "no fund share without approval"}, benefit.approval);
    entry.group = group;
    entry.rank = -1, entry.absent_rank = 0;
  }
  if (benefit.barred_slots != 0) {
    WordList barred;
    for (const std::uint8_t slot : slots_) {
      if ((benefit.barred_slots >> slot & 1u) != 0) barred.add(slot_words(slot));
    }
    Entry& entry = add(Section::benefits, key + ".barred", {"统筹基金不支付", "no fund share at"}, barred.words(),
                       benefit.barred_row);
    entry.group = group;
    entry.rank = -1, entry.absent_rank = 0;
  }
  if (benefit.stages.empty()) {
    Entry& entry = add(Section::benefits, key + ".accounts_only", {"统筹基金", "fund"},
                       {"不支付，由个人账户支付", "pays nothing; accounts pay"}, policy_.benefit_row);
    entry.group = group;
  }
  for (const Stage& each : benefit.stages) stage(key, group, each);
}

void SheetWriter::benefits() {
  for (const Benefit& each : policy_.benefits) benefit(each);
}

}  // namespace gongji::review
