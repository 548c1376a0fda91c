#include <map>

#include "offline/base/check.h"
#include "sync/centre/ledger.h"

namespace gongji::centre {

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
  {
    auto insert = query("INSERT OR IGNORE INTO account (name, balance, may_be_negative) VALUES (?, 0, ?)");
    insert.bind(name, may_be_negative);
    run(insert);
  }
  auto select = query("SELECT account_id FROM account WHERE name = ?", "i");
  select.bind(name);
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
      "SELECT account_id, amount FROM movement JOIN posting USING (posting_id) "
      "WHERE terminal = ? AND epoch = ? AND seq = ? AND purpose <> 1",
      "ii");
  select.bind(sale.terminal, sale.epoch, sale.seq);
  std::vector<Movement> out;
  while (step(select)) out.push_back({select.integer(0), select.money(1)});
  return out;
}

std::vector<settlement::Counter> Ledger::counters(const std::string& psn_no, std::int32_t year) {
  auto select = query("SELECT name, value FROM counter WHERE psn_no = ? AND year = ? ORDER BY name", "ti");
  select.bind(psn_no, year);
  std::vector<settlement::Counter> out;
  while (step(select)) out.push_back({std::string(select.text(0)), select.money(1)});
  return out;
}

void Ledger::add_to_counters(const EntryName& entry, const std::string& psn_no, std::int32_t year,
                             const std::vector<settlement::Counter>& added) {
  for (const auto& counter : added) {
    if (counter.value == Money{}) continue;
    auto update = query("INSERT INTO counter VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO UPDATE SET value = value + ?4");
    update.bind(psn_no, year, counter.name, counter.value);
    run(update);
    auto keep = query("INSERT INTO entry_counter VALUES (?, ?, ?, ?, ?, ?, ?)");
    keep.bind(entry.terminal, entry.epoch, entry.seq, psn_no, year, counter.name, counter.value);
    run(keep);
  }
}

void Ledger::take_back_counters(const EntryName& sale) {
  auto update = query(
      "UPDATE counter SET value = value - added.amount FROM entry_counter AS added "
      "WHERE added.terminal = ? AND added.epoch = ? AND added.seq = ? AND counter.psn_no = added.psn_no "
      "AND counter.year = added.year AND counter.name = added.name");
  update.bind(sale.terminal, sale.epoch, sale.seq);
  run(update);
}

}  // namespace gongji::centre
