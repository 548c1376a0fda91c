#include "sync/centre/ledger.h"

namespace gongji::centre {

std::vector<TerminalTotals> Ledger::totals(std::optional<Day> day) {
  std::vector<TerminalTotals> out;
  auto terminals =
      query("SELECT terminal, fixmedins_code, state, reason, last_seq FROM terminal ORDER BY terminal", "ttiti");
  while (step(terminals)) {
    TerminalTotals totals;
    totals.terminal = terminals.text(0);
    totals.fixmedins_code = terminals.text(1);
    const auto state = static_cast<TerminalState>(terminals.integer(2));
    totals.state = state == TerminalState::active    ? "active"
                   : state == TerminalState::revoked ? "revoked"
                                                     : "quarantined";
    totals.reason = terminals.text(3);
    totals.last_seq = terminals.count(4);
    auto sums = query(
        "SELECT COUNT(*) FILTER (WHERE kind = 1 AND cancelled = 0), COUNT(*) FILTER (WHERE kind = 2), "
        "COUNT(*) FILTER (WHERE kind = 3), COUNT(*) FILTER (WHERE verdict = 1), COUNT(*) FILTER (WHERE verdict = 2), "
        "COUNT(*) FILTER (WHERE verdict = 3), "
        "CAST(COALESCE(SUM(medfee) FILTER (WHERE kind = 1 AND cancelled = 0), 0) AS BIGINT), "
        "CAST(COALESCE(SUM(fund) FILTER (WHERE kind = 1 AND cancelled = 0), 0) AS BIGINT), "
        "CAST(COALESCE(SUM(account) FILTER (WHERE kind = 1 AND cancelled = 0), 0) AS BIGINT), "
        "CAST(COALESCE(SUM(family) FILTER (WHERE kind = 1 AND cancelled = 0), 0) AS BIGINT), "
        "CAST(COALESCE(SUM(cash) FILTER (WHERE kind = 1 AND cancelled = 0), 0) AS BIGINT) "
        "FROM outcome WHERE terminal = ?1 AND (?2 IS NULL OR day = ?2)",
        "iiiiiiiiiii");
    sums.bind(totals.terminal, day ? std::optional<std::int32_t>(day->number()) : std::nullopt);
    if (!step(sums)) return out;
    totals.sales = sums.count(0);
    totals.cancels = sums.count(1);
    totals.papers = sums.count(2);
    totals.accepted = sums.count(3);
    totals.adjusted = sums.count(4);
    totals.refused = sums.count(5);
    totals.medfee = sums.money(6);
    totals.shares = {sums.money(7), sums.money(8), sums.money(9), sums.money(10)};
    out.push_back(std::move(totals));
  }
  return out;
}

std::vector<std::pair<std::string, Money>> Ledger::balances() {
  std::vector<std::pair<std::string, Money>> out;
  auto select = query(
      "SELECT CASE WHEN name LIKE 'person:%' THEN 'persons' ELSE name END AS shown, CAST(SUM(balance) AS BIGINT) "
      "FROM account GROUP BY shown "
      "ORDER BY shown",
      "ti");
  while (step(select)) out.emplace_back(std::string(select.text(0)), select.money(1));
  return out;
}

bool Ledger::in_balance() {
  auto sum = query("SELECT CAST(COALESCE(SUM(balance), 0) AS BIGINT) FROM account", "i");
  if (!step(sum) || sum.integer(0) != 0) return false;
  auto wrong = query(
      "SELECT (SELECT COUNT(*) FROM (SELECT 1 FROM movement GROUP BY posting_id HAVING SUM(amount) <> 0) AS crooked) + "
      "(SELECT COUNT(*) FROM account LEFT JOIN (SELECT account_id, SUM(amount) AS moved FROM movement "
      "GROUP BY account_id) AS sums USING (account_id) WHERE balance <> COALESCE(moved, 0))",
      "i");
  return step(wrong) && wrong.integer(0) == 0;
}

}  // namespace gongji::centre
