// policy.h — the law of one scheme on one day, resolved: everything that settle() needs, as indexes instead of names.
//
// A Policy is built once, by offline/packs from a pack (or by a test), and read for every claim.  No scheme is named in
// this module: what differs between schemes is data here.  All numbers live in `rows`, each with its text, article and
// first day; rules refer to rows by index, so a trace step can always cite.
//
// Thread safety: immutable after building; may be read from any thread.  Ownership: the builder (packs::PackSet) owns
// the policies and the account book, and outlives every use.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "offline/base/day.h"
#include "offline/settlement/claim.h"

namespace gongji::settlement {

// One value or one sentence of the law.  `number` is in fen or parts per million as the rule that uses the row demands;
// absent means that the texts do not give it: using it is the refusal parameter_unset, never a guess.
struct Row {
  std::string id;       // "deductible.on_job"
  std::string printed;  // "700.00", "80%"; as a person reads it
  std::string article;  // "第十四条"
  std::string source;   // "wuhan-2023"
  std::optional<Day> holds_from;
  std::optional<std::int64_t> number;
};

// Index into Policy::rows.
using RowRef = std::uint16_t;
inline constexpr RowRef no_row = 0xFFFF;

// What a circumstance (a level, a region, a late claim) does to the fund's share of a sale.
enum class Effect : std::uint8_t {
  as_usual,       // the benefit's stages decide
  no_fund_share,  // settled: fund 0, counters unchanged
  not_in_pack,    // refused: benefit_not_in_pack
  unset,          // refused: parameter_unset
};

// Persons are sorted into at most this many categories, sites into at most this many slots.
inline constexpr std::size_t categories_max = 4;
inline constexpr std::size_t slots_max = 5;
// Slots 0..2 are levels 1..3, or the places district, city, outside where a scheme settles by place.
inline constexpr std::uint8_t slot_pharmacy = 3;  // a pharmacy's own ratio
inline constexpr std::uint8_t slot_unranked = 4;  // sites without a level, where the law has a ratio of their own

// A row for each (slot, category), expanded when the policy is built, so that looking one up is one index.
struct RowTable {
  std::array<std::array<RowRef, categories_max>, slots_max> rows;
  RowTable() {
    for (auto& slot : rows) slot.fill(no_row);
  }
  RowRef at(std::uint8_t slot, std::uint8_t category) const { return rows[slot][category]; }
};

// The first rule that fits gives the person's category.
struct CategoryRule {
  enum class Who : std::uint8_t { anybody, on_job, retired };
  std::string id;  // "on_job"
  Who who = Who::anybody;
  std::optional<Day> retired_on_or_before;  // fits only where the day is known and not later
};

enum class RetiredFrom : std::uint8_t { same_day, first_of_next_month };

// What `dedc_hosp_lv` (or the prescriber's level) means here.
struct LevelRule {
  Effect effect = Effect::unset;
  std::uint8_t slot = 0;
  RowRef row = no_row;
  bool first_parts = true;  // with no_fund_share: whether first parts are still set apart
};

struct RegionRule {
  Effect effect = Effect::not_in_pack;
  RowRef row = no_row;
  RowRef first_part = no_row;  // ppm; taken before class B
  bool first_parts = true;     // with no_fund_share: whether first parts are still set apart
};

struct LateRule {
  Effect effect = Effect::not_in_pack;
  RowRef row = no_row;
  // as_usual only until this month and day of the year after the visit; afterwards no_fund_share.  0 = no deadline.
  std::uint8_t deadline_month = 0, deadline_day = 0;
};

// An external prescription at a pharmacy.
struct PrescriptionRule {
  enum class Mode : std::uint8_t { does_not_count, prescriber_level, own_slot };
  Mode mode = Mode::does_not_count;
  bool dual_channel_only = false;
  std::vector<std::string> med_types;  // counts for these only; empty = for all
  RowRef row = no_row;
};

// The class-B first part of one kind of goods.
struct FirstPartRule {
  enum class Mode : std::uint8_t { none, fixed, by_line };
  Mode mode = Mode::none;
  RowRef row = no_row;
};

// ---- the stages between in-scope cost and the fund's share, in the order in which the pack lists them

using CounterRef = std::uint8_t;
inline constexpr CounterRef no_counter = 0xFF;

// Takes what is still missing of the deductible from what is left, and adds it to the counter.
struct DeductibleStage {
  RowTable rows;                    // fen
  CounterRef counter = no_counter;  // no_counter = due again in every settlement
  RowRef part = no_row;             // ppm: only this part of the row is due; no_row = all of it
  bool for_each_code = false;  // one for each drug code, counted in the policy's code counter; other lines get none
};

// The fund pays this ratio of what is left; rounded half up, once.
struct RatioStage {
  RowTable rows;  // ppm
};

// The fund pays each class by its own ratio of the in-scope cost; rounded half up, once for each class.
struct ClassRatioStage {
  RowRef class_a = no_row, class_b = no_row;  // ppm
};

// The fund pays each band of the in-scope cost by its own ratio; the deductible uses up the lowest bands.  Rounded half
// up, once.
struct BandStage {
  struct Band {
    RowRef upto = no_row;   // fen of in-scope cost, inclusive; no_row = without end
    RowRef ratio = no_row;  // ppm
  };
  std::vector<Band> bands;
  RowTable minus;                 // ppm taken off every ratio; no_row = nothing
  RowRef class_b_drugs = no_row;  // ppm taken off for class-B drugs, which fill every band in the claim's proportion
};

// What happens to the in-scope cost that a used-up limit did not use: it is paid at another ratio, by the same fund
// under another limit or by the additional fund.
struct Beyond {
  RowTable ratio;                   // ppm
  bool additional_fund = false;     // the share is hifob_pay, otherwise hifp_pay
  RowTable limit;                   // fen of fund money, no_row = without limit
  CounterRef counter = no_counter;  // what is paid here is added to it
};

// The fund pays no more than what the counter leaves of the limit; what it pays in the end, behind all limits of the
// benefit, is added to the counter.
struct CapStage {
  RowTable rows;                     // fen of fund money; with `for_each_disease` the limit of the first disease
  CounterRef counter = no_counter;   // no_counter = a limit of each settlement
  RowRef for_each_disease = no_row;  // fen more for each further disease of the visit
  RowRef at_most = no_row;           // fen: where further diseases stop adding
  // Where the limit itself is not given but cannot be below this (fen): shares within it are paid, others are the
  // refusal parameter_unset.
  RowRef at_least = no_row;
  std::optional<Beyond> beyond;
};

using Stage = std::variant<DeductibleStage, RatioStage, CapStage, ClassRatioStage, BandStage>;

// The first benefit that fits the visit is the one that settles it.
struct Benefit {
  std::string id;  // "op"
  std::vector<Stage> stages;
  std::vector<std::string> diseases;  // fits only where the visit names one of these; empty = always
  RowRef approval = no_row;           // no fund share for a visit that was not approved; no_row = needs no approval
  std::uint8_t barred_slots = 0;      // bit (1 << slot): no fund share there
  RowRef barred_row = no_row;
};

// What a counter counts: a year from January or from July, a day, or without end.
enum class CounterSpan : std::uint8_t { calendar, july, day, none };

// Counters that are kept for each drug code, for a calendar year: prefix + code + suffix.
struct CodeCounter {
  std::string prefix, suffix;  // "negotiated.", ".deductible"
};

// Benefits begin some months after the premium was paid.
struct WaitingRule {
  RowRef first = no_row;                  // months, for those who enrolled at once
  RowRef others = no_row;                 // months, for those who came later or had a gap
  RowRef until = no_row;                  // the last day of payment that counts as "at once"
  std::optional<Day> last_day_for_first;  // the day of that row
};

// ---- accounts

// What one scheme lets its members' accounts pay, and for whom.  Carries its own rows: it is also read while a claim of
// another scheme is settled, because the owner's scheme rules an account.
struct AccountRules {
  std::uint8_t institution_goods = 0, pharmacy_goods = 0;  // bit (1 << LineKind)
  std::uint8_t relations = 0;                              // bit (1 << Relation)
  std::uint8_t own_kinds = 0, family_kinds = 0;            // bit (1 << AccountKind)
  bool code_required_at_pharmacy = false;                  // a line without med_list_codg is not paid there
  std::vector<std::string> family_insured_in;              // prefixes of the PATIENT's insuplc_admdvs; empty = anywhere
  std::uint8_t first_kinds = 0;            // own accounts that pay in-scope cost before the fund, and pay nothing else
  std::vector<std::string> own_med_types;  // own accounts pay for these only; empty = for all
  Row goods, relation, kind, region, listed, owner_scheme, first;  // what a step cites

