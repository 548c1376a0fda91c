// Clauses add up to the fund's difference, whatever is sold under whatever rules.
#include <algorithm>

#include "offline/settlement/settle.h"
#include "tests/replay/fixtures.h"
#include "tests/replay/year_of_sales.h"

using namespace gongji;
using namespace gongji::tests;
using settlement::Claim;

namespace {

// A few claims of few persons, in order.
std::vector<Claim> some_claims(const settlement::Policy& policy) {
  auto claims = *rc::gen::container<std::vector<Claim>>(6, gongji::testing::any_claim_of(policy));
  std::sort(claims.begin(), claims.end(), [](const Claim& a, const Claim& b) { return a.begntime < b.begntime; });
  for (std::size_t i = 0; i < claims.size(); ++i)
    claims[i].person.psn_no = "9999990000000000000" + std::to_string(i % 2);
  return claims;
}

}  // namespace

TEST_CASE("clauses, causes and persons each add up to the fund's difference, for every pair of versions of a scheme") {
  for (const packs::PackInfo& info : all_packs().packs()) {
    for (const packs::PackInfo& against : all_packs().packs()) {
      if (against.scheme != info.scheme) continue;
      const bool passed = rc::check(info.name + " against " + against.name, [&] {
        const auto* policy = all_packs().find(info.name, *parse_day("2023-06-01"));
        RC_PRE(policy != nullptr);
        const replay::Version base = version(info.name.c_str()), other = version(against.name.c_str());
        replay::Replay replay(base, other);
        for (Claim claim : some_claims(*policy)) {
          const auto row = replay.add(claim, claim.person.psn_no);
          RC_ASSERT(row.has_value());
          // what one claim is told as adds up by itself
          if (!row->has_value()) continue;
          for (const replay::Outcome& side : {(*row)->base, (*row)->other}) {
            RC_ASSERT(side.shares.fund + side.shares.personal == (*row)->medfee);
            RC_ASSERT(side.shares.own + side.shares.family + side.shares.cash == side.shares.personal);
          }
        }
        const replay::Report report = replay.finish();
        require_sums(report);
        for (const replay::Clause& each : report.clauses) {
          // only a benefit for single drugs leaves cost out without a step
          RC_ASSERT(each.step != "uncovered" || policy->code_counter.has_value());
        }
        if (info.name == against.name) RC_ASSERT(report.causes.empty());
      });
      CHECK(passed);
    }
  }
}

TEST_CASE("a movement is the step of the trace without its texts") {
  const bool passed = rc::check("movements", [] {
    const Claim claim = *gongji::testing::any_claim();
    const auto* policy = all_packs().find(final_text, claim.begntime.day);
    settlement::Settlement with_texts, without;
    settlement::SettlementMemory memory;
    std::vector<settlement::Movement> movements;
    const auto refused = settle_into(claim, *policy, settlement::TraceWish::steps, with_texts, memory);
    RC_ASSERT(settle_into(claim, *policy, movements, without, memory) == refused);
    if (refused.has_value()) return;
    RC_ASSERT(movements.size() == with_texts.trace.size());
    for (std::size_t i = 0; i < movements.size(); ++i) {
      const settlement::Step& step = with_texts.trace[i];
      RC_ASSERT(movements[i].step == step.step);
      RC_ASSERT(movements[i].row->id == step.rule);
      RC_ASSERT(movements[i].row->article == step.article);
      RC_ASSERT(movements[i].before == step.before);
      RC_ASSERT(movements[i].after == step.after);
    }
    with_texts.trace.clear();
    RC_ASSERT(without == with_texts);
  });
  CHECK(passed);
}

TEST_CASE("a generated year adds up, and reaches every clause in which the two texts differ") {
  const replay::Version base = version(draft), other = version(final_text);
  replay::Replay replay(base, other);
  SalesOfAYear sales({3, 5'000});
  for (Claim claim; sales.next(claim);) REQUIRE(replay.add(claim, claim.person.psn_no));
  const replay::Report report = replay.finish();
  require_sums(report);
  CHECK(report.total.claims == 5'000);
  CHECK(cause(report, "no_fund_share", "site.pharmacy").worse > 0);
  CHECK(cause(report, "no_fund_share", "region.elsewhere").better > 0);
  CHECK(cause(report, "class_b_first_part", "first_part.class_b").better > 0);
  CHECK(cause(report, "class_b_first_part", "first_part.class_b").worse > 0);
}
