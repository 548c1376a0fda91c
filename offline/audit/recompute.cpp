#include "offline/audit/recompute.h"

#include <fmt/format.h>

#include "offline/audit/troubles.h"
#include "offline/settlement/bounds.h"
#include "offline/settlement/claim_json.h"
#include "offline/settlement/counted.h"
#include "offline/settlement/settle.h"

namespace gongji::audit {

namespace {

using settlement::LineShares;
using settlement::Settlement;
using settlement::Totals;

// Where a personal part is gone the number is, too; the law does not ask for it.
constexpr const char* nobody = "-";

struct Amount {
  const char* name;
  Money Totals::*member;
};
constexpr Amount totals[] = {
    {"medfee_sumamt", &Totals::medfee_sumamt},
    {"fulamt_ownpay_amt", &Totals::fulamt_ownpay_amt},
    {"overlmt_selfpay", &Totals::overlmt_selfpay},
    {"preselfpay_amt", &Totals::preselfpay_amt},
    {"inscp_scp_amt", &Totals::inscp_scp_amt},
    {"act_pay_dedc", &Totals::act_pay_dedc},
    {"hifp_pay", &Totals::hifp_pay},
    {"hifob_pay", &Totals::hifob_pay},
    {"fund_pay_sumamt", &Totals::fund_pay_sumamt},
    {"psn_part_amt", &Totals::psn_part_amt},
    {"acct_pay", &Totals::acct_pay},
    {"acct_mulaid_pay", &Totals::acct_mulaid_pay},
    {"psn_cash_pay", &Totals::psn_cash_pay},
    {"balc", &Totals::balc},
};

std::string differs(const std::string& what, Money expected, Money found) {
  return fmt::format("{}: expected {}, found {}", what, to_string(expected), to_string(found));
}

// "" where both are the same.
std::string first_difference(const Settlement& expected, const Settlement& found) {
  for (const Amount& amount : totals) {
    if (expected.totals.*amount.member != found.totals.*amount.member) {
      return differs(amount.name, expected.totals.*amount.member, found.totals.*amount.member);
    }
  }
  if (expected.totals != found.totals) {
    return fmt::format("pool_prop_selfpay: expected {} ppm, found {} ppm", expected.totals.pool_prop_selfpay.in_ppm(),
                       found.totals.pool_prop_selfpay.in_ppm());
  }
  for (std::size_t i = 0; i < expected.accounts.size() && i < found.accounts.size(); ++i) {
    if (expected.accounts[i] == found.accounts[i]) continue;
    return differs(fmt::format("accounts[{}].paid", i), expected.accounts[i].paid, found.accounts[i].paid);
  }
  if (expected.accounts.size() != found.accounts.size()) {
    return fmt::format("accounts: expected {}, found {}", expected.accounts.size(), found.accounts.size());
  }
  for (std::size_t i = 0; i < expected.lines.size() && i < found.lines.size(); ++i) {
    if (expected.lines[i] == found.lines[i]) continue;
    return differs(fmt::format("lines[{}].fund", i), expected.lines[i].fund, found.lines[i].fund);
  }
  for (std::size_t i = 0; i < expected.ytd.size() && i < found.ytd.size(); ++i) {
    if (expected.ytd[i] == found.ytd[i]) continue;
    return differs("counter " + expected.ytd[i].name, expected.ytd[i].value, found.ytd[i].value);
  }
  return expected == found ? std::string() : std::string("lines or counters: not as many as expected");
}

// The counters of the claim must be those of the least share that the law can give from the counters as last known.
// "" where they are.
std::string lowest_differs(const record::Sale& sale, settlement::Claim claim, const settlement::Policy& policy) {
  claim.ytd = sale.lowest->known;
  const auto answer = settlement::share_bounds(claim, policy);
  const auto* bounds = std::get_if<settlement::ShareBounds>(&answer);
  if (bounds == nullptr) return "lowest: expected a refusal, found a settlement";
  if (bounds->last_known != sale.lowest->last_known) {
    return differs("lowest.last_known", bounds->last_known, sale.lowest->last_known);
  }
  if (bounds->at_lowest != sale.claim.ytd) return "lowest: other counters than those of the least share";
  return {};
}

}  // namespace

Result<void> recompute(const record::Decoded& entry, const LawLibrary& library) {
  const auto* sale = std::get_if<record::Sale>(&entry.body);
  if (sale == nullptr) return {};
  const std::string path = "seq " + std::to_string(entry.head.seq);
  const auto law = library.find(*sale);
  if (!law) return trouble(troubles::law_absent, path, sale->pack + " " + sale->pack_digest);

  settlement::Claim claim = sale->claim;
  if (claim.person.psn_no.empty()) claim.person.psn_no = nobody;
  const auto read = settlement::claim_from_json(settlement::claim_to_json(claim));
  if (const auto* fault = std::get_if<settlement::ClaimError>(&read)) {
    return trouble(troubles::settlement_differs, path, "claim." + fault->path + ": " + fault->message_en);
  }
  if (sale->lowest) {
    if (const std::string difference = lowest_differs(*sale, std::get<settlement::Claim>(read), *law->policy);
        !difference.empty()) {
      return trouble(troubles::settlement_differs, path, difference);
    }
  }
  const auto outcome = settlement::settle(std::get<settlement::Claim>(read), *law->policy, settlement::TraceWish::none);
  if (const auto* refusal = std::get_if<settlement::Refusal>(&outcome)) {
    return trouble(troubles::settlement_differs, path,
                   fmt::format("expected the refusal {}, found a settlement", settlement::name_of(refusal->code)));
  }
  const auto& expected = std::get<Settlement>(outcome);
  if (const std::string difference = first_difference(expected, sale->settlement); !difference.empty()) {
    return trouble(troubles::settlement_differs, path, difference);
  }
  const auto counted = settlement::counted_between(*law->policy, claim.ytd, expected.ytd, sale->claim.begntime.day);
  if (!sale->counted.empty() && sale->counted != counted) {
    return trouble(troubles::settlement_differs, path, "counted: not what the settlement adds to its counters");
  }
  return {};
}

}  // namespace gongji::audit