  bool pays(LineKind kind_of_line, bool at_pharmacy) const {
    return ((at_pharmacy ? pharmacy_goods : institution_goods) >> static_cast<unsigned>(kind_of_line) & 1u) != 0;
  }
};

// The account rules of every scheme that is loaded.
class AccountBook {
 public:
  struct Version {
    std::string scheme;
    Day first_day;
    AccountRules rules;
  };
  AccountBook() = default;
  explicit AccountBook(std::vector<Version> versions);  // sorted by (scheme, first_day) inside

  // The version of that scheme that holds on the day; before its first day the first one (an account exists before the
  // rules that we can cite).  nullptr where the scheme is not loaded.
  const AccountRules* find(std::string_view scheme, Day day) const;

 private:
  std::vector<Version> versions_;
};

// ---- all together

struct Policy {
  std::string scheme;   // "wuhan-employee"
  std::string version;  // "2023-02-01"
  std::string name;     // "wuhan-employee@2023-02-01"
  std::string digest;   // "sm3:<64 hex>" of the pack's bytes
  std::vector<Row> rows;
  std::vector<std::string> counters;       // in the order in which they are returned
  std::vector<CounterSpan> counter_spans;  // of the same counters
  std::optional<CodeCounter> code_counter;

  std::vector<CategoryRule> categories;
  RetiredFrom retired_from = RetiredFrom::same_day;
  RowRef retired_row = no_row;

