#include "offline/review/examples.h"

#include <algorithm>
#include <array>

#include "offline/settlement/settle.h"

namespace gongji::review {

using namespace settlement;

namespace {

struct Visit {
  std::string_view id;
  Words words;
  std::int64_t yuan;
  bool deductible_used;
  LineClass chrgitm_lv;
  Region region;
};
const std::array<Visit, 5>& visits() {
  static const std::array<Visit, 5> all{{
      {"plain",
       {"甲类药 300 元，年内首次", "300 yuan class A, first of the year"},
       300,
       false,
       LineClass::a,
       Region::local},
      {"large",
       {"甲类药 1000 元，年内首次", "1000 yuan class A, first of the year"},
       1000,
       false,
       LineClass::a,
       Region::local},
      {"deductible_used",
       {"甲类药 300 元，起付标准已满", "300 yuan class A, deductible used up"},
       300,
       true,
       LineClass::a,
       Region::local},
      {"class_b",
       {"乙类药 300 元，起付标准已满", "300 yuan class B, deductible used up"},
       300,
       true,
       LineClass::b,
       Region::local},
      {"elsewhere",
       {"异地转诊，甲类药 300 元，起付标准已满", "300 yuan class A elsewhere, deductible used up"},
       300,
       true,
       LineClass::a,
       Region::referred},
  }};
  return all;
}

// The categories of both, each once.
std::vector<CategoryRule> persons_of(const Policy& a, const Policy& b) {
  std::vector<CategoryRule> out = b.categories;
  for (const CategoryRule& rule : a.categories) {
    if (std::none_of(out.begin(), out.end(), [&rule](const CategoryRule& each) { return each.id == rule.id; })) {
      out.push_back(rule);
    }
  }
  return out;
}

// A kind of visit that both versions pay for: ordinary outpatient care where there is one.
std::string med_type_of(const Policy& a, const Policy& b) {
  std::string found;
  for (const auto& [med_type, index] : b.med_types) {
    if (b.benefits[index].stages.empty() || !b.benefits[index].diseases.empty()) continue;
    const std::string& wanted = med_type;
    const bool known = std::any_of(a.med_types.begin(), a.med_types.end(),
                                   [&wanted](const auto& each) { return each.first == wanted; });
    if (known && (found.empty() || wanted == "11")) found = wanted;
  }
  return found.empty() ? "11" : found;
}

// Deductibles that are counted stand far above any; those of a single settlement are due in each.
void use_up_deductibles(const Policy& policy, std::vector<Counter>& ytd) {
  for (const Benefit& benefit : policy.benefits) {
    for (const Stage& stage : benefit.stages) {
      const auto* deductible = std::get_if<DeductibleStage>(&stage);
      if (deductible == nullptr || deductible->counter == no_counter) continue;
      const std::string& name = policy.counters[deductible->counter];
      if (std::none_of(ytd.begin(), ytd.end(), [&name](const Counter& each) { return each.name == name; })) {
        ytd.push_back({name, Money::yuan(100'000)});
      }
    }
  }
}

Claim claim_of(const Visit& visit, const CategoryRule& person, Day day) {
  Claim claim;
  claim.id = "example";
  claim.begntime = {day, 10 * 3600};
  claim.site.fixmedins_type = 1;
  claim.person.psn_no = "example";
  claim.person.psn_type = person.who == CategoryRule::Who::retired  ? "12"
                          : person.who == CategoryRule::Who::on_job ? "11"
                                                                    : "15";
  if (person.who == CategoryRule::Who::retired) {
    // long ago where the category asks for a day, otherwise a few years ago
    claim.person.retired_on = person.retired_on_or_before.value_or(day.plus_days(-3 * 365));
  }
  claim.person.paid_on = day.plus_days(-2 * 365);
  claim.person.enrol_kind = EnrolKind::first;
  claim.visit.region = visit.region;
  Line line;
  line.feedetl_sn = "1";
  line.med_list_codg = "XB01ACA056A012020279489";
  line.name = "example";
  line.chrgitm_lv = visit.chrgitm_lv;
  line.pric = {visit.yuan * 1'000'000};
  line.cnt = {10'000};
  line.det_item_fee_sumamt = Money::yuan(visit.yuan);
  claim.lines.push_back(std::move(line));
  return claim;
}

Outcome settled(const Claim& claim, const Policy& policy) {
  const settlement::Outcome outcome = settle(claim, policy, TraceWish::none);
  if (const auto* refusal = std::get_if<Refusal>(&outcome)) return {{}, {}, std::string(name_of(refusal->code))};
  const Totals& totals = std::get<Settlement>(outcome).totals;
  return {totals.fund_pay_sumamt, totals.psn_part_amt, ""};
}

}  // namespace

std::vector<Example> examples_of(const Policy& a, const Policy& b, Day day) {
  static const std::array<std::pair<std::string_view, Words>, 3> levels{
      {{"1", {"一级", "level 1"}}, {"2", {"二级", "level 2"}}, {"3", {"三级", "level 3"}}}};
  static const std::array<std::pair<std::string_view, Words>, 3> places{
      {{"district", {"区内", "district"}}, {"city", {"市内", "city"}}, {"outside", {"市外", "outside"}}}};
  const bool by_place = a.place_row != no_row || b.place_row != no_row;
  const std::string med_type = med_type_of(a, b);
  std::vector<Example> out;
  for (const Visit& visit : visits()) {
    for (const CategoryRule& person : persons_of(a, b)) {
      for (std::size_t i = 0; i < levels.size(); ++i) {
        const auto& [level, level_words] = by_place ? places[i] : levels[i];
        Claim claim = claim_of(visit, person, day);
        claim.visit.med_type = med_type;
        claim.site.dedc_hosp_lv = static_cast<std::uint8_t>(i + 1);
        if (by_place) claim.visit.place = static_cast<Place>(i);
        if (visit.deductible_used) use_up_deductibles(a, claim.ytd), use_up_deductibles(b, claim.ytd);
        out.push_back({std::string(visit.id), visit.words, Money::yuan(visit.yuan), person.id, std::string(level),
                       category_words(person.id) + both(" · ") + level_words, settled(claim, a), settled(claim, b)});
      }
    }
  }
  return out;
}

}  // namespace gongji::review
