#include "sync/centre/report.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <tuple>

#include "sync/centre/troubles.h"

namespace gongji::centre {
namespace {

using nlohmann::ordered_json;

ordered_json json_of(const record::PayerShares& shares) {
  return {{"fund", shares.fund.in_fen()},
          {"account", shares.account.in_fen()},
          {"family", shares.family.in_fen()},
          {"cash", shares.cash.in_fen()}};
}

ordered_json json_of(const TerminalTotals& totals) {
  return {{"terminal", totals.terminal},     {"fixmedins_code", totals.fixmedins_code},
          {"state", totals.state},           {"reason", totals.reason},
          {"last_seq", totals.last_seq},     {"sales", totals.sales},
          {"cancels", totals.cancels},       {"papers", totals.papers},
          {"accepted", totals.accepted},     {"adjusted", totals.adjusted},
          {"refused", totals.refused},       {"medfee", totals.medfee.in_fen()},
          {"shares", json_of(totals.shares)}};
}

void add(TerminalTotals& sum, const TerminalTotals& one) {
  sum.last_seq += one.last_seq;
  sum.sales += one.sales;
  sum.cancels += one.cancels;
  sum.papers += one.papers;
  sum.accepted += one.accepted;
  sum.adjusted += one.adjusted;
  sum.refused += one.refused;
  sum.medfee += one.medfee;
  sum.shares.fund += one.shares.fund;
  sum.shares.account += one.shares.account;
  sum.shares.family += one.shares.family;
  sum.shares.cash += one.shares.cash;
}

std::string line_of(const TerminalTotals& totals) {
  return fmt::format("{:<12} {:<12} {:>6} {:>6} {:>6} {:>8} {:>8} {:>7} {:>13} {:>12} {:>12} {:>12} {:>12} {}\n",
                     totals.terminal, totals.fixmedins_code, totals.sales, totals.cancels, totals.papers,
                     totals.accepted, totals.adjusted, totals.refused, to_string(totals.medfee),
                     to_string(totals.shares.fund), to_string(totals.shares.account), to_string(totals.shares.family),
                     to_string(totals.shares.cash),
                     totals.reason.empty() ? totals.state : totals.state + ": " + totals.reason);
}

}  // namespace

Result<std::string> totals_report(Ledger& ledger, std::optional<Day> day, bool json) {
  std::vector<TerminalTotals> terminals;
  std::vector<std::pair<std::string, Money>> balances;
  bool in_balance = false;
  const auto outcome = ledger.transaction([&] {
    terminals = ledger.totals(day);
    balances = ledger.balances();
    in_balance = ledger.in_balance();
  });
  if (outcome.has_error()) return outcome.error();
  if (!in_balance) return trouble(troubles::ledger_unbalanced);

  TerminalTotals sum;
  sum.terminal = "all";
  for (const auto& one : terminals) add(sum, one);
  Money balance_sum;
  for (const auto& [name, amount] : balances) balance_sum += amount;
  if (json) {
    ordered_json rows = ordered_json::array(), accounts = ordered_json::object();
    for (const auto& one : terminals) rows.push_back(json_of(one));
    for (const auto& [name, amount] : balances) accounts[name] = amount.in_fen();
    return ordered_json{{"day", day ? ordered_json(to_string(*day)) : ordered_json(nullptr)},
                        {"terminals", std::move(rows)},
                        {"all", json_of(sum)},
                        {"balances", std::move(accounts)},
                        {"balance_sum", balance_sum.in_fen()}}
               .dump(2) +
           "\n";
  }
  std::string text =
      fmt::format("{:<12} {:<12} {:>6} {:>6} {:>6} {:>8} {:>8} {:>7} {:>13} {:>12} {:>12} {:>12} {:>12} {}\n",
                  "terminal", "site", "sales", "cancel", "papers", "accepted", "adjusted", "refused", "medfee", "fund",
                  "account", "family", "cash", "state");
  for (const auto& one : terminals) text += line_of(one);
  text += line_of(sum);
  text += "\nledger\n";
  for (const auto& [name, amount] : balances) text += fmt::format("  {:<28} {:>16}\n", name, to_string(amount));
  text += fmt::format("  {:<28} {:>16}\n", "sum", to_string(balance_sum));
  return text;
}

Result<std::string> person_report(Ledger& ledger, const std::string& psn_no, Day today, bool json) {
  std::optional<Person> person;
  std::vector<std::tuple<std::string, Money, Money>> accounts;  // kind, balance, held
  std::vector<settlement::Counted> counters;
  const auto outcome = ledger.transaction([&] {
    person = ledger.find_person(psn_no);
    if (!person) return;
    for (const auto& own : person->accounts) {
      const AccountId id = ledger.account(person_account(psn_no, own.kind), false);
      accounts.emplace_back(own.kind == settlement::AccountKind::current ? "current" : "prior", ledger.balance(id),
                            ledger.held(id, {}));
    }
    counters = ledger.counters(psn_no, today.plus_days(-366));
  });
  if (outcome.has_error()) return outcome.error();
  if (!person) return trouble(troubles::person_unknown);

  if (json) {
    ordered_json account_rows = ordered_json::array(), counter_rows = ordered_json::array();
    for (const auto& [kind, balance, held] : accounts) {
      account_rows.push_back({{"kind", kind}, {"balance", balance.in_fen()}, {"held", held.in_fen()}});
    }
    for (const auto& counter : counters) {
      counter_rows.push_back({{"scheme", counter.scheme},
                              {"name", counter.name},
                              {"since", to_string(counter.since)},
                              {"value", counter.value.in_fen()}});
    }
    return ordered_json{{"psn_no", psn_no},
                        {"name", person->name.masked()},
                        {"accounts", std::move(account_rows)},
                        {"counters", std::move(counter_rows)}}
               .dump(2) +
           "\n";
  }
  std::string text = fmt::format("{}  {}\n", psn_no, person->name.masked());
  for (const auto& [kind, balance, held] : accounts) {
    text += fmt::format("  account {:<10} {:>14}  held {:>12}\n", kind, to_string(balance), to_string(held));
  }
  for (const auto& counter : counters) {
    text += fmt::format("  since {} {:<24} {:>14}\n", to_string(counter.since), counter.name, to_string(counter.value));
  }
  return text;
}

}  // namespace gongji::centre
