#include "offline/settlement/settle.h"

#include <algorithm>

#include "offline/base/check.h"
#include "offline/settlement/work.h"

namespace gongji::settlement {

namespace {

void read_counters(Sheet& sheet) {
  const std::vector<std::string>& names = sheet.policy.counters;
  GONGJI_CHECK(names.size() <= counters_max);
  for (std::size_t i = 0; i < names.size(); ++i) sheet.counters[i] = counter_before(sheet.claim, names[i]);
}

// Refusals that hold whatever the sale is made of.
std::optional<Refusal> refuse_at_the_door(const Claim& claim, const Policy& policy) {
  if (!claim.site.designated && claim.acct_used_flag != AccountUse::none) {
    return refuse(RefusalCode::site_not_designated, &policy.row(policy.undesignated_account_row), "site.designated");
  }
  if ((policy.excluded_causes >> static_cast<unsigned>(claim.visit.cause) & 1u) != 0) {
    return refuse(RefusalCode::excluded_cause, &policy.row(policy.excluded_cause_row), "visit.cause");
  }
  const Day day = claim.begntime.day;
  if (const auto begin = benefits_begin(claim.person, policy); begin.has_value() && day < begin->day) {
    return refuse(RefusalCode::waiting_period, &policy.row(begin->row), "person.paid_on");
  }
  if (claim.person.entitled_from.has_value() && day < *claim.person.entitled_from) {
    return refuse(RefusalCode::waiting_period, &policy.row(policy.entitlement_row), "person.entitled_from");
  }
  if (claim.person.entitled_to.has_value() && day > *claim.person.entitled_to) {
    return refuse(RefusalCode::waiting_period, &policy.row(policy.entitlement_row), "person.entitled_to");
  }
  return std::nullopt;
}

std::optional<Refusal> settle_fund(Sheet& sheet, const Circumstances& circumstances) {
  if (sheet.in_scope == sheet.first_paid) return std::nullopt;
  if (!circumstances.fund_possible) {
    sheet.tracer.add("no_fund_share", {}, sheet.in_scope - sheet.first_paid, 0,
                     sheet.policy.row(circumstances.why_not));
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
                   [&] { return sheet.policy.categories[circumstances.category].id; });
}

void allocate_fund(Sheet& sheet) {
  std::array<std::int64_t, lines_max> weights;
  std::array<std::int64_t, lines_max> shares;
  for (std::size_t i = 0; i < sheet.count; ++i) weights[i] = sheet.lines[i].weight;
  allocate(sheet.fund + sheet.additional, weights.data(), sheet.count, shares.data());
  for (std::size_t i = 0; i < sheet.count; ++i) sheet.lines[i].fund = shares[i];
}

// One ratio as it stands in the law; of several, what they came to, to four decimals.
Rate ratio_used(const Sheet& sheet) {
  const std::int64_t base = sheet.in_scope - sheet.deductible;
  if (!sheet.several_ratios) return Rate::ppm(sheet.ratio_ppm);
  __extension__ using Wide = unsigned __int128;
  const Wide divisor = static_cast<Wide>(base);
  return Rate::ppm(static_cast<std::int64_t>((static_cast<Wide>(sheet.fund) * 20'000 + divisor) / (2 * divisor)) * 100);
}

void write_code_counters(const Sheet& sheet, const CodeCounter& family, Refill<Counter>& out) {
  for (const Counter& counter : sheet.claim.ytd) {
    if (counter.name.starts_with(family.prefix) && counter.name.ends_with(family.suffix)) out.add() = counter;
  }
  if (!sheet.by_code) return;
  for (std::size_t i = 0; i < sheet.count; ++i) {
    if (sheet.code_deductible[i] == 0) continue;
    const std::string& code = sheet.claim.lines[i].med_list_codg;
    const auto counters = out.all();
    auto found = std::find_if(counters.begin(), counters.end(),
                              [&](const Counter& each) { return is_code_counter(each.name, family, code); });
    Counter& counter = found == counters.end() ? out.add() : *found;
    if (found == counters.end()) {
      counter.name.assign(family.prefix).append(code).append(family.suffix);
      counter.value = Money();
    }
    counter.value += Money::fen(sheet.code_deductible[i]);
  }
}

// Every counter that the policy declares, then those of single codes: as they came in, then the new ones.
void write_counters(const Sheet& sheet, Refill<Counter> out) {
  const std::vector<std::string>& names = sheet.policy.counters;
  out.reserve(names.size());
  for (std::size_t i = 0; i < names.size(); ++i) {
    Counter& counter = out.add();
    counter.name = names[i];
    counter.value = Money::fen(sheet.counters[i]);
  }
  if (sheet.policy.code_counter.has_value()) write_code_counters(sheet, *sheet.policy.code_counter, out);
  out.end();
}

void write(const Sheet& sheet, Settlement& out, SettlementMemory& memory) {
  Totals& totals = out.totals;
  const std::int64_t personal = sheet.total - sheet.fund - sheet.additional;
  const std::int64_t accounts = sheet.own_paid + sheet.family_paid;
  totals.medfee_sumamt = Money::fen(sheet.total);
  totals.fulamt_ownpay_amt = Money::fen(sheet.own_cost);
  totals.overlmt_selfpay = Money::fen(sheet.over_limit);
  totals.preselfpay_amt = Money::fen(sheet.first_part);
  totals.inscp_scp_amt = Money::fen(sheet.in_scope);
  totals.act_pay_dedc = Money::fen(sheet.deductible);
  totals.hifp_pay = Money::fen(sheet.fund);
  totals.pool_prop_selfpay = ratio_used(sheet);
  totals.hifob_pay = Money::fen(sheet.additional);
  totals.fund_pay_sumamt = Money::fen(sheet.fund + sheet.additional);
  totals.psn_part_amt = Money::fen(personal);
  totals.acct_pay = Money::fen(accounts);
  totals.acct_mulaid_pay = Money::fen(sheet.family_paid);
  totals.psn_cash_pay = Money::fen(personal - accounts);
  totals.balc = Money::fen(sheet.own_left);

  Refill<LineShares> lines(out.lines, memory.lines);
  lines.reserve(sheet.count);
  for (std::size_t i = 0; i < sheet.count; ++i) {
    const LineSheet& from = sheet.lines[i];
    LineShares& to = lines.add();
    to.feedetl_sn = sheet.claim.lines[i].feedetl_sn;
    to.fulamt_ownpay_amt = Money::fen(from.own_cost);
    to.overlmt_amt = Money::fen(from.over_limit);
    to.preselfpay_amt = Money::fen(from.first_part);
    to.inscp_scp_amt = Money::fen(from.in_scope);
    to.fund = Money::fen(from.fund);
    to.account = Money::fen(from.account);
    to.cash = Money::fen(from.amount - from.fund - from.account);
  }

  lines.end();

  write_counters(sheet, {out.ytd, memory.counters});
}

}  // namespace

std::int64_t counter_before(const Claim& claim, std::string_view name) {
  for (const Counter& counter : claim.ytd) {
    if (counter.name == name) return counter.value.in_fen();
  }
  return 0;
}

bool is_code_counter(std::string_view counter, const CodeCounter& family, std::string_view code) {
  return counter.size() == family.prefix.size() + code.size() + family.suffix.size() &&
         counter.starts_with(family.prefix) && counter.ends_with(family.suffix) &&
         counter.substr(family.prefix.size(), code.size()) == code;
}

std::int64_t code_counter_before(const Claim& claim, const CodeCounter& family, std::string_view code) {
  for (const Counter& counter : claim.ytd) {
    if (is_code_counter(counter.name, family, code)) return counter.value.in_fen();
  }
  return 0;
}

namespace {

std::optional<Refusal> settle_on(const Claim& claim, const Policy& policy, TraceWish wish,
                                 std::vector<Movement>* movements, Settlement& out, SettlementMemory& memory) {
  GONGJI_CHECK(!claim.lines.empty() && claim.lines.size() <= lines_max);
  if (auto refusal = refuse_at_the_door(claim, policy); refusal.has_value()) return refusal;

  Sheet sheet(claim, policy, wish, movements, out, memory);
  read_counters(sheet);
  const Circumstances circumstances = judge(claim, policy);
  split_lines(sheet, circumstances);
  if (policy.accounts.first_kinds != 0) draw_first_accounts(sheet);
  write_category_step(sheet, circumstances);
  if (auto refusal = settle_fund(sheet, circumstances); refusal.has_value()) return refusal;
  allocate_fund(sheet);
  draw_accounts(sheet);
  sheet.payments.end();
  sheet.tracer.end();
  write(sheet, out, memory);
  return std::nullopt;
}

}  // namespace

std::optional<Refusal> settle_into(const Claim& claim, const Policy& policy, TraceWish wish, Settlement& out,
                                   SettlementMemory& memory) {
  return settle_on(claim, policy, wish, nullptr, out, memory);
}

std::optional<Refusal> settle_into(const Claim& claim, const Policy& policy, std::vector<Movement>& movements,
                                   Settlement& out, SettlementMemory& memory) {
  return settle_on(claim, policy, TraceWish::none, &movements, out, memory);
}

Outcome settle(const Claim& claim, const Policy& policy, TraceWish wish) {
  Settlement settlement;
  SettlementMemory memory;
  if (auto refusal = settle_into(claim, policy, wish, settlement, memory); refusal.has_value())
    return std::move(*refusal);
  return settlement;
}

}  // namespace gongji::settlement
