// ledger_statement.cpp — what the owner of an account may see of it.
#include "sync/centre/ledger.h"

namespace gongji::centre {

std::vector<Debit> Ledger::debits(AccountId account, std::optional<Day> since) {
  // A cancellation's own posting is left out: what was taken is what a refunded sale shows.
  auto select = query(
      "SELECT terminal, epoch, seq, day, person, sale_id, verdict, cancelled, place_seq <> seq, -moved "
      "FROM (SELECT terminal, epoch, seq, CAST(SUM(amount) AS BIGINT) AS moved FROM movement JOIN posting USING "
      "(posting_id) "
      "WHERE account_id = ?1 AND purpose IN (2, 4) GROUP BY terminal, epoch, seq HAVING SUM(amount) <> 0) "
      "AS taken JOIN outcome USING (terminal, epoch, seq) WHERE ?2 IS NULL OR day >= ?2 "
      "ORDER BY day, second, terminal, epoch, place_seq, seq",
      "tiiittiiii");
  select.bind(account, since ? std::optional<std::int32_t>(since->number()) : std::nullopt);
  std::vector<Debit> out;
  while (step(select)) {
    Debit debit;
    debit.terminal = select.text(0);
    debit.day = Day::from_number(static_cast<std::int32_t>(select.integer(3)));
    debit.psn_no = psn_no_of(select.text(4));
    debit.sale_id = select.text(5);
    debit.verdict = static_cast<record::VerdictKind>(select.integer(6));
    debit.cancelled = select.integer(7) != 0;
    debit.kept = select.integer(8) != 0;
    debit.amount = select.money(9);
    out.push_back(std::move(debit));
  }
  return out;
}

std::vector<SetAside> Ledger::set_aside(AccountId account) {
  auto select = query(
      "SELECT terminal, person, expires, amount, state = 4 FROM hold_account JOIN hold USING (hold_id) "
      "WHERE account_id = ? AND amount > 0 ORDER BY expires, hold_id",
      "ttiii");
  select.bind(account);
  std::vector<SetAside> out;
  while (step(select)) {
    out.push_back({std::string(select.text(0)), psn_no_of(select.text(1)), WallTime{select.integer(2)}, select.money(3),
                   select.integer(4) != 0});
  }
  return out;
}

std::string Ledger::site_name(const std::string& fixmedins_code) {
  auto select = query("SELECT name FROM site WHERE fixmedins_code = ?", "t");
  select.bind(fixmedins_code);
  return step(select) ? std::string(select.text(0)) : std::string();
}

}  // namespace gongji::centre
