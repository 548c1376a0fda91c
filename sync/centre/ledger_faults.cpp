// ledger_faults.cpp — everything that must hold of the books, asked of the tables.
#include "sync/centre/ledger.h"

namespace gongji::centre {
namespace {

struct Rule {
  const char* what;
  // Gives a row for each fault: which, what it is, what it must be.
  const char* sql;
};

constexpr Rule rules[] = {
    {"sum",
     "SELECT 'all accounts', total, 0 FROM (SELECT CAST(COALESCE(SUM(balance), 0) AS BIGINT) AS total FROM "
     "account) AS sums WHERE total <> 0"},
    {"posting",
     "SELECT CAST(posting_id AS TEXT), CAST(SUM(amount) AS BIGINT), 0 FROM movement GROUP BY posting_id "
     "HAVING SUM(amount) <> 0 ORDER BY posting_id"},
    {"account",
     "SELECT name, balance, moved FROM (SELECT name, balance, CAST(COALESCE((SELECT SUM(amount) FROM "
     "movement WHERE movement.account_id = account.account_id), 0) AS BIGINT) AS moved FROM account) AS sums "
     "WHERE balance <> moved ORDER BY name"},
    {"overdrawn", "SELECT name, balance, 0 FROM account WHERE may_be_negative = 0 AND balance < 0 ORDER BY name"},
    {"set_aside",
     "SELECT name, held, balance FROM (SELECT name, balance, CAST(COALESCE((SELECT SUM(amount) FROM "
     "hold_account WHERE hold_account.account_id = account.account_id), 0) AS BIGINT) AS held FROM account "
     "WHERE may_be_negative = 0) AS sums WHERE held > balance ORDER BY name"},
    {"counter",
     "SELECT person || ' ' || scheme || ' ' || name || ' since ' || CAST(since AS TEXT), CAST(SUM(is_there) AS "
     "BIGINT), CAST(SUM(must_be) AS BIGINT) FROM ("
     "SELECT person, scheme, name, since, value AS is_there, 0 AS must_be FROM counter UNION ALL "
     "SELECT person, scheme, name, since, 0, value FROM counter_opening UNION ALL "
     "SELECT entry_counter.person, scheme, name, since, 0, amount FROM entry_counter JOIN outcome USING (terminal, "
     "epoch, seq) WHERE cancelled = 0) AS parts GROUP BY person, scheme, name, since "
     "HAVING SUM(is_there) <> SUM(must_be) ORDER BY person, name, since"},
    {"risk_borne",
     "SELECT terminal || ' ' || CAST(year AS TEXT), CAST(SUM(is_there) AS BIGINT), CAST(SUM(must_be) AS BIGINT) FROM ("
     "SELECT terminal, year, amount AS is_there, 0 AS must_be FROM risk_borne UNION ALL "
     "SELECT outcome.terminal, 1970 + (day * 4 + 2) / 1461, 0, -movement.amount FROM movement JOIN account USING "
     "(account_id) JOIN posting USING (posting_id) JOIN outcome ON outcome.terminal = posting.terminal AND "
     "outcome.epoch = posting.epoch AND outcome.seq = posting.seq WHERE account.name = 'risk_reserve' AND cancelled = "
     "0 AND purpose IN (2, 4)) AS parts GROUP BY terminal, year HAVING SUM(is_there) <> SUM(must_be) ORDER BY "
     "terminal, "
     "year"},
};

}  // namespace

std::vector<LedgerFault> Ledger::faults(std::size_t count_max) {
  std::vector<LedgerFault> out;
  for (const Rule& rule : rules) {
    auto select = query(rule.sql, "tii");
    while (out.size() < count_max && step(select)) {
      out.push_back({rule.what, std::string(select.text(0)), select.money(1), select.money(2)});
    }
  }
  return out;
}

}  // namespace gongji::centre
