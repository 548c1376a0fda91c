#include <map>

#include "offline/base/check.h"
#include "sync/centre/ledger.h"

namespace gongji::centre {
namespace {

// Of a row that begins with scheme, name, since, value.
settlement::Counted read_counted(const sqlite::Query& row) {
  return {std::string(row.text(0)), std::string(row.text(1)),
          Day::from_number(static_cast<std::int32_t>(row.integer(2))), row.money(3)};
}

}  // namespace

std::string fund_account(const std::string& insutype) {
  return "fund:" + insutype;
}
std::string site_account(const std::string& fixmedins_code) {
  return "site:" + fixmedins_code;
}
std::string person_account(const std::string& psn_no, settlement::AccountKind kind) {
  return "person:" + psn_no + (kind == settlement::AccountKind::current ? ":current" : ":prior");
}

AccountId Ledger::account(const std::string& name, bool may_be_negative) {
  if (const auto known = account_ids_.find(name); known != account_ids_.end()) return known->second;
  const std::string stored = sealing_.account(name);
  {
    auto insert = query("INSERT OR IGNORE INTO account (name, balance, may_be_negative) VALUES (?, 0, ?)");
    insert.bind(stored, may_be_negative);
    run(insert);
  }
  auto select = query("SELECT account_id FROM account WHERE name = ?", "i");
  select.bind(stored);
  if (!step(select)) return 0;
  return account_ids_[name] = select.integer(0);
}

Money Ledger::balance(AccountId account) {
  auto select = query("SELECT balance FROM account WHERE account_id = ?", "i");
  select.bind(account);
  return step(select) ? select.money(0) : Money{};
}

void Ledger::post(Purpose purpose, const EntryName& entry, WallTime at, const std::vector<Movement>& movements) {
  std::map<AccountId, Money> sums;
  Money total;
  for (const auto& movement : movements) {
    sums[movement.account] += movement.amount;
    total += movement.amount;
  }
  GONGJI_CHECK_WHY(total == Money{}, "a posting sums to zero");
  if (failed()) return;
  auto insert = query(
      "INSERT INTO posting (purpose, terminal, epoch, seq, at) VALUES (?, ?, ?, ?, ?) "
      "RETURNING posting_id",
      "i");
  insert.bind(static_cast<int>(purpose), entry.terminal, entry.epoch, entry.seq, at);
  if (!step(insert)) return;
  const std::int64_t posting = insert.integer(0);
  if (step(insert)) return;  // runs the statement to its end
  for (const auto& [account, amount] : sums) {
    if (amount == Money{}) continue;
    auto add = query("INSERT INTO movement VALUES (?, ?, ?)");
    add.bind(posting, account, amount);
    run(add);
    auto update = query("UPDATE account SET balance = balance + ? WHERE account_id = ?");
    update.bind(amount, account);
    run(update);
  }
}

std::vector<Movement> Ledger::movements_of(const EntryName& sale) {
  auto select = query(
      "SELECT account_id, SUM(amount) FROM (SELECT posting_id FROM posting "
      "WHERE terminal = ?1 AND epoch = ?2 AND seq = ?3 AND purpose IN (2, 3) UNION ALL SELECT posting_id FROM posting "
      "WHERE terminal = ?1 AND epoch = ?2 AND seq = ?3 AND purpose = 4) JOIN movement USING (posting_id) "
      "GROUP BY account_id HAVING SUM(amount) <> 0 ORDER BY account_id",
      "ii");
  select.bind(sale.terminal, sale.epoch, sale.seq);
  std::vector<Movement> out;
  while (step(select)) out.push_back({select.integer(0), select.money(1)});
  return out;
}

std::vector<settlement::Counted> Ledger::counters(const std::string& psn_no, Day from) {
  auto select = query(
      "SELECT scheme, name, since, value FROM counter WHERE person = ?1 AND (since >= ?2 OR since = 0) "
      "ORDER BY name, since, scheme",
      "ttii");
  select.bind(sealing_.person(psn_no), from.number());
  std::vector<settlement::Counted> out;
  while (step(select)) out.push_back(read_counted(select));
  return out;
}

void Ledger::add_to_counters(const EntryName& entry, const std::string& psn_no,
                             const std::vector<settlement::Counted>& added) {
  const std::string person = sealing_.person(psn_no);
  for (const auto& counted : added) {
    if (counted.value == Money{}) continue;
    auto update = query(
        "INSERT INTO counter (person, scheme, name, since, value) VALUES (?1, ?2, ?3, ?4, ?5) "
        "ON CONFLICT DO UPDATE SET value = value + ?5");
    update.bind(person, counted.scheme, counted.name, counted.since.number(), counted.value);
    run(update);
    auto keep = query("INSERT INTO entry_counter VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
    keep.bind(entry.terminal, entry.epoch, entry.seq, person, counted.scheme, counted.name, counted.since.number(),
              counted.value);
    run(keep);
  }
}

std::vector<settlement::Counted> Ledger::counted_by(const EntryName& sale) {
  auto select = query(
      "SELECT scheme, name, since, amount FROM entry_counter WHERE terminal = ? AND epoch = ? AND seq = ? "
      "ORDER BY name, since, scheme",
      "ttii");
  select.bind(sale.terminal, sale.epoch, sale.seq);
  std::vector<settlement::Counted> out;
  while (step(select)) out.push_back(read_counted(select));
  return out;
}

void Ledger::take_back_counters(const EntryName& sale) {
  auto update = query(
      "UPDATE counter SET value = value - added.amount FROM entry_counter AS added "
      "WHERE added.terminal = ? AND added.epoch = ? AND added.seq = ? AND counter.person = added.person "
      "AND counter.scheme = added.scheme AND counter.name = added.name AND counter.since = added.since");
  update.bind(sale.terminal, sale.epoch, sale.seq);
  run(update);
}

void Ledger::forget_counted(const EntryName& sale) {
  take_back_counters(sale);
  auto drop = query("DELETE FROM entry_counter WHERE terminal = ? AND epoch = ? AND seq = ?");
  drop.bind(sale.terminal, sale.epoch, sale.seq);
  run(drop);
}

}  // namespace gongji::centre