  std::array<LevelRule, 10> levels;   // by the digit of dedc_hosp_lv
  RowRef place_row = no_row;          // the slot is visit.place instead of the level; no_row = it is the level
  std::array<RegionRule, 4> regions;  // by Region
  std::array<LateRule, 4> late;       // by Region
  PrescriptionRule prescription;
  RowRef pharmacy_row = no_row;              // no fund share at a pharmacy without a prescription that counts
  RowRef undesignated_row = no_row;          // no fund share at an undesignated site
  RowRef undesignated_account_row = no_row;  // accounts pay only at designated sites
  RowRef in_force_row = no_row;              // the pack's first day
  RowRef entitlement_row = no_row;
  std::optional<WaitingRule> waiting;
  std::uint8_t excluded_causes = 0;  // bit (1 << Cause)
  RowRef excluded_cause_row = no_row;
  RowRef benefit_row = no_row;  // which benefits the scheme settles

  RowRef own_cost_row = no_row;  // class C
  RowRef never_row = no_row;     // `other`, `excluded`
  RowRef over_limit_row = no_row;
  RowRef code_row = no_row;  // goods without a national code are own cost at a pharmacy; no_row = no such rule
  std::array<FirstPartRule, 5> first_part;  // by LineKind

  std::vector<Benefit> benefits;
  std::vector<std::pair<std::string, std::uint8_t>> med_types;  // med_type -> index into benefits

  AccountRules accounts;
  CounterRef own_account_counter = no_counter;  // counts what own accounts paid
  const AccountBook* owners = nullptr;          // other schemes' accounts; nullptr = only this scheme is known

  const Row& row(RowRef ref) const { return rows[ref]; }
};

// The first day of the span that this counter counts on that day: whoever keeps counters begins them anew there.
// nullopt for one that counts without end and for one that the policy does not have.
std::optional<Day> counts_since(const Policy& policy, std::string_view counter, Day day);

}  // namespace gongji::settlement
