// More cost is never cheaper for the person, more use of a limit never opens it, more use of a deductible never costs.
#include <algorithm>
#include <variant>

#include "offline/settlement/settle.h"
#include "tests/laws/any_case.h"
#include "tests/settlement/claims.h"

using namespace gongji;
using namespace gongji::settlement;
using namespace gongji::testing;

namespace {

// Where a used-up limit hands over to another ratio (Yuxi, Article 9: the inpatient ratio; Shanghai (四): the
// additional fund), the same fen of cost may be paid at the higher of the two: by the text, not by an error.  Laws
// about the whole fund money do not hold there across the limit.
bool hands_over(const Policy& policy) {
  return std::any_of(policy.benefits.begin(), policy.benefits.end(), [](const Benefit& benefit) {
    return std::any_of(benefit.stages.begin(), benefit.stages.end(), [](const Stage& stage) {
      const auto* cap = std::get_if<CapStage>(&stage);
      return cap != nullptr && cap->beyond.has_value();
    });
  });
}

bool is_deductible(const std::string& counter) {
  return counter.ends_with("deductible");
}

std::optional<Settlement> settled(const Claim& claim, const Policy& policy) {
  Outcome outcome = settle(claim, policy, TraceWish::none);
  if (auto* found = std::get_if<Settlement>(&outcome)) return std::move(*found);
  return std::nullopt;
}

// One line costs more; its quantity and its upper price stay.
Claim dearer(Claim claim) {
  Line& line = claim.lines[static_cast<std::size_t>(*rc::gen::inRange<int>(0, static_cast<int>(claim.lines.size())))];
  const auto more = *rc::gen::inRange<std::int64_t>(1, *rc::gen::element<std::int64_t>(3, 1'000, 1'000'000));
  line.det_item_fee_sumamt += Money::fen(more);
  return claim;
}

}  // namespace

TEST_CASE("in every pack a dearer line never lowers what the person bears") {
  for_every_pack([](const AnyPack& pack) {
    const Claim claim = pack.any_claim();
    const Policy& policy = pack.on(claim.begntime.day);
    const auto cheap = settled(claim, policy);
    const auto dear = settled(dearer(claim), policy);
    if (!cheap.has_value() || !dear.has_value()) return;
    // At the very fen where a limit hands over, two roundings instead of one may give a fen more than the fen of cost.
    const Money rounding = hands_over(policy) ? Money::fen(1) : Money();
    RC_ASSERT(dear->totals.psn_part_amt + rounding >= cheap->totals.psn_part_amt);
    RC_ASSERT(dear->totals.fulamt_ownpay_amt >= cheap->totals.fulamt_ownpay_amt);
    RC_ASSERT(dear->totals.inscp_scp_amt >= cheap->totals.inscp_scp_amt);
    RC_ASSERT(dear->totals.act_pay_dedc >= cheap->totals.act_pay_dedc);
  });
}

TEST_CASE("in every pack one more line never lowers what the person bears") {
  for_every_pack([](const AnyPack& pack) {
    const Claim claim = pack.any_claim();
    const Policy& policy = pack.on(claim.begntime.day);
    Claim more = claim;
    if (more.lines.size() >= lines_max) return;
    more.lines.push_back(line("more", Money::fen(*rc::gen::inRange(0, 2'000'000)),
                              *rc::gen::element(LineClass::a, LineClass::b, LineClass::c)));
    const auto few = settled(claim, policy);
    const auto many = settled(more, policy);
    if (!few.has_value() || !many.has_value()) return;
    const Money rounding = hands_over(policy) ? Money::fen(1) : Money();
    RC_ASSERT(many->totals.psn_part_amt + rounding >= few->totals.psn_part_amt);
  });
}

TEST_CASE("in every pack, the more of a limit is used, the less is paid under it") {
  for_every_pack([](const AnyPack& pack) {
    const Claim claim = pack.any_claim();
    const Policy& policy = pack.on(claim.begntime.day);
    const auto before = settled(claim, policy);
    if (!before.has_value()) return;
    for (const std::string& name : policy.counters) {
      if (is_deductible(name) || name == "op.day_deductible") continue;
      Claim later = claim;
      std::erase_if(later.ytd, [&name](const Counter& each) { return each.name == name; });
      const Money value = used(claim.ytd, name);
      const Money more = value + Money::fen(*rc::gen::inRange<std::int64_t>(1, 400'000));
      later.ytd.push_back({name, more});
      const auto after = settled(later, policy);
      if (!after.has_value()) continue;  // beyond the limit the text may have no answer
      RC_LOG() << name;
      RC_ASSERT(used(after->ytd, name) - more <= used(before->ytd, name) - value);
      if (!hands_over(policy)) RC_ASSERT(after->totals.fund_pay_sumamt <= before->totals.fund_pay_sumamt);
      RC_ASSERT(after->totals.act_pay_dedc == before->totals.act_pay_dedc);
    }
  });
}

TEST_CASE("in every pack, the more of a deductible is used, the more the fund pays") {
  for_every_pack([](const AnyPack& pack) {
    const Claim claim = pack.any_claim();
    const Policy& policy = pack.on(claim.begntime.day);
    const auto before = settled(claim, policy);
    if (!before.has_value()) return;
    std::vector<std::string> names;
    for (const std::string& name : policy.counters) {
      if (is_deductible(name)) names.push_back(name);
    }
    if (policy.code_counter.has_value()) {
      names.push_back(policy.code_counter->prefix + "XB01ACA056A012020279489" + policy.code_counter->suffix);
    }
    for (const std::string& name : names) {
      Claim later = claim;
      std::erase_if(later.ytd, [&name](const Counter& each) { return each.name == name; });
      const Money value = used(claim.ytd, name);
      later.ytd.push_back({name, value + Money::fen(*rc::gen::inRange<std::int64_t>(1, 90'000))});
      const auto after = settled(later, policy);
      if (!after.has_value()) continue;  // with a share due the text may have no answer
      RC_LOG() << name;
      RC_ASSERT(after->totals.act_pay_dedc <= before->totals.act_pay_dedc);
      const Money rounding = hands_over(policy) ? Money::fen(1) : Money();
      RC_ASSERT(after->totals.fund_pay_sumamt + rounding >= before->totals.fund_pay_sumamt);
      RC_ASSERT(after->totals.psn_part_amt <= before->totals.psn_part_amt + rounding);
    }
  });
}
