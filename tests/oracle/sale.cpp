#include "tests/oracle/sale.h"

#include <algorithm>
#include <numeric>

namespace gongji::testing {

using namespace settlement;

bool begins(const std::string& text, const char* with) {
  return text.rfind(with, 0) == 0;
}

std::optional<bool> is_retired_by_hand(const Claim& claim, bool from_next_month) {
  if (claim.person.retired_on.has_value()) {
    const Day on = *claim.person.retired_on, now = claim.begntime.day;
    if (from_next_month) return now.year() * 12 + now.month() > on.year() * 12 + on.month();
    return now >= on;
  }
  if (begins(claim.person.psn_type, "12") || claim.person.psn_type == "1112") return true;
  if (begins(claim.person.psn_type, "11")) return false;
  return std::nullopt;
}

std::vector<std::int64_t> divided(std::int64_t total, const std::vector<Fraction::Wide>& weights) {
  std::vector<std::int64_t> shares(weights.size(), 0);
  const Fraction::Wide sum = std::accumulate(weights.begin(), weights.end(), Fraction::Wide{0});
  if (total == 0) return shares;
  GONGJI_CHECK(sum > 0);
  std::vector<Fraction> remainders;
  std::int64_t given = 0;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const Fraction quota = Fraction(total) * Fraction(weights[i], sum);
    shares[i] = quota.floor();
    given += shares[i];
    remainders.push_back(quota - Fraction(shares[i]));
  }
  for (; given < total; ++given) {
    std::size_t largest = 0;
    for (std::size_t i = 1; i < remainders.size(); ++i) {
      if (remainders[largest] < remainders[i]) largest = i;
    }
    ++shares[largest];
    remainders[largest] = Fraction(-1);
  }
  return shares;
}

Sale::Sale(const std::string& the_scheme, const Claim& the_claim, const OpenFigures& the_figures)
    : scheme(the_scheme), claim(the_claim), figures(the_figures) {
  for (const Counter& each : claim.ytd) counters[each.name] = each.value.in_fen();
}

bool Sale::elsewhere() const {
  return claim.visit.region == Region::referred || claim.visit.region == Region::temporary;
}

std::int64_t Sale::in_scope_sum() const {
  return std::accumulate(in_scope.begin(), in_scope.end(), std::int64_t{0});
}

bool Sale::names_disease(const std::string& disease) const {
  const auto& named = claim.visit.diseases;
  return std::find(named.begin(), named.end(), disease) != named.end();
}

std::int64_t Sale::open(const std::string& parameter) const {
  const auto found = figures.find(parameter);
  if (found == figures.end()) throw Refused{RefusalCode::parameter_unset, parameter};
  return found->second;
}

void Sale::not_in_pack() {
  throw Refused{RefusalCode::benefit_not_in_pack, ""};
}

void Sale::split(const std::function<std::int64_t(const Line&, std::int64_t)>& part) {
  for (const Line& line : claim.lines) {
    const std::int64_t all = line.det_item_fee_sumamt.in_fen();
    const bool no_code = scheme == "yuxi-employee" && pharmacy() && line.med_list_codg.empty();  // 16(1)
    const bool own = line.kind == LineKind::other || line.excluded || line.chrgitm_lv == LineClass::c || no_code;
    std::int64_t over = 0;
    if (!own && line.pric_uplmt_amt.has_value()) {
      const Fraction most =
          Fraction(line.pric_uplmt_amt->millionths, 10'000) * Fraction(line.cnt.ten_thousandths, 10'000);  // fen
      over = std::max<std::int64_t>(0, all - most.half_up());
    }
    const std::int64_t rest = own ? 0 : all - over;
    const std::int64_t first = own ? 0 : part(line, rest);
    amount.push_back(all);
    own_cost.push_back(own ? all : 0);
    over_limit.push_back(over);
    first_part.push_back(first);
    in_scope.push_back(rest - first);
    fund_share.push_back(0);
    account_share.push_back(0);
  }
}

