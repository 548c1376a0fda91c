// What holds in every settlement, whatever the pack: nothing is lost, nothing is made, and every fen has its reason.
#include <algorithm>

#include "offline/settlement/settle.h"
#include "tests/laws/any_case.h"
#include "tests/settlement/identities.h"

using namespace gongji;
using namespace gongji::settlement;
using namespace gongji::testing;

TEST_CASE("every settlement of every pack adds up, and its counters say what was paid") {
  for_every_pack([](const AnyPack& pack) {
    const Claim claim = pack.any_claim();
    const Policy& policy = pack.on(claim.begntime.day);
    const Outcome outcome = settle(claim, policy, TraceWish::none);
    if (const auto* refusal = std::get_if<Refusal>(&outcome)) {
      RC_ASSERT(!refusal->article.empty());
      RC_ASSERT(!refusal->path.empty());
      RC_ASSERT(!refusal->message_zh.empty());
      RC_ASSERT(!refusal->message_en.empty());
      return;
    }
    const auto& settled = std::get<Settlement>(outcome);
    require_identities(claim, settled);

    Money fund, deductible;
    std::size_t declared = 0;
    for (const Counter& each : settled.ytd) {
      const Money grown = each.value - used(claim.ytd, each.name);
      RC_ASSERT(grown >= Money());
      if (each.name == "op.day_fund") {
        RC_ASSERT(grown == used(settled.ytd, "op.fund") - used(claim.ytd, "op.fund"));
      }
      if (each.name.ends_with("fund") && !each.name.ends_with("day_fund")) fund += grown;
      if (each.name.ends_with("deductible")) deductible += grown;
      if (each.name == "op.account") RC_ASSERT(grown == settled.totals.acct_pay - settled.totals.acct_mulaid_pay);
      declared += std::count(policy.counters.begin(), policy.counters.end(), each.name) != 0 ? 1 : 0;
    }
    RC_ASSERT(declared == policy.counters.size());
    for (const Counter& each : claim.ytd) {
      RC_ASSERT(std::any_of(settled.ytd.begin(), settled.ytd.end(),
                            [&each](const Counter& after) { return after.name == each.name; }));
    }
    // a deductible that is due in every settlement has no counter
    RC_ASSERT(deductible <= settled.totals.act_pay_dedc);
    // a benefit without a limit of its own has no counter; those of the texts that have one count all of hifp_pay
    RC_ASSERT(fund == settled.totals.hifp_pay || fund == Money());
  });
}

TEST_CASE("in every pack each fen belongs to a step, and each step cites rule, value, article, source and day") {
  for_every_pack([](const AnyPack& pack) {
    const Claim claim = pack.any_claim();
    const Policy& policy = pack.on(claim.begntime.day);
    const Outcome without = settle(claim, policy, TraceWish::none);
    Outcome with = settle(claim, policy, TraceWish::steps);
    if (std::holds_alternative<Refusal>(without)) {
      RC_ASSERT(with == without);
      return;
    }
    auto& traced = std::get<Settlement>(with);
    const std::string broken = broken_trace(claim, traced);
    if (!broken.empty()) RC_FAIL(broken);
    for (const Step& step : traced.trace) {
      // a row of another scheme speaks of its own accounts; all others hold on the day of the visit
      RC_ASSERT(step.rule.starts_with("account.") || *step.holds_from <= claim.begntime.day);
      RC_ASSERT(step.rule.starts_with("account.") ||
                std::any_of(policy.rows.begin(), policy.rows.end(), [&step](const Row& row) {
                  return row.id == step.rule && row.article == step.article && row.source == step.source;
                }));
    }
    traced.trace.clear();
    RC_ASSERT(with == without);
  });
}

TEST_CASE("in every pack memory used again leaves no trace of the claim before") {
  for_every_pack([](const AnyPack& pack) {
    const Claim first = pack.any_claim();
    const Claim second = pack.any_claim();
    Settlement reused;
    SettlementMemory memory;
    (void)settle_into(first, pack.on(first.begntime.day), TraceWish::steps, reused, memory);
    const auto refusal = settle_into(second, pack.on(second.begntime.day), TraceWish::steps, reused, memory);
    const Outcome fresh = settle(second, pack.on(second.begntime.day), TraceWish::steps);
    if (refusal.has_value()) {
      RC_ASSERT(std::get<Refusal>(fresh) == *refusal);
    } else {
      RC_ASSERT(std::get<Settlement>(fresh) == reused);
    }
  });
}
