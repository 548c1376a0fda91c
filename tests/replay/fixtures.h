// fixtures.h — small replays for tests.
#pragma once

#include <catch2/catch.hpp>
#include <fstream>
#include <string>
#include <vector>

#include "offline/replay/replay.h"
#include "offline/replay/run.h"
#include "tests/settlement/claims.h"
#include "tests/support/print_trouble.h"
#include "tests/support/scratch.h"

namespace gongji::tests {

inline constexpr const char* draft = "wuhan-employee@draft-2022";
inline constexpr const char* final_text = "wuhan-employee@2023-02-01";

inline const packs::PackSet& all_packs() {
  static const packs::PackSet packs = packs::built_in_packs();
  return packs;
}
inline replay::Version version(const char* name) {
  const auto found = replay::Version::of(all_packs(), name);
  REQUIRE(found);
  return *found;
}

// In the order given.
inline replay::Report replayed(const char* base, const char* other, const std::vector<settlement::Claim>& claims) {
  const replay::Version first = version(base), second = version(other);
  replay::Replay replay(first, second);
  for (settlement::Claim claim : claims) {
    const auto row = replay.add(claim, claim.person.psn_no);
    REQUIRE(row);
    REQUIRE(row->has_value());
  }
  return replay.finish();
}

inline void write_text(const std::filesystem::path& file, const std::string& text) {
  std::ofstream out(file, std::ios::binary);
  out << text;
  REQUIRE(out.flush());
}

// Of one kind; the whole group, so that a test can compare it with what was worked out by hand.
inline const replay::Group& group(const std::vector<replay::Group>& groups, const std::string& key) {
  for (const replay::Group& each : groups) {
    if (each.key == key) return each;
  }
  FAIL("no group " << key);
  return groups.front();
}
inline const replay::Cause& cause(const replay::Report& report, const std::string& step, const std::string& rule) {
  for (const replay::Cause& each : report.causes) {
    if (each.step == step && each.rule == rule) return each;
  }
  FAIL("no cause " << step << " " << rule);
  return report.causes.front();
}
inline const replay::Clause& clause(const replay::Report& report, const std::string& step, const std::string& rule) {
  for (const replay::Clause& each : report.clauses) {
    if (each.step == step && each.rule == rule) return each;
  }
  FAIL("no clause " << step << " " << rule);
  return report.clauses.front();
}

// Three ways to the difference of the fund: by clause, by cause, by person; and each version's own chain.
inline void require_sums(const replay::Report& report) {
  Money by_clause, by_cause, base = report.total.medfee, other = report.total.medfee;
  for (const replay::Clause& each : report.clauses) {
    by_clause += each.difference();
    base += each.base_moved;
    other += each.other_moved;
  }
  for (const replay::Cause& each : report.causes) by_cause += each.difference();
  REQUIRE(base == report.total.base.shares.fund);
  REQUIRE(other == report.total.other.shares.fund);
  REQUIRE(by_clause == report.total.difference());
  REQUIRE(by_cause == report.total.difference());
  REQUIRE(report.person_years.gained - report.person_years.lost == report.total.difference());
  for (const auto* groups : {&report.by_category, &report.by_site, &report.by_benefit, &report.by_month}) {
    replay::Group sum;
    for (const replay::Group& each : *groups) {
      sum.claims += each.claims;
      sum.better += each.better;
      sum.worse += each.worse;
      sum.medfee += each.medfee;
      sum.base.settled += each.base.settled;
      sum.base.refused += each.base.refused;
      sum.base.shares += each.base.shares;
      sum.other.settled += each.other.settled;
      sum.other.refused += each.other.refused;
      sum.other.shares += each.other.shares;
    }
    sum.key = report.total.key;
    REQUIRE((sum == report.total));
  }
  std::uint64_t persons = report.person_years.unchanged;
  for (const replay::Bucket& each : report.histogram) persons += each.persons;
  REQUIRE(persons == report.person_years.gain + report.person_years.lose + report.person_years.unchanged);
  Money accounts[2];
  for (const replay::Clause& each : report.account_clauses) {
    accounts[0] += each.base_moved;
    accounts[1] += each.other_moved;
  }
  REQUIRE(accounts[0] == report.total.base.shares.own + report.total.base.shares.family);
  REQUIRE(accounts[1] == report.total.other.shares.own + report.total.other.shares.family);
}

}  // namespace gongji::tests
