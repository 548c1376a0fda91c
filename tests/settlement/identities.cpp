#include "tests/settlement/identities.h"

#include <set>

#include "offline/settlement/explain.h"

namespace gongji::testing {

using namespace settlement;

// What must hold, and its own text as the message.
#define MUST_HOLD(condition) \
  if (!(condition)) return #condition

std::string broken_identity(const Claim& claim, const Settlement& settlement) {
  const Totals& t = settlement.totals;
  MUST_HOLD(t.medfee_sumamt == t.fulamt_ownpay_amt + t.overlmt_selfpay + t.preselfpay_amt + t.inscp_scp_amt);
  MUST_HOLD(t.medfee_sumamt == t.fund_pay_sumamt + t.psn_part_amt);
  MUST_HOLD(t.fund_pay_sumamt == t.hifp_pay + t.hifob_pay);
  MUST_HOLD(t.psn_part_amt == t.acct_pay + t.psn_cash_pay);
  MUST_HOLD(t.hifp_pay >= Money());
  MUST_HOLD(t.hifob_pay >= Money());
  MUST_HOLD(t.acct_mulaid_pay >= Money());
  MUST_HOLD(t.acct_mulaid_pay <= t.acct_pay);
  MUST_HOLD(t.psn_cash_pay >= Money());
  MUST_HOLD(t.act_pay_dedc >= Money());
  MUST_HOLD(t.fund_pay_sumamt <= t.inscp_scp_amt - t.act_pay_dedc);
  MUST_HOLD(t.pool_prop_selfpay.in_ppm() >= 0);
  MUST_HOLD(t.pool_prop_selfpay.in_ppm() <= 1'000'000);

  MUST_HOLD(settlement.lines.size() == claim.lines.size());
  Money total, own, over, first, scope, fund, account, cash;
  for (std::size_t i = 0; i < claim.lines.size(); ++i) {
    const LineShares& line = settlement.lines[i];
    const Money amount = claim.lines[i].det_item_fee_sumamt;
    MUST_HOLD(line.feedetl_sn == claim.lines[i].feedetl_sn);
    MUST_HOLD(line.fund + line.account + line.cash == amount);
    MUST_HOLD(line.fulamt_ownpay_amt + line.overlmt_amt + line.preselfpay_amt + line.inscp_scp_amt == amount);
    for (const Money part : {line.fulamt_ownpay_amt, line.overlmt_amt, line.preselfpay_amt, line.inscp_scp_amt,
                             line.fund, line.account, line.cash}) {
      MUST_HOLD(part >= Money());
    }
    MUST_HOLD(line.fund <= line.inscp_scp_amt);
    const bool barred = claim.lines[i].kind == LineKind::other || claim.lines[i].excluded;
    MUST_HOLD(!barred || line.account == Money());
    total += amount;
    own += line.fulamt_ownpay_amt;
    over += line.overlmt_amt;
    first += line.preselfpay_amt;
    scope += line.inscp_scp_amt;
    fund += line.fund;
    account += line.account;
    cash += line.cash;
  }
  MUST_HOLD(total == t.medfee_sumamt);
  MUST_HOLD(own == t.fulamt_ownpay_amt);
  MUST_HOLD(over == t.overlmt_selfpay);
  MUST_HOLD(first == t.preselfpay_amt);
  MUST_HOLD(scope == t.inscp_scp_amt);
  MUST_HOLD(fund == t.fund_pay_sumamt);
  MUST_HOLD(account == t.acct_pay);
  MUST_HOLD(cash == t.psn_cash_pay);

  Money paid, family, own_left;
  for (const AccountPayment& payment : settlement.accounts) {
    MUST_HOLD(payment.paid > Money());
    paid += payment.paid;
    if (payment.owner != "self") family += payment.paid;
  }
  MUST_HOLD(paid == t.acct_pay);
  MUST_HOLD(family == t.acct_mulaid_pay);
  MUST_HOLD(claim.acct_used_flag != AccountUse::none || paid == Money());
  MUST_HOLD(claim.acct_used_flag == AccountUse::family || family == Money());
  for (const Account& each : claim.accounts) {
    if (each.is_own()) own_left += each.balc;
  }
  MUST_HOLD(t.balc == own_left - (paid - family));
  // no owner gives more than its accounts of that kind hold
  for (const AccountPayment& payment : settlement.accounts) {
    Money given, held;
    for (const AccountPayment& other : settlement.accounts) {
      if (other.owner == payment.owner && other.kind == payment.kind) given += other.paid;
    }
    for (const Account& account_of : claim.accounts) {
      if (account_of.owner == payment.owner && account_of.kind == payment.kind) held += account_of.balc;
    }
    MUST_HOLD(given <= held);
  }
  return "";
}

namespace {

// What one pass over the steps adds up.
struct Sums {
  Money own_cost, over_limit, first_part, deductible, first_accounts, own_accounts, family_accounts, additional;
  Money fund;    // as the last step of the fund left it
  Money beyond;  // what is paid beyond a limit by the same fund
};

bool numbers_are_unique(const Claim& claim) {
  std::set<std::string> numbers{""};
  for (const Line& line : claim.lines) {
    if (!numbers.insert(line.feedetl_sn).second) return false;
  }
  return true;
}

// A line's steps hang together: each begins with what the one before it left.
std::string broken_line(const Claim& claim, const Settlement& settlement, std::size_t index, Sums& sums) {
  const LineShares& shares = settlement.lines[index];
  Money stands = claim.lines[index].det_item_fee_sumamt;
  for (const Step& step : settlement.trace) {
    if (step.line != shares.feedetl_sn) continue;
    const Money taken = step.before - step.after;
    if (step.step == "deductible") {  // for each drug: behind all steps that make the in-scope cost
      MUST_HOLD(step.before <= shares.inscp_scp_amt);
      sums.deductible += taken;
      continue;
    }
    MUST_HOLD(step.before == stands);
    MUST_HOLD(taken >= Money());
    stands = step.after;
    if (step.step == "own_cost") {
      sums.own_cost += taken;
    } else if (step.step == "over_limit") {
      sums.over_limit += taken;
    } else if (step.step == "class_b_first_part" || step.step == "cross_region_first_part") {
      sums.first_part += taken;
    } else {
      return "a line's step of an unknown name: " + step.step;
    }
  }
  MUST_HOLD(stands == shares.inscp_scp_amt);
  return "";
}

}  // namespace

std::string broken_trace(const Claim& claim, const Settlement& settlement) {
  const Totals& t = settlement.totals;
  Sums sums;
  for (const Step& step : settlement.trace) {
    MUST_HOLD(!step.rule.empty());
    MUST_HOLD(!step.value.empty());
    MUST_HOLD(!step.article.empty());
    MUST_HOLD(!step.source.empty());
    MUST_HOLD(step.holds_from.has_value());
    for (const Language language : {Language::zh, Language::en}) {
      const std::string text = explain(step, language);
      MUST_HOLD(text.find(step.article) != std::string::npos);
      MUST_HOLD(text.find(to_string(*step.holds_from)) != std::string::npos);
    }
  }
  if (!numbers_are_unique(claim)) return "";  // the steps cannot be told apart by their line
  for (std::size_t i = 0; i < claim.lines.size(); ++i) {
    if (std::string broken = broken_line(claim, settlement, i, sums); !broken.empty()) return broken;
  }

  // the steps of the whole: what is in scope, step by step down to what the fund pays
  Money left = t.inscp_scp_amt, bands, classes;
  bool share_began = false, no_share = false, by_code = false;
  for (const Step& step : settlement.trace) {
    by_code = by_code || (!step.line.empty() && step.step == "deductible");
    if (!step.line.empty()) continue;
    const Money taken = step.before - step.after;
    if (step.step == "own_account_first") {
      sums.first_accounts += taken;
    } else if (step.step == "own_account") {
      sums.own_accounts += taken;
    } else if (step.step == "family_account") {
      sums.family_accounts += taken;
    } else if (step.step == "category" || step.step == "ratio_lowered" || step.step == "class_b_lowered" ||
               step.step == "account_skipped") {
      MUST_HOLD(taken == Money());
    } else if (step.step == "no_fund_share") {
      MUST_HOLD(step.before == left - sums.first_accounts);
      no_share = true;
    } else if (step.step == "deductible") {
      MUST_HOLD(step.before == left - sums.first_accounts - sums.deductible);
      sums.deductible += taken;
    } else if (step.step == "fund_ratio") {
      MUST_HOLD(by_code || step.before == left - sums.first_accounts - sums.deductible);
      sums.fund = step.after;
      share_began = true;
    } else if (step.step == "class_ratio") {
      classes += step.before;
      sums.fund += step.after;
      share_began = true;
    } else if (step.step == "band_ratio") {
      bands += step.before;
    } else if (step.step == "fund_bands") {
      MUST_HOLD(step.before == bands);
      MUST_HOLD(bands == left - sums.first_accounts - sums.deductible);
      sums.fund = step.after;
      share_began = true;
    } else if (step.step == "cap") {
      MUST_HOLD(share_began);
      MUST_HOLD(step.before == sums.fund);
      MUST_HOLD(step.after <= step.before);
      sums.fund = step.after;
    } else if (step.step == "beyond_limit" || step.step == "additional_fund") {
      (step.step == "beyond_limit" ? sums.beyond : sums.additional) = step.after;
    } else if (step.step == "beyond_cap") {
      MUST_HOLD(step.before == sums.beyond || step.before == sums.additional);
      (step.before == sums.beyond ? sums.beyond : sums.additional) = step.after;
    } else {
      return "a step of an unknown name: " + step.step;
    }
  }
  MUST_HOLD(classes == Money() || classes == t.inscp_scp_amt);
  MUST_HOLD(!no_share || t.fund_pay_sumamt == Money());
  MUST_HOLD(sums.own_cost == t.fulamt_ownpay_amt);
  MUST_HOLD(sums.over_limit == t.overlmt_selfpay);
  MUST_HOLD(sums.first_part == t.preselfpay_amt);
  MUST_HOLD(sums.deductible == t.act_pay_dedc);
  MUST_HOLD(sums.fund + sums.beyond == t.hifp_pay);
  MUST_HOLD(sums.additional == t.hifob_pay);
  MUST_HOLD(sums.first_accounts + sums.own_accounts == t.acct_pay - t.acct_mulaid_pay);
  MUST_HOLD(sums.family_accounts == t.acct_mulaid_pay);
  return "";
}

#undef MUST_HOLD

}  // namespace gongji::testing
