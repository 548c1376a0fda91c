// report.h — the outcome of a replay: who pays what under two versions, and where the difference comes from.
//
// `base` is the version that the difference is counted from, `other` the one that it is counted to: a positive
// difference of the fund is money that the fund pays more under `other`, and that the insured pay less.  All amounts
// are whole fen.  Nothing here names a person: persons are only counted.
//
// A claim that a version refuses counts there as one of which the fund pays nothing and the person all, in cash, with
// counters unchanged; it is counted in `refused` too.  So both versions tell about the same claims and the same cost.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "offline/base/day.h"
#include "offline/base/money.h"

namespace gongji::replay {

// personal = own + family + cash; own and family are accounts.
struct Shares {
  Money fund, personal, own, family, cash;
  Shares& operator+=(const Shares& more);
  bool operator==(const Shares&) const = default;
};

struct Side {
  std::uint64_t settled = 0, refused = 0;
  Shares shares;
  bool operator==(const Side&) const = default;
};

// Claims of one kind.  Better: the fund pays more of the claim under `other`.
struct Group {
  std::string key;
  std::uint64_t claims = 0, better = 0, worse = 0;
  Money medfee;
  Side base, other;
  Money difference() const { return other.shares.fund - base.shares.fund; }
  bool operator==(const Group&) const = default;
};

// What one clause moved, summed over all claims.  From the whole cost of a claim each step takes away or adds, and what
// is left at the end is the fund's share; so for each version
//   medfee + sum of moved = fund,   and   sum of (other_moved - base_moved) = difference of the fund.
// `step` is a step of the trace, or "refused" (rule = the code), or "uncovered" (cost that a benefit leaves out without
// a step of its own).  Articles are those of all policies that were used, in the order of first use, joined by "、".
struct Clause {
  std::string step, rule, base_article, other_article;
  std::uint64_t base_times = 0, other_times = 0;
  Money base_moved, other_moved;
  Money difference() const { return other_moved - base_moved; }
  bool operator==(const Clause&) const = default;
};

// Each claim's whole difference, counted at the first clause where the two settlements part; so the sum of (gained -
// lost) is the difference of the fund.  `carried`: the clause says the same in both, but earlier sales had used more of
// its counter under one of them.
struct Cause {
  std::string step, rule, base_article, other_article;
  bool carried = false;
  std::uint64_t better = 0, worse = 0;  // claims
  Money gained, lost;                   // both >= 0
  Money difference() const { return gained - lost; }
  bool operator==(const Cause&) const = default;
};

struct Refused {
  std::string code;
  std::uint64_t base = 0, other = 0;
  bool operator==(const Refused&) const = default;
};

// A person in one calendar year of service, by what the fund pays more (or less) for them that year under `other`.
struct PersonGroup {
  std::string key;  // the category at the year's last claim
  std::uint64_t gain = 0, lose = 0, unchanged = 0;
  Money gained, lost;  // both >= 0
  bool operator==(const PersonGroup&) const = default;
};
// Above `over` up to and including `up_to`, by size; the sign says which way.  Zero is `unchanged` in PersonGroup.
struct Bucket {
  bool gain = false;
  Money over;
  std::optional<Money> up_to;
  std::uint64_t persons = 0;
  bool operator==(const Bucket&) const = default;
};

struct Fault {
  std::string place;  // "line 17", "seq 17"
  std::string code, path;
  bool operator==(const Fault&) const = default;
};
inline constexpr std::size_t faults_kept_max = 5;

struct Report {
  std::string base, other;  // "scheme@version", or "in-force"
  std::optional<Day> first_day, last_day;
  Group total;
  std::vector<Refused> refused;  // by code, in order of precedence
  std::uint64_t refused_by_base_only = 0, refused_by_other_only = 0;
  std::vector<Group> by_category, by_site, by_benefit, by_month;  // only those that occur
  std::vector<Clause> clauses;                                    // in the order of arithmetic, then by rule
  // Of clauses that pay from accounts, which the fund does not feel: moved = what the accounts paid.
  std::vector<Clause> account_clauses;
  std::vector<Cause> causes;  // by size of the difference
  std::uint64_t persons = 0;
  PersonGroup person_years;  // all of them
  std::vector<PersonGroup> person_years_by_category;
  std::vector<Bucket> histogram;  // from the largest loss to the largest gain
  std::uint64_t unusable = 0;     // not claims, counted nowhere else
  std::vector<Fault> faults;      // the first of them
  // Of a journal: what it holds that is not replayed.
  std::uint64_t cancelled = 0, papers = 0;
  bool operator==(const Report&) const = default;
};

}  // namespace gongji::replay
