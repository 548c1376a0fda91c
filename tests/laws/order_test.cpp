// A till may send the lines of a sale in any order.
#include <algorithm>
#include <numeric>

#include "offline/settlement/settle.h"
#include "tests/laws/any_case.h"

using namespace gongji;
using namespace gongji::settlement;
using namespace gongji::testing;

namespace {

Claim shuffled(const Claim& claim) {
  Claim other = claim;
  for (std::size_t i = other.lines.size(); i > 1; --i) {
    std::swap(other.lines[i - 1],
              other.lines[static_cast<std::size_t>(*rc::gen::inRange<int>(0, static_cast<int>(i)))]);
  }
  return other;
}

std::vector<Counter> sorted(std::vector<Counter> counters) {
  std::sort(counters.begin(), counters.end(), [](const Counter& a, const Counter& b) { return a.name < b.name; });
  return counters;
}

// At a pharmacy accounts pay goods and no services, and some only goods with a code: there a fen that does not divide
// goes to a line that an account may pay, or to one that it may not, and ties go to the earlier line (the order of
// arithmetic says so).  Only there can the order move a fen between accounts and cash.
bool accounts_reach_every_line(const Claim& claim) {
  return !claim.site.is_pharmacy() || claim.acct_used_flag == AccountUse::none;
}

}  // namespace

TEST_CASE("in every pack the order of the lines changes nothing in the totals, the counters or the fund") {
  for_every_pack([](const AnyPack& pack) {
    const Claim claim = pack.any_claim();
    const Policy& policy = pack.on(claim.begntime.day);
    const Outcome one = settle(claim, policy, TraceWish::none);
    const Outcome two = settle(shuffled(claim), policy, TraceWish::none);
    RC_ASSERT(one.index() == two.index());
    if (std::holds_alternative<Refusal>(one)) {
      RC_ASSERT(one == two);
      return;
    }
    const auto &a = std::get<Settlement>(one), &b = std::get<Settlement>(two);
    RC_ASSERT(sorted(a.ytd) == sorted(b.ytd) || policy.own_account_counter != no_counter);
    RC_ASSERT(a.totals.hifp_pay == b.totals.hifp_pay);
    RC_ASSERT(a.totals.hifob_pay == b.totals.hifob_pay);
    RC_ASSERT(a.totals.act_pay_dedc == b.totals.act_pay_dedc);
    RC_ASSERT(a.totals.inscp_scp_amt == b.totals.inscp_scp_amt);
    RC_ASSERT(a.totals.preselfpay_amt == b.totals.preselfpay_amt);
    RC_ASSERT(a.totals.psn_part_amt == b.totals.psn_part_amt);
    RC_ASSERT(a.totals.pool_prop_selfpay == b.totals.pool_prop_selfpay);
    if (!accounts_reach_every_line(claim)) return;
    RC_ASSERT(a.totals == b.totals);
    RC_ASSERT(a.accounts == b.accounts);
    RC_ASSERT(sorted(a.ytd) == sorted(b.ytd));
  });
}
