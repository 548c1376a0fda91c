#include <map>

#include "offline/base/check.h"
#include "sync/centre/ledger.h"
#include "sync/centre/months.h"

namespace gongji::centre {
namespace {

// Of a row that begins with scheme, name, since, value.
settlement::Counted read_counted(const database::Query& row) {
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
    auto insert = query("INSERT INTO account (name, balance, may_be_negative) VALUES (?, 0, ?) ON CONFLICT DO NOTHING");
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
  const std::int64_t posting = next_posting_id(at);
  auto insert = query("INSERT INTO posting (posting_id, purpose, terminal, epoch, seq, at) VALUES (?, ?, ?, ?, ?, ?)");
  insert.bind(posting, static_cast<int>(purpose), entry.terminal, entry.epoch, entry.seq, at);
  run(insert);
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

// Where tables are cut by month the number begins with the time (months.h); else it is the next one.
std::int64_t Ledger::next_posting_id(WallTime at) {
  if (!connection_->is_shared()) {
    auto select = query("SELECT coalesce(max(posting_id), 0) + 1 FROM posting", "i");
    return step(select) ? select.integer(0) : 0;
  }
  if (posting_numbers_left_ == 0) {
    auto select = query("SELECT nextval('posting_number')", "i");
    if (!step(select)) return 0;
    posting_number_ = select.integer(0);
    posting_numbers_left_ = posting_numbers_a_time;
  }
  --posting_numbers_left_;
  return at.ms * postings_a_millisecond + posting_number_++ % postings_a_millisecond;
}

std::vector<Movement> Ledger::movements_of(const EntryName& sale) {
  auto select = query(
      "SELECT account_id, CAST(SUM(amount) AS BIGINT) FROM (SELECT posting_id FROM posting "
      "WHERE terminal = ?1 AND epoch = ?2 AND seq = ?3 AND purpose IN (2, 3) UNION ALL SELECT posting_id FROM posting "
      "WHERE terminal = ?1 AND epoch = ?2 AND seq = ?3 AND purpose = 4) AS posted JOIN movement USING (posting_id) "
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
        "ON CONFLICT (person, since, scheme, name) DO UPDATE SET value = counter.value + ?5");
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