std::int64_t Sale::own_first_part(const Line& line, std::int64_t rest) {
  if (line.chrgitm_lv != LineClass::b || !line.selfpay_prop.has_value()) return 0;
  return (Fraction(rest) * Fraction::ppm(line.selfpay_prop->in_ppm())).half_up();
}

std::int64_t Sale::take_deductible(std::int64_t rest, std::int64_t threshold, const std::string& counter) {
  const std::int64_t before = counter.empty() ? 0 : counters[counter];
  std::int64_t taken = 0;
  if (before < threshold) taken = threshold - before < rest ? threshold - before : rest;
  if (!counter.empty()) counters[counter] += taken;
  deductible += taken;
  return rest - taken;
}

std::int64_t Sale::within(std::int64_t share, std::int64_t limit, const std::string& counter) const {
  const auto used = counters.find(counter);
  const std::int64_t left = limit - (used == counters.end() ? 0 : used->second);
  return left < 0 ? 0 : left < share ? left : share;
}

void Sale::decided_by(const Fraction& ratio) {
  if (std::find(ratios.begin(), ratios.end(), ratio) == ratios.end()) ratios.push_back(ratio);
}

void Sale::spread_fund(const std::vector<Fraction::Wide>& weights) {
  fund_share = divided(fund + additional, weights);
}

bool Sale::may_pay_line(std::size_t index, bool code_needed) const {
  const Line& line = claim.lines[index];
  if (line.kind == LineKind::other || line.excluded) return false;
  if (pharmacy() && line.kind == LineKind::service) return false;
  return !(code_needed && pharmacy() && line.med_list_codg.empty());
}

std::int64_t Sale::pay_in_scope_first() {
  if (claim.acct_used_flag == AccountUse::none) return 0;
  std::int64_t owed = 0, paid = 0;
  std::vector<Fraction::Wide> weights;
  for (std::size_t i = 0; i < in_scope.size(); ++i) {
    weights.push_back(may_pay_line(i, false) ? in_scope[i] : 0);
    owed += static_cast<std::int64_t>(weights.back());
  }
  for (const Account& each : claim.accounts) {
    const bool of_scheme = each.scheme.empty() || each.scheme == scheme;
    if (!each.is_own() || each.kind != AccountKind::current || !of_scheme) continue;
    const std::int64_t now = std::min(each.balc.in_fen(), owed - paid);
    if (now == 0) continue;
    payments.push_back({each.owner, each.kind, Money::fen(now)});
    paid += now;
  }
  account_share = divided(paid, weights);
  return paid;
}

namespace {

bool is_kin(Relation relation) {
  return relation == Relation::spouse || relation == Relation::parent || relation == Relation::child;
}

// Whether the OWNER's scheme lets this account pay for this patient at all.
bool may_pay(const Account& account, const std::string& owner, const Claim& claim) {
  const bool own = account.is_own();
  if (owner == "wuhan-employee") return own || (account.listed && is_kin(account.relation));
  if (owner == "shanghai-employee") {  // this year's own money pays first or never, family money of earlier years only
    return account.kind == AccountKind::prior && (own || (account.listed && is_kin(account.relation)));
  }
  if (owner == "yuxi-employee") {
    return own || (account.listed && is_kin(account.relation) && begins(claim.person.insuplc_admdvs, "53"));
  }
  if (owner == "suyu-resident") {  // 50 yuan a year for outpatient care, not shared
    for (const char* outpatient : {"11", "12", "13", "14", "1301", "9901"}) {
      if (claim.visit.med_type == outpatient) return own;
    }
  }
  return false;
}

}  // namespace

