#include "offline/replay/replay.h"

#include <algorithm>
#include <array>
#include <map>
#include <string>

#include "offline/base/check.h"
#include "offline/replay/carried.h"
#include "offline/replay/clauses.h"
#include "offline/replay/persons.h"
#include "offline/replay/troubles.h"

namespace gongji::replay {

using settlement::Claim;
using settlement::Policy;

namespace {

// Sums over clauses stay below a hundred times this, inside 64 bits.
constexpr Money medfee_sum_max = Money::fen(90'000'000'000'000'000);

constexpr std::array<std::string_view, 3> categories = {"on_job", "retired", "other"};
constexpr std::array<std::string_view, 6> sites = {"level_1", "level_2", "level_3", "level_4", "unranked", "pharmacy"};
// Upper ends of the histogram's buckets on each side, in fen; the last is open.
constexpr std::array<std::int64_t, 7> bucket_ends = {5'000, 10'000, 20'000, 50'000, 100'000, 200'000, 500'000};
constexpr std::size_t bucket_count = bucket_ends.size() + 1;

constexpr std::size_t benefits_max = 64;

std::uint8_t category_of(const Claim& claim, const Policy* policy) {
  if (policy != nullptr && settlement::is_retired(claim.person, claim.begntime.day, *policy)) return 1;
  if (policy == nullptr && claim.person.psn_type.starts_with("12")) return 1;
  return claim.person.psn_type.starts_with("11") || claim.person.retired_on.has_value() ? 0 : 2;
}

std::size_t site_of(const Claim& claim) {
  if (claim.site.is_pharmacy()) return 5;
  return claim.site.dedc_hosp_lv >= 1 && claim.site.dedc_hosp_lv <= 4 ? claim.site.dedc_hosp_lv - 1u : 4;
}

// The benefit that the visit asks for; its med_type where the policy has none for it.
std::string_view benefit_of(const Claim& claim, const Policy* policy) {
  if (claim.visit.benefit.has_value()) return *claim.visit.benefit;
  if (policy != nullptr) {
    for (const auto& [med_type, index] : policy->med_types) {
      if (med_type == claim.visit.med_type) return policy->benefits[index].id;
    }
  }
  return claim.visit.med_type;
}

Shares shares_of(const settlement::Totals& totals) {
  return {totals.fund_pay_sumamt, totals.psn_part_amt, totals.acct_pay - totals.acct_mulaid_pay, totals.acct_mulaid_pay,
          totals.psn_cash_pay};
}

void add_side(Side& to, const Judged& judged) {
  ++(judged.refusal.has_value() ? to.refused : to.settled);
  to.shares += judged.shares;
}

}  // namespace

Shares& Shares::operator+=(const Shares& more) {
  fund += more.fund;
  personal += more.personal;
  own += more.own;
  family += more.family;
  cash += more.cash;
  return *this;
}

struct Replay::State {
  State(const Version& the_base, const Version& the_other)
      : versions{the_base, the_other}, carried{Carried(persons, 0), Carried(persons, 1)} {}

  std::array<Version, 2> versions;
  Persons persons;
  std::array<Carried, 2> carried;
  Clauses clauses;
  std::array<Judged, 2> judged;
  settlement::Settlement settlement;
  settlement::SettlementMemory memory;
  std::vector<settlement::Counter> told;  // while a claim is settled: its own counters; otherwise working memory
  settlement::ClaimError fault;

  std::optional<CivilTime> first, last;
  Group total;
  std::array<Group, categories.size()> by_category;
  std::array<Group, sites.size()> by_site;
  std::map<std::string, Group, std::less<>> by_benefit;
  std::map<std::int32_t, Group> by_month;
  std::map<settlement::RefusalCode, std::array<std::uint64_t, 2>> refused;
  std::array<std::uint64_t, 2> refused_alone{};
  std::array<PersonGroup, categories.size()> years;
  std::array<std::array<std::uint64_t, bucket_count>, 2> buckets{};  // lost, gained

  void choose(const Claim& claim);
  bool knows_counters(const Claim& claim);
  void settle(std::size_t side, Claim& claim, Person& person, Money medfee);
  void count(Group& group, Money medfee) const;
  void count_person(Person& person, std::uint8_t category, int year);
  void close_year(Person& person);
};

// A refusal to choose a policy stays in `judged`.
void Replay::State::choose(const Claim& claim) {
  for (std::size_t side = 0; side < 2; ++side) {
    judged[side].policy = nullptr;
    judged[side].refusal.reset();
    packs::Choice choice = versions[side].choose(claim);
    if (auto* none = std::get_if<packs::NotChosen>(&choice)) {
      judged[side].refusal = std::move(none->refusal);
    } else {
      judged[side].policy = std::get<packs::Chosen>(choice).policy;
    }
  }
}

// Unusable only where no policy takes the claim as it is: a counter of one scheme means nothing to another.
bool Replay::State::knows_counters(const Claim& claim) {
  bool any_fault = false;
  for (std::size_t side = 0; side < 2; ++side) {
    const Policy* policy = judged[side].policy;
    if (policy == nullptr || (side == 1 && policy == judged[0].policy)) continue;
    auto found = settlement::counters_fault(claim, *policy);
    if (!found.has_value()) return true;
    fault = std::move(*found);
    any_fault = true;
  }
  return !any_fault;
}

void Replay::State::settle(std::size_t side, Claim& claim, Person& person, Money medfee) {
  Judged& out = judged[side];
  if (out.policy != nullptr) {
    carried[side].before(person, *out.policy, claim.begntime.day, told, claim.ytd);
    out.refusal = settlement::settle_into(claim, *out.policy, out.movements, settlement, memory);
    if (!out.refusal.has_value()) {
      GONGJI_CHECK(settlement.totals.medfee_sumamt == medfee);
      carried[side].after(person, *out.policy, settlement.ytd);
      out.shares = shares_of(settlement.totals);
      return;
    }
  }
  out.shares = {Money(), medfee, Money(), Money(), medfee};
}

void Replay::State::count(Group& group, Money medfee) const {
  ++group.claims;
  group.medfee += medfee;
  add_side(group.base, judged[0]);
  add_side(group.other, judged[1]);
  if (judged[1].shares.fund > judged[0].shares.fund) ++group.better;
  if (judged[1].shares.fund < judged[0].shares.fund) ++group.worse;
}

void Replay::State::close_year(Person& person) {
  if (person.year == 0) return;
  PersonGroup& group = years[person.category];
  const std::int64_t size = std::abs(person.difference);
  if (size == 0) {
    ++group.unchanged;
  } else {
    const bool gain = person.difference > 0;
    ++(gain ? group.gain : group.lose);
    (gain ? group.gained : group.lost) += Money::fen(size);
    const auto end = std::lower_bound(bucket_ends.begin(), bucket_ends.end(), size);
    ++buckets[gain ? 1 : 0][static_cast<std::size_t>(end - bucket_ends.begin())];
  }
  person.difference = 0;
}

void Replay::State::count_person(Person& person, std::uint8_t category, int year) {
  if (person.year != year) close_year(person);
  person.year = year;
  person.category = category;
  person.difference += judged[1].shares.fund.in_fen() - judged[0].shares.fund.in_fen();
}

Replay::Replay(const Version& base, const Version& other) : state_(std::make_unique<State>(base, other)) {}
Replay::~Replay() = default;

Result<std::optional<ClaimRow>> Replay::add(Claim& claim, std::string_view person_key) {
  State& state = *state_;
  if (state.last.has_value() && claim.begntime < *state.last) {
    return trouble(troubles::not_in_order, "", to_string(claim.begntime) + " after " + to_string(*state.last));
  }
  claim.pack.reset();
  state.choose(claim);
  if (!state.knows_counters(claim)) return std::optional<ClaimRow>();

  Money medfee;
  for (const settlement::Line& line : claim.lines) medfee += line.det_item_fee_sumamt;
  if (state.total.medfee + medfee > medfee_sum_max) return trouble(troubles::too_much_money);

  Person& person = state.persons.at(person_key);
  state.told.swap(claim.ytd);
  for (std::size_t side = 0; side < 2; ++side) {
    state.settle(side, claim, person, medfee);
    state.clauses.add(side, state.judged[side], medfee);
    if (const auto& refusal = state.judged[side].refusal; refusal.has_value()) ++state.refused[refusal->code][side];
  }
  state.told.swap(claim.ytd);  // a reader uses its lists again
  const Judged& base = state.judged[0];
  const Judged& other = state.judged[1];
  state.clauses.add_cause(base, other);
  if (base.refusal.has_value() != other.refusal.has_value()) ++state.refused_alone[base.refusal.has_value() ? 0 : 1];

  const Policy* policy = base.policy != nullptr ? base.policy : other.policy;
  const std::uint8_t category = category_of(claim, policy);
  const std::size_t site = site_of(claim);
  const std::string_view benefit = benefit_of(claim, policy);
  const int year = claim.begntime.day.year();
  state.count(state.total, medfee);
  state.count(state.by_category[category], medfee);
  state.count(state.by_site[site], medfee);
  auto found = state.by_benefit.find(benefit);
  if (found == state.by_benefit.end()) {
    // a kind of visit is any text: more of them than there can be are counted together
    found = state.by_benefit.emplace(state.by_benefit.size() < benefits_max ? benefit : "other", Group()).first;
  }
  state.count(found->second, medfee);
  state.count(state.by_month[year * 12 + claim.begntime.day.month() - 1], medfee);
  state.count_person(person, category, year);
  if (!state.first.has_value()) state.first = claim.begntime;
  state.last = claim.begntime;

  const auto outcome = [](const Judged& judged) {
    Outcome out;
    if (judged.refusal.has_value()) out.refused = judged.refusal->code;
    out.shares = judged.shares;
    return out;
  };
  return std::optional<ClaimRow>(
      {claim.id, claim.begntime, categories[category], sites[site], benefit, medfee, outcome(base), outcome(other)});
}

const settlement::ClaimError& Replay::fault() const {
  return state_->fault;
}

Report Replay::finish() {
  State& state = *state_;
  state.persons.each([&state](Person& person) { state.close_year(person); });

  Report report;
  report.base = state.versions[0].name();
  report.other = state.versions[1].name();
  if (state.first.has_value()) report.first_day = state.first->day;
  if (state.last.has_value()) report.last_day = state.last->day;
  report.total = state.total;
  report.total.key = "total";
  for (const auto& [code, counts] : state.refused) {
    report.refused.push_back({std::string(name_of(code)), counts[0], counts[1]});
  }
  report.refused_by_base_only = state.refused_alone[0];
  report.refused_by_other_only = state.refused_alone[1];
  const auto keep = [](std::vector<Group>& list, const Group& group, std::string key) {
    if (group.claims == 0) return;
    list.push_back(group);
    list.back().key = std::move(key);
  };
  for (std::size_t i = 0; i < categories.size(); ++i) {
    keep(report.by_category, state.by_category[i], std::string(categories[i]));
  }
  for (std::size_t i = 0; i < sites.size(); ++i) keep(report.by_site, state.by_site[i], std::string(sites[i]));
  for (const auto& [benefit, group] : state.by_benefit) keep(report.by_benefit, group, benefit);
  for (const auto& [month, group] : state.by_month) {
    const std::string text = std::to_string(100 + month % 12 + 1);
    keep(report.by_month, group, std::to_string(month / 12) + "-" + text.substr(1));
  }
  state.clauses.write(report);

  report.persons = state.persons.size();
  report.person_years.key = "total";
  for (std::size_t i = 0; i < categories.size(); ++i) {
    PersonGroup each = state.years[i];
    if (each.gain + each.lose + each.unchanged == 0) continue;
    each.key = std::string(categories[i]);
    report.person_years.gain += each.gain;
    report.person_years.lose += each.lose;
    report.person_years.unchanged += each.unchanged;
    report.person_years.gained += each.gained;
    report.person_years.lost += each.lost;
    report.person_years_by_category.push_back(std::move(each));
  }
  const auto bucket = [&state](bool gain, std::size_t i) {
    Bucket out;
    out.gain = gain;
    out.over = Money::fen(i == 0 ? 0 : bucket_ends[i - 1]);
    if (i < bucket_ends.size()) out.up_to = Money::fen(bucket_ends[i]);
    out.persons = state.buckets[gain ? 1 : 0][i];
    return out;
  };
  for (std::size_t i = bucket_count; i-- > 0;) report.histogram.push_back(bucket(false, i));
  for (std::size_t i = 0; i < bucket_count; ++i) report.histogram.push_back(bucket(true, i));
  return report;
}

std::size_t Replay::state_bytes() const {
  return state_->persons.bytes();
}

}  // namespace gongji::replay
