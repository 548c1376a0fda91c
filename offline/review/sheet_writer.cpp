// sheet_writer.cpp — who, where, which goods: everything but benefits and accounts.
#include "offline/review/sheet_writer.h"

#include <algorithm>
#include <array>
#include <set>

namespace gongji::review {

using namespace settlement;
using packs::DatedRow;
using packs::Unit;

namespace {

constexpr std::array<std::string_view, 4> region_ids{"local", "filed", "referred", "temporary"};
const Words& region_words(std::size_t region) {
  static const std::array<Words, 4> words{Words{"本地", "local"},
                                          {"异地备案（长期）", "filed, long-term"},
                                          {"异地转诊", "referred"},
                                          {"临时外出", "temporary, not filed"}};
  return words[region];
}
constexpr std::array<std::string_view, 4> kind_ids{"drug", "device", "consumable", "service"};
const Words& kind_words(std::size_t kind) {
  static const std::array<Words, 4> words{
      Words{"药品", "drugs"}, {"医疗器械", "devices"}, {"医用耗材", "consumables"}, {"诊疗服务", "services"}};
  return words[kind];
}

Words effect_words(Effect effect) {
  switch (effect) {
    case Effect::as_usual:
      return {"按规定结算", "settled as usual"};
    case Effect::no_fund_share:
      return {"统筹基金不支付", "no fund share"};
    case Effect::not_in_pack:
      return {"没有规定，不予结算", "no rule: refused"};
    case Effect::unset:
      return {"原文未给出，不予结算", "not in the texts: refused"};
  }
  return {};
}

// Settled as usual is better than not; of the others it cannot be said.
std::int64_t effect_rank(Effect effect) {
  return effect == Effect::as_usual ? 1'000'000 : 0;
}

}  // namespace

Words value_words(const DatedRow& row) {
  if (row.unset()) return {"原文未给出", "not in the texts"};
  const std::string& printed = row.row.printed;
  if (row.unit == Unit::fen) return {printed + " 元", printed + " yuan"};
  return both(printed);
}

SheetWriter::SheetWriter(const Policy& policy, const std::vector<DatedRow>& rows, Day day, Sheet& sheet)
    : policy_(policy), rows_(rows), day_(day), sheet_(sheet) {
  std::set<std::uint8_t> used;
  if (policy.place_row != no_row) {
    used = {0, 1, 2};
  } else {
    for (const std::size_t digit : {1u, 2u, 3u, 4u, 9u}) {
      const LevelRule& rule = policy.levels[digit];
      if (rule.effect == Effect::as_usual) used.insert(rule.slot);
    }
  }
  if (policy.prescription.mode == PrescriptionRule::Mode::own_slot) used.insert(slot_pharmacy);
  slots_.assign(used.begin(), used.end());
  static constexpr std::array<std::string_view, slots_max> slot_ids{"1", "2", "3", "pharmacy", "unranked"};
  static constexpr std::array<std::string_view, 3> place_ids{"district", "city", "outside"};
  for (const std::uint8_t slot : slots_) {
    sheet.slots.emplace_back(policy.place_row != no_row ? place_ids[slot] : slot_ids[slot], slot_words(slot));
  }
  for (const CategoryRule& rule : policy.categories) sheet.categories.emplace_back(rule.id, category_words(rule.id));
}

Words SheetWriter::slot_words(std::uint8_t slot) const {
  static const std::array<Words, slots_max> levels{
      Words{"一级", "level 1"}, {"二级", "level 2"}, {"三级", "level 3"}, {"药店", "pharmacy"}, {"未定级", "unranked"}};
  static const std::array<Words, 3> places{Words{"区内", "district"}, {"市内", "city"}, {"市外", "outside"}};
  return policy_.place_row != no_row ? places[slot] : levels[slot];
}

const DatedRow* SheetWriter::dated(const std::string& id) const {
  for (const DatedRow& row : rows_) {
    if (row.row.id == id && row.holds(day_)) return &row;
  }
  return nullptr;
}

Citation SheetWriter::citation(const DatedRow& row) const {
  return {row.row.id,    row.row.article, row.row.source, row.source_title,
          row.first_day, row.last_day,    row.confidence, row.note};
}

std::optional<Citation> SheetWriter::citation(RowRef ref) const {
  const DatedRow* row = ref == no_row ? nullptr : dated(policy_.row(ref).id);
  if (row == nullptr) return std::nullopt;
  return citation(*row);
}

Entry& SheetWriter::add(Section section, std::string key, Words item, Words value, RowRef ref) {
  Entry entry;
  entry.section = section;
  entry.key = std::move(key);
  entry.item = std::move(item);
  entry.value = std::move(value);
  entry.cites = citation(ref);
  sheet_.entries.push_back(std::move(entry));
  return sheet_.entries.back();
}

Entry& SheetWriter::add_number(Section section, std::string key, Words item, RowRef ref) {
  const DatedRow* row = dated(policy_.row(ref).id);
  Entry& entry = add(section, std::move(key), std::move(item), row == nullptr ? Words{} : value_words(*row), ref);
  if (row == nullptr) return entry;
  entry.unset = row->unset();
  entry.number = row->row.number;
  if (entry.number.has_value()) {
    entry.unit = row->unit == Unit::ppm ? "ppm" : row->unit == Unit::count ? "count" : "fen";
  }
  return entry;
}

void SheetWriter::add_table(const std::string& key, const Words& group, const Words& item, const RowTable& table,
                            Good good, std::optional<std::int64_t> absent_rank) {
  for (std::size_t s = 0; s < slots_.size(); ++s) {
    for (std::size_t c = 0; c < sheet_.categories.size(); ++c) {
      const RowRef ref = table.at(slots_[s], static_cast<std::uint8_t>(c));
      if (ref == no_row) continue;
      Entry& entry = add_number(Section::benefits, key, item, ref);
      entry.group = group;
      entry.slot = sheet_.slots[s].first;
      entry.category = sheet_.categories[c].first;
      if (entry.number.has_value()) entry.rank = good == Good::more ? *entry.number : -*entry.number;
      entry.absent_rank = absent_rank;
    }
  }
}

void SheetWriter::persons() {
  const Section at = Section::persons;
  for (const CategoryRule& rule : policy_.categories) {
    if (!rule.retired_on_or_before.has_value()) continue;  // the name says it
    const std::string day = to_string(*rule.retired_on_or_before);
    add(at, "category." + rule.id, Words{"人员类别：", "category: "} + category_words(rule.id),
        {"退休日不晚于 " + day, "retired on or before " + day}, no_row);
  }
  if (policy_.retired_row != no_row) {
    const bool next = policy_.retired_from == RetiredFrom::first_of_next_month;
    add(at, "category.change", {"退休待遇起算", "retired rules begin"},
        next ? Words{"办理退休手续的次月", "the month after the formalities"}
             : Words{"办理退休手续当日", "the day of the formalities"},
        policy_.retired_row)
        .rank = next ? 0 : 1;
  }
  add(at, "entitlement", {"待遇享受期", "entitlement"}, {"以参保信息中的起止日为准", "the days of the person's facts"},
      policy_.entitlement_row);
  if (policy_.waiting.has_value()) {
    const WaitingRule& rule = *policy_.waiting;
    const auto months = [&](const char* key, Words item, RowRef ref) {
      Entry& entry = add_number(at, key, std::move(item), ref);
      if (!entry.number.has_value()) return;
      entry.rank = -*entry.number;
      entry.value += {" 个月", " months"};
    };
    months("waiting.first", {"等待期（首次参保）", "waiting period, first enrolment"}, rule.first);
    months("waiting.others", {"等待期（以后参保或中断）", "waiting period, later or after a gap"}, rule.others);
    add_number(at, "waiting.until", {"首次参保缴费截止", "last day of payment at first enrolment"}, rule.until);
  }
  static const std::array<Words, 5> causes{Words{"疾病", "illness"},
                                           {"工伤", "work injury"},
                                           {"生育", "maternity"},
                                           {"交通事故", "traffic"},
                                           {"其他意外", "other accidents"}};
  WordList excluded;
  for (std::size_t i = 0; i < causes.size(); ++i) {
    if ((policy_.excluded_causes >> i & 1u) != 0) excluded.add(causes[i]);
  }
  if (!excluded.words().empty()) {
    add(at, "excluded_causes", {"不予支付的原因", "causes not covered"}, excluded.words(), policy_.excluded_cause_row);
  }
}

void SheetWriter::sites() {
  const Section at = Section::sites;
  static const std::array<std::pair<std::size_t, Words>, 5> levels{
      {{1, {"一级及以下机构", "institutions of level 1 and below"}},
       {2, {"二级机构", "institutions of level 2"}},
       {3, {"三级机构", "institutions of level 3"}},
       {4, {"其他机构（4）", "other institutions (4)"}},
       {9, {"未定级机构（9）", "unranked institutions (9)"}}}};
  for (const auto& [digit, item] : levels) {
    const LevelRule& rule = policy_.levels[digit];
    Words value = effect_words(rule.effect);
    if (rule.effect == Effect::as_usual) {
      value = policy_.place_row != no_row ? Words{"按就医地点结算", "settled by place"}
                                          : Words{"按", "settled as "} + slot_words(rule.slot) + Words{"结算", ""};
    }
    add(at, "level." + std::to_string(digit), item, value, rule.row).rank = effect_rank(rule.effect);
  }
  const PrescriptionRule& rule = policy_.prescription;
  Words value{"没有统筹支付", "no fund share"};
  if (rule.mode == PrescriptionRule::Mode::prescriber_level) value = {"按开方机构级别", "at the prescriber's level"};
  if (rule.mode == PrescriptionRule::Mode::own_slot) value = {"按药店比例", "at the pharmacy's own ratio"};
  std::int64_t rank = rule.mode == PrescriptionRule::Mode::does_not_count ? 0 : 2;
  if (rank != 0 && rule.dual_channel_only) {
    value += {"，限双通道药店", ", dual-channel pharmacies only"};
    rank = 1;
  }
  if (rank != 0 && !rule.med_types.empty()) {
    WordList types;
    for (const std::string& type : rule.med_types) types.add(med_type_words(type));
    value += Words{"，限", ", only "} + types.words();
    rank = 1;
  }
  add(at, "pharmacy.prescription", {"药店外配处方", "external prescription at a pharmacy"}, value, rule.row).rank =
      rank;
  add(at, "undesignated.fund", {"非定点机构", "undesignated sites"}, effect_words(Effect::no_fund_share),
      policy_.undesignated_row);
  add(at, "undesignated.accounts", {"非定点机构的个人账户", "accounts at undesignated sites"},
      {"不能使用", "may not pay"}, policy_.undesignated_account_row);
}

void SheetWriter::circumstances() {
  for (std::size_t i = 0; i < region_ids.size(); ++i) {
    const RegionRule& rule = policy_.regions[i];
    Words value = effect_words(rule.effect);
    std::int64_t rank = effect_rank(rule.effect);
    if (rule.first_part != no_row) {
      const Row& first = policy_.row(rule.first_part);
      value += {"，先自付 " + first.printed, ", first part " + first.printed};
      rank -= first.number.value_or(0);
    }
    add(Section::regions, "region." + std::string(region_ids[i]), region_words(i), value, rule.row).rank = rank;
  }
  for (std::size_t i = 0; i < region_ids.size(); ++i) {
    const LateRule& rule = policy_.late[i];
    Words value = effect_words(rule.effect);
    std::optional<std::int64_t> rank = effect_rank(rule.effect);
    if (rule.effect == Effect::as_usual && rule.deadline_month != 0) {
      const std::string month = std::to_string(rule.deadline_month), day = std::to_string(rule.deadline_day);
      value += {"，次年 " + month + " 月 " + day + " 日前", ", until " + month + "-" + day + " of the next year"};
      rank = 500'000;
    }
    add(Section::late, "late." + std::string(region_ids[i]), region_words(i), value, rule.row).rank = rank;
  }
}

void SheetWriter::goods() {
  const Section at = Section::goods;
  for (std::size_t i = 0; i < kind_ids.size(); ++i) {
    const FirstPartRule& rule = policy_.first_part[i];
    Words value{"不先自付", "no first part"};
    std::optional<std::int64_t> rank = 0;
    if (rule.mode == FirstPartRule::Mode::by_line) {
      value = {"按该项目自付比例", "the item's own share"};
      rank.reset();
    } else if (rule.mode == FirstPartRule::Mode::fixed) {
      value = both(policy_.row(rule.row).printed);
      rank = -policy_.row(rule.row).number.value_or(0);
    }
    add(at, "first_part." + std::string(kind_ids[i]), Words{"乙类先自付：", "class-B first part: "} + kind_words(i),
        value, rule.row)
        .rank = rank;
  }
  add(at, "own_cost", {"丙类和目录外", "class C and not listed"}, {"全自费", "own cost"}, policy_.own_cost_row);
  add(at, "never", {"不属医保支付范围的项目", "goods that insurance never pays"},
      {"全自费，个人账户也不支付", "own cost, accounts may not pay"}, policy_.never_row);
  add(at, "over_limit", {"超过支付上限的价格", "above the upper price"}, {"个人负担", "personal"},
      policy_.over_limit_row);
  if (policy_.code_row != no_row) {
    add(at, "code_required", {"药店无国家编码的商品", "goods without a national code at a pharmacy"},
        {"全自费", "own cost"}, policy_.code_row);
  }
}

void SheetWriter::accounts() {
  const Section at = Section::accounts;
  const AccountRules& rules = policy_.accounts;
  const auto cited = [&](const Row& row, Entry& entry) {
    if (const DatedRow* found = dated(row.id); found != nullptr) entry.cites = citation(*found);
  };
  const auto set = [&](const char* key, Words item, std::uint8_t bits, const auto& names, std::size_t first,
                       std::size_t count, const Row& row) {
    WordList list;
    for (std::size_t i = 0; i < count; ++i) {
      if ((bits >> (first + i) & 1u) != 0) list.add(names(i));
    }
    Entry& entry = add(at, key, std::move(item), list.words().empty() ? Words{"无", "none"} : list.words(), no_row);
    entry.allowed = bits;
    cited(row, entry);
  };
  static const std::array<Words, 3> kin{Words{"配偶", "spouse"}, {"父母", "parents"}, {"子女", "children"}};
  static const std::array<Words, 2> money{Words{"当年账户", "this year's money"}, {"历年账户", "earlier years' money"}};
  const auto kin_words = [](std::size_t i) { return kin[i]; };
  const auto money_words = [](std::size_t i) { return money[i]; };
  set("account.institution_goods", {"在医疗机构可支付", "pays at institutions"}, rules.institution_goods, kind_words, 0,
      4, rules.goods);
  set("account.pharmacy_goods", {"在药店可支付", "pays at pharmacies"}, rules.pharmacy_goods, kind_words, 0, 4,
      rules.goods);
  set("account.relations", {"家庭共济对象", "family members"}, rules.relations, kin_words, 1, 3, rules.relation);
  set("account.own_kinds", {"本人可用的资金", "own money that pays"}, rules.own_kinds, money_words, 0, 2, rules.kind);
  set("account.family_kinds", {"家庭共济可用的资金", "family money that pays"}, rules.family_kinds, money_words, 0, 2,
      rules.kind);
  if (rules.first_kinds != 0) {
    set("account.first_kinds", {"先于统筹支付的资金", "money that pays before the fund"}, rules.first_kinds,
        money_words, 0, 2, rules.first);
    sheet_.entries.back().allowed.reset();
  }
  const auto text = [&](const char* key, Words item, const std::vector<std::string>& list, bool types, const Row& row) {
    WordList words;
    for (const std::string& each : list) words.add(types ? med_type_words(each) : both(each));
    cited(row, add(at, key, std::move(item),
                   list.empty() ? Words{"不限", "anywhere"}
                                : words.words() + (types ? Words{} : Words{" 开头的统筹区", "…"}),
                   no_row));
  };
  text("account.family_insured_in", {"家庭成员参保地", "where family is insured"}, rules.family_insured_in, false,
       rules.region);
  if (!rules.own_med_types.empty()) {
    text("account.own_med_types", {"本人账户限用于", "own account pays only for"}, rules.own_med_types, true,
         rules.kind);
  }
}

}  // namespace gongji::review
