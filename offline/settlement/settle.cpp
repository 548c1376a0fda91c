#include "offline/settlement/settle.h"

#include "offline/base/check.h"
#include "offline/settlement/work.h"

namespace gongji::settlement {

namespace {

void read_counters(Sheet& sheet) {
  const std::vector<std::string>& names = sheet.policy.counters;
  GONGJI_CHECK(names.size() <= counters_max);
  for (std::size_t i = 0; i < names.size(); ++i) {
    sheet.counters[i] = 0;
    for (const Counter& counter : sheet.claim.ytd) {
      if (counter.name == names[i]) {
        sheet.counters[i] = counter.value.in_fen();
        break;
      }
    }
  }
}

// Refusals that hold whatever the sale is made of.
std::optional<Refusal> refuse_at_the_door(const Claim& claim, const Policy& policy) {
  if (!claim.site.designated && claim.acct_used_flag != AccountUse::none) {
    return refuse(RefusalCode::site_not_designated, &policy.row(policy.undesignated_account_row), "site.designated");
  }
  const Day day = claim.begntime.day;
  if (claim.person.entitled_from.has_value() && day < *claim.person.entitled_from) {
    return refuse(RefusalCode::waiting_period, &policy.row(policy.entitlement_row), "person.entitled_from");
  }
  if (claim.person.entitled_to.has_value() && day > *claim.person.entitled_to) {
    return refuse(RefusalCode::waiting_period, &policy.row(policy.entitlement_row), "person.entitled_to");
  }
  return std::nullopt;
}

std::optional<Refusal> settle_fund(Sheet& sheet, const Circumstances& circumstances) {
  if (sheet.in_scope == 0) return std::nullopt;
  if (!circumstances.fund_possible) {
    sheet.tracer.add("no_fund_share", {}, sheet.in_scope, 0, sheet.policy.row(circumstances.why_not));
    return std::nullopt;
  }
  if (circumstances.pending.has_value()) {
    const RowRef ref = circumstances.pending_row;
    return refuse(*circumstances.pending, ref == no_row ? nullptr : &sheet.policy.row(ref), circumstances.pending_path);
  }
  return run_stages(sheet, circumstances);
}

void write_category_step(Sheet& sheet, const Circumstances& circumstances) {
  // Only where the day of the formalities decides: otherwise psn_type speaks for itself.
  if (!sheet.tracer.wanted() || !circumstances.fund_possible || !sheet.claim.person.retired_on.has_value()) return;
  if (sheet.policy.retired_row == no_row || sheet.policy.categories.empty()) return;
  sheet.tracer.add("category", {}, sheet.in_scope, sheet.in_scope, sheet.policy.row(sheet.policy.retired_row),
                   sheet.policy.categories[circumstances.category].id);
}

void allocate_fund(Sheet& sheet) {
  std::array<std::int64_t, lines_max> weights;
  std::array<std::int64_t, lines_max> shares;
  for (std::size_t i = 0; i < sheet.count; ++i) weights[i] = sheet.lines[i].weight;
  allocate(sheet.fund, weights.data(), sheet.count, shares.data());
  for (std::size_t i = 0; i < sheet.count; ++i) sheet.lines[i].fund = shares[i];
}

void write(const Sheet& sheet, Settlement& out) {
  Totals& totals = out.totals;
  const std::int64_t personal = sheet.total - sheet.fund;
  const std::int64_t accounts = sheet.own_paid + sheet.family_paid;
  totals.medfee_sumamt = Money::fen(sheet.total);
  totals.fulamt_ownpay_amt = Money::fen(sheet.own_cost);
  totals.overlmt_selfpay = Money::fen(sheet.over_limit);
  totals.preselfpay_amt = Money::fen(sheet.first_part);
  totals.inscp_scp_amt = Money::fen(sheet.in_scope);
  totals.act_pay_dedc = Money::fen(sheet.deductible);
  totals.hifp_pay = Money::fen(sheet.fund);
  totals.pool_prop_selfpay = Rate::ppm(sheet.ratio_ppm);
  totals.hifob_pay = Money();
  totals.fund_pay_sumamt = Money::fen(sheet.fund);
  totals.psn_part_amt = Money::fen(personal);
  totals.acct_pay = Money::fen(accounts);
  totals.acct_mulaid_pay = Money::fen(sheet.family_paid);
  totals.psn_cash_pay = Money::fen(personal - accounts);
  totals.balc = Money::fen(sheet.own_left);

  out.lines.resize(sheet.count);
  for (std::size_t i = 0; i < sheet.count; ++i) {
    const LineSheet& from = sheet.lines[i];
    LineShares& to = out.lines[i];
    to.feedetl_sn = sheet.claim.lines[i].feedetl_sn;
    to.fulamt_ownpay_amt = Money::fen(from.own_cost);
    to.overlmt_amt = Money::fen(from.over_limit);
    to.preselfpay_amt = Money::fen(from.first_part);
    to.inscp_scp_amt = Money::fen(from.in_scope);
    to.fund = Money::fen(from.fund);
    to.account = Money::fen(from.account);
    to.cash = Money::fen(from.amount - from.fund - from.account);
  }

  out.ytd.resize(sheet.policy.counters.size());
  for (std::size_t i = 0; i < out.ytd.size(); ++i) {
    out.ytd[i].name = sheet.policy.counters[i];
    out.ytd[i].value = Money::fen(sheet.counters[i]);
  }
}

}  // namespace

std::optional<Refusal> settle_into(const Claim& claim, const Policy& policy, TraceWish wish, Settlement& out) {
  GONGJI_CHECK(!claim.lines.empty() && claim.lines.size() <= lines_max);
  if (auto refusal = refuse_at_the_door(claim, policy); refusal.has_value()) return refusal;

  Sheet sheet(claim, policy, wish, out.trace);
  read_counters(sheet);
  const Circumstances circumstances = judge(claim, policy);
  split_lines(sheet, circumstances);
  write_category_step(sheet, circumstances);
  if (auto refusal = settle_fund(sheet, circumstances); refusal.has_value()) return refusal;
  allocate_fund(sheet);
  draw_accounts(sheet, out.accounts);
  write(sheet, out);
  return std::nullopt;
}

Outcome settle(const Claim& claim, const Policy& policy, TraceWish wish) {
  Settlement settlement;
  if (auto refusal = settle_into(claim, policy, wish, settlement); refusal.has_value()) return std::move(*refusal);
  return settlement;
}

}  // namespace gongji::settlement