void Sale::pay_from_accounts() {
  if (claim.acct_used_flag == AccountUse::none) return;
  std::vector<const Account*> order;
  for (const Account& each : claim.accounts) {
    if (each.is_own()) order.push_back(&each);
  }
  for (const Account& each : claim.accounts) {
    if (!each.is_own() && claim.acct_used_flag == AccountUse::family) order.push_back(&each);
  }
  // Accounts one after the other that may pay the same goods are one purse: what it pays is spread in one go.
  std::vector<Fraction::Wide> owed;
  std::int64_t owed_in_all = 0, purse = 0;
  std::optional<bool> purse_needs_code;
  const auto empty_purse = [&] {
    if (purse > 0) {
      const auto shares = divided(purse, owed);
      for (std::size_t i = 0; i < shares.size(); ++i) account_share[i] += shares[i];
    }
    purse = 0;
  };
  for (const Account* account : order) {
    const std::string owner = account->scheme.empty() ? scheme : account->scheme;
    const bool paid_first =
        account->is_own() && scheme == "shanghai-employee" && owner == scheme && account->kind == AccountKind::current;
    if (paid_first || !may_pay(*account, owner, claim)) continue;
    const bool needs_code = pharmacy() && (owner == "yuxi-employee" || scheme == "yuxi-employee");
    if (purse_needs_code != needs_code) {
      empty_purse();
      purse_needs_code = needs_code;
      owed.clear();
      owed_in_all = 0;
      for (std::size_t i = 0; i < amount.size(); ++i) {
        owed.push_back(may_pay_line(i, needs_code) ? amount[i] - fund_share[i] - account_share[i] : 0);
        owed_in_all += static_cast<std::int64_t>(owed.back());
      }
    }
    const std::int64_t now = std::min(account->balc.in_fen(), owed_in_all - purse);
    if (now == 0) continue;
    purse += now;
    payments.push_back({account->owner, account->kind, Money::fen(now)});
  }
  empty_purse();
}

OracleAnswer Sale::answer() const {
  OracleAnswer out;
  out.counters = counters;
  out.accounts = payments;
  Totals& t = out.totals;
  for (std::size_t i = 0; i < amount.size(); ++i) {
    LineShares line;
    line.feedetl_sn = claim.lines[i].feedetl_sn;
    line.fulamt_ownpay_amt = Money::fen(own_cost[i]);
    line.overlmt_amt = Money::fen(over_limit[i]);
    line.preselfpay_amt = Money::fen(first_part[i]);
    line.inscp_scp_amt = Money::fen(in_scope[i]);
    line.fund = Money::fen(fund_share[i]);
    line.account = Money::fen(account_share[i]);
    line.cash = Money::fen(amount[i] - fund_share[i] - account_share[i]);
    t.medfee_sumamt += Money::fen(amount[i]);
    t.fulamt_ownpay_amt += line.fulamt_ownpay_amt;
    t.overlmt_selfpay += line.overlmt_amt;
    t.preselfpay_amt += line.preselfpay_amt;
    t.inscp_scp_amt += line.inscp_scp_amt;
    out.lines.push_back(line);
  }
  t.act_pay_dedc = Money::fen(deductible);
  t.hifp_pay = Money::fen(fund);
  t.hifob_pay = Money::fen(additional);
  t.fund_pay_sumamt = Money::fen(fund + additional);
  t.psn_part_amt = t.medfee_sumamt - t.fund_pay_sumamt;
  for (const AccountPayment& each : payments) {
    t.acct_pay += each.paid;
    if (each.owner != "self") t.acct_mulaid_pay += each.paid;
  }
  t.psn_cash_pay = t.psn_part_amt - t.acct_pay;
  for (const Account& each : claim.accounts) {
    if (each.is_own()) t.balc += each.balc;
  }
  t.balc = t.balc - (t.acct_pay - t.acct_mulaid_pay);
  if (averaged || ratios.size() > 1) {
    const Fraction average = Fraction(fund, (t.inscp_scp_amt - t.act_pay_dedc).in_fen());
    t.pool_prop_selfpay = Rate::ppm((average * Fraction(10'000)).half_up() * 100);
  } else if (!ratios.empty()) {
    t.pool_prop_selfpay = Rate::ppm((ratios.front() * Fraction(1'000'000)).half_up());
  }
  return out;
}

}  // namespace gongji::testing
