// plan.h — which claims show a pack; inside this module only.
//
// Each plan_* function lays out one side of the rules and changes one thing at a time from a plain claim, so that a
// vendor whose engine differs sees at once where.  A claim that was laid out already is left out.
#pragma once

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "offline/packs/packs.h"
#include "offline/settlement/claim.h"
#include "offline/settlement/policy.h"

namespace gongji::vectors {

// The codes of dedc_hosp_lv.
inline constexpr std::uint8_t site_levels[] = {1, 2, 3, 4, 9};

struct Case {
  settlement::Claim claim;  // its id is the name
  std::string why_zh, why_en;
};

// Where and who: a benefit at a level (or place) for a category of persons.
struct Setting {
  std::size_t benefit = 0;
  std::uint8_t level = 9;  // dedc_hosp_lv
  std::uint8_t slot = 0;
  std::uint8_t category = 0;
};

class Planner {
 public:
  Planner(const packs::PackSet& packs, const packs::PackInfo& info, const settlement::Policy& policy, Day day);

  const packs::PackSet& packs() const { return packs_; }
  const packs::PackInfo& info() const { return info_; }
  const settlement::Policy& policy() const { return policy_; }
  Day day() const { return day_; }

  // Every combination that the pack tells apart.
  std::vector<Setting> settings() const;
  // "op/level_1/on_job", and the same in words.
  std::string name_of(const Setting& setting) const;
  std::string words_zh(const Setting& setting) const;
  std::string words_en(const Setting& setting) const;

  // The claim to start from: one class-A drug of `amount`, nothing used so far.
  settlement::Claim plain(const Setting& setting, Money amount) const;
  // The first setting in which the fund pays something of a plain claim; otherwise the first of all.
  Setting usual() const;
  // What the fund pays; nullopt where it is refused.
  struct Paid {
    Money fund;
    bool capped = false;
  };
  std::optional<Paid> paid(const settlement::Claim& claim) const;

  // Adds the claim under `name` unless it was laid out already.
  void add(settlement::Claim claim, std::string name, std::string why_zh, std::string why_en);
  std::vector<Case> take() { return std::move(cases_); }

 private:
  void dress(settlement::Person& person, std::uint8_t category) const;

  const packs::PackSet& packs_;
  const packs::PackInfo& info_;
  const settlement::Policy& policy_;
  Day day_;
  std::vector<Case> cases_;
  std::set<std::string> known_;  // claims without their ids
};

settlement::Line drug_line(std::string number, Money amount,
                           settlement::LineClass line_class = settlement::LineClass::a);
void set_counter(settlement::Claim& claim, const std::string& name, Money value);

// Deductibles, ratios, bands and caps of every benefit, at their edges; each row once: `laid_out` remembers them.
void plan_benefits(Planner& planner, std::set<std::string>& laid_out);
// Classes, kinds, first parts, upper prices, rounding among several lines.
void plan_lines(Planner& planner);
// Levels, pharmacies, prescriptions, regions, late papers, undesignated sites.
void plan_sites(Planner& planner);
// Categories, entitlement, waiting, causes, approval, and how a pack is chosen.
void plan_persons(Planner& planner);
// Which accounts pay, in which order, for which goods.
void plan_accounts(Planner& planner);

// All of them on the first day; on later days from which the rules differ, the benefits whose rows changed.
std::vector<Case> plan(const packs::PackSet& packs, const packs::PackInfo& info);

}  // namespace gongji::vectors
