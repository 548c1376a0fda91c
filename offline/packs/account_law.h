// account_law.h — what the schemes' texts say about money outside a sale: premiums that an account may pay, what a
// resident's premium is, and what accrues to an account.
//
// One file of offline/packs/benefits is one scheme's law (or a draft of it): rows of numbers with their days, and rules
// that name rows.  Read as strictly as packs, but apart from them: settle() never needs it, and a change here does not
// change a pack's digest.  Files may be added; a later file of the same name takes the place of an earlier one.
//
// Thread safety: immutable after loading; any thread.  Rules and rows live as long as the book.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "offline/base/day.h"
#include "offline/base/result.h"
#include "offline/settlement/claim.h"

namespace gongji::packs {

enum class PremiumKind : std::uint8_t { resident, large_amount, long_term_care, commercial };
// How a person is in the scheme: through an employer, on their own, in the pool only (no account), at times the one and
// at times the other, as a veteran whose amount is set apart, as a resident.
enum class InsuredAs : std::uint8_t { unit, flexible, pool_only, mixed, veteran, resident };
enum class Period : std::uint8_t { month, year };
std::string_view name_of(PremiumKind kind);  // "large_amount"
std::string_view name_of(Period period);     // "month"

enum class RowUnit : std::uint8_t { fen, ppm, rule };
enum class RowConfidence : std::uint8_t { sourced, reported, decision };
std::string_view name_of(RowConfidence confidence);  // "sourced"

// A value of the law on its days; several rows may share an id, never a day.
struct LawRow {
  std::string id;  // "accrual.on_job"
  RowUnit unit = RowUnit::rule;
  std::optional<std::int64_t> number;  // fen or ppm; absent = the texts do not give it
  std::string printed;                 // "83.00", "2%"; "" where absent
  std::string article, source;
  Day first_day;
  std::optional<Day> last_day;  // inclusive
  RowConfidence confidence = RowConfidence::sourced;
  std::string note;  // "" where there is none
};

struct PremiumRule {
  std::vector<PremiumKind> kinds;
  std::vector<settlement::Relation> relations;  // the account owner's to the insured person, as in a claim
  std::vector<std::string> insured_in;          // prefixes of the insured person's admdvs; empty = anywhere
  std::string row;
};

struct DueRule {
  std::string group;              // "low_income"
  std::string premium;            // row, fen
  std::vector<std::string> aids;  // rows, fen or ppm of the premium: the largest counts
  std::string subsidy;            // row, fen; "" = none is named
};

struct AccrualRule {
  std::vector<InsuredAs> insured_as;
  std::optional<bool> retired;          // absent = whether or not
  std::optional<int> youngest, oldest;  // full years, both inclusive
  std::string amount;                   // row: fen, or ppm of the base
  std::string factor;                   // row: ppm of that amount; "" = all of it
  Period per = Period::month;
};

struct AccountLaw {
  std::string scheme, version, name;  // name = "scheme@version"
  std::string digest;                 // "sm3:<64 hex>" of the file's bytes
  bool draft = false;                 // answers only where it is asked for by version
  Day first_day;
  std::optional<Day> last_day;
  bool retired_from_next_month = false;        // otherwise from the day of the formalities
  int age_month = 0, age_day = 0;              // ages are those on the latest such day; 0 = on the day itself
  std::map<std::string, std::string> sources;  // id and title
  std::vector<LawRow> rows;

  std::vector<PremiumRule> premiums;
  std::string premium_otherwise;  // row cited where no rule fits
  std::vector<DueRule> dues;
  std::string due_otherwise;
  std::vector<AccrualRule> accruals;  // the first that fits
  std::string accrual_otherwise;

  // The row of that id on that day; nullptr where none holds.
  const LawRow* row_on(std::string_view id, Day day) const;
  // The same, or else the one nearest in time, for citing.  The id must exist (CHECK).
  const LawRow& nearest(std::string_view id, Day day) const;
};

// Why the law gives no answer.  In order of precedence.
enum class NoAnswer : std::uint8_t {
  no_pack_for_scheme,
  pack_not_yet_in_force,
  pack_expired,
  account_may_not_pay,
  not_in_pack,
  parameter_unset,
};
std::string_view name_of(NoAnswer code);  // "account_may_not_pay"

struct LawRefusal {
  NoAnswer code = NoAnswer::no_pack_for_scheme;
  const LawRow* row = nullptr;  // what the law says; nullptr where no row can be cited
  std::string path;             // member of the question, or the row's id
};
std::string message_of(const LawRefusal& refusal, Language language);

// A fact without which the rule cannot be applied: "base".
struct MissingFact {
  std::string path;
};

// The number of that row on that day, or why there is none.
std::variant<const LawRow*, LawRefusal> number_on(const AccountLaw& law, std::string_view row, Day day);

class AccountLawBook {
 public:
  struct File {
    std::string_view text, origin;  // `origin` names it in messages
  };
  // Troubles: not_json, not_valid.
  static Result<AccountLawBook> load(std::span<const File> files);
  // The files compiled into this program.  A failure is a bug (CHECK): tests load them.
  static const AccountLawBook& built_in();

  // By scheme and day among those that are no drafts; with a version that one, drafts included.
  // Refusals: no_pack_for_scheme (path "scheme" or "version"), pack_not_yet_in_force, pack_expired (path "day").
  std::variant<const AccountLaw*, LawRefusal> choose(std::string_view scheme, const std::optional<std::string>& version,
                                                     Day day) const;

  const std::vector<AccountLaw>& laws() const { return laws_; }

 private:
  std::vector<AccountLaw> laws_;
};

}  // namespace gongji::packs
