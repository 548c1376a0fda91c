#include <algorithm>
#include <limits>
#include <map>
#include <tuple>

#include "offline/base/check.h"
#include "sync/centre/ledger.h"
#include "sync/centre/months.h"
#include "sync/centre/working_set.h"

namespace gongji::centre {
// Of a row that begins with scheme, name, since, value.
settlement::Counted Ledger::read_counted(const database::Query& row) {
  return {std::string(row.text(0)), std::string(row.text(1)),
          Day::from_number(static_cast<std::int32_t>(row.integer(2))), row.money(3)};
}

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
    auto insert = raw("INSERT INTO account (name, balance, may_be_negative) VALUES (?, 0, ?) ON CONFLICT DO NOTHING");
    insert.bind(stored, may_be_negative);
    run(insert);
  }
  auto select = raw("SELECT account_id FROM account WHERE name = ?", "i");
  select.bind(stored);
  if (!step(select)) return 0;
  return account_ids_[name] = select.integer(0);
}

Money Ledger::balance(AccountId account) {
  auto known = read_->balances.find(account);
  if (known == read_->balances.end()) {
    auto select = raw("SELECT balance FROM account WHERE account_id = ?", "i");
    select.bind(account);
    if (!step(select)) return {};
    known = read_->balances.emplace(account, select.money(0)).first;
  }
  const auto change = new_->balances.find(account);
  return change == new_->balances.end() ? known->second : known->second + change->second;
}

std::int64_t Ledger::post(Purpose purpose, const EntryName& entry, WallTime at,
                          const std::vector<Movement>& movements) {
  std::map<AccountId, Money> sums;
  Money total;
  for (const auto& movement : movements) {
    sums[movement.account] += movement.amount;
    total += movement.amount;
  }
  GONGJI_CHECK_WHY(total == Money{}, "a posting sums to zero");
  if (failed()) return 0;
  const std::int64_t posting = next_posting_id(at);
  new_->postings.add(posting, static_cast<int>(purpose), entry.terminal, entry.epoch, entry.seq, at);
  for (const auto& [account, amount] : sums) {
    if (amount == Money{}) continue;
    new_->movements.add(posting, account, amount);
    new_->balances[account] += amount;
  }
  return posting;
}

// Where tables are cut by month the number begins with the time (months.h); else it is the next one.
std::int64_t Ledger::next_posting_id(WallTime at) {
  if (!connection_->is_shared()) {
    if (posting_numbers_left_ == 0) {
      auto select = raw("SELECT coalesce(max(posting_id), 0) FROM posting", "i");
      if (!step(select)) return 0;
      posting_number_ = select.integer(0);
      posting_numbers_left_ = std::numeric_limits<std::int64_t>::max();  // in this transaction
    }
    return ++posting_number_;
  }
  if (posting_numbers_left_ == 0) {
    auto select = raw("SELECT nextval('posting_number')", "i");
    if (!step(select)) return 0;
    posting_number_ = select.integer(0);
    posting_numbers_left_ = posting_numbers_a_time;
  }
  --posting_numbers_left_;
  return at.ms * postings_a_millisecond + posting_number_++ % postings_a_millisecond;
}

std::vector<Movement> Ledger::movements_of(const EntryName& sale) {
  flush();
  auto select = raw(
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

void Ledger::load_counters(const std::vector<std::string>& hashes, Day from) {
  for (const auto& hash : hashes) read_->counters[hash] = {from, {}};
  auto select = raw(
      "SELECT scheme, name, since, value, person FROM counter WHERE person = each(?1) AND (since >= ?2 OR since = 0)",
      "ttiit");
  select.bind(hashes, from.number());
  while (step(select)) read_->counters[std::string(select.text(4))].rows.push_back(read_counted(select));
  for (const auto& hash : hashes) {
    auto& rows = read_->counters[hash].rows;
    std::sort(rows.begin(), rows.end(), [](const settlement::Counted& a, const settlement::Counted& b) {
      return std::tie(a.name, a.since, a.scheme) < std::tie(b.name, b.since, b.scheme);
    });
  }
}

std::vector<settlement::Counted> Ledger::counters(const std::string& psn_no, Day from) {
  const std::string& hash = hash_of(psn_no);
  auto known = read_->counters.find(hash);
  if (known == read_->counters.end() || known->second.from > from) {
    flush();  // what this transaction has added is read too
    load_counters({hash}, from);
    known = read_->counters.find(hash);
  }
  std::vector<settlement::Counted> out;
  for (const auto& row : known->second.rows) {
    if (row.since >= from || row.since == settlement::without_end) out.push_back(row);
  }
  return out;
}

void Ledger::add_to_counters(const EntryName& entry, const std::string& psn_no,
                             const std::vector<settlement::Counted>& added) {
  const std::string& hash = hash_of(psn_no);
  const auto known = read_->counters.find(hash);
  for (const auto& counted : added) {
    if (counted.value == Money{}) continue;
    new_->counters[{hash, counted.scheme, counted.name, counted.since.number()}] += counted.value;
    new_->counted.add(entry.terminal, entry.epoch, entry.seq, hash, counted.scheme, counted.name,
                      counted.since.number(), counted.value);
    if (known != read_->counters.end()) settlement::add_counted(known->second.rows, counted);
  }
}

std::vector<settlement::Counted> Ledger::counted_by(const EntryName& sale) {
  flush();
  auto select =
      raw("SELECT scheme, name, since, amount FROM entry_counter WHERE terminal = ? AND epoch = ? AND seq = ? "
          "ORDER BY name, since, scheme",
          "ttii");
  select.bind(sale.terminal, sale.epoch, sale.seq);
  std::vector<settlement::Counted> out;
  while (step(select)) out.push_back(read_counted(select));
  return out;
}

void Ledger::take_back_counters(const EntryName& sale) {
  flush();
  {
    auto select = raw(
        "SELECT scheme, name, since, amount, person FROM entry_counter WHERE terminal = ? AND epoch = ? AND seq = ?",
        "ttiit");
    select.bind(sale.terminal, sale.epoch, sale.seq);
    while (step(select)) {
      const auto known = read_->counters.find(std::string(select.text(4)));
      if (known == read_->counters.end()) continue;
      settlement::Counted back = read_counted(select);
      back.value = -back.value;
      settlement::add_counted(known->second.rows, back);
    }
  }
  auto update =
      raw("UPDATE counter SET value = value - added.amount FROM entry_counter AS added "
          "WHERE added.terminal = ? AND added.epoch = ? AND added.seq = ? AND counter.person = added.person "
          "AND counter.scheme = added.scheme AND counter.name = added.name AND counter.since = added.since");
  update.bind(sale.terminal, sale.epoch, sale.seq);
  run(update);
}

void Ledger::forget_counted(const EntryName& sale) {
  take_back_counters(sale);
  auto drop = raw("DELETE FROM entry_counter WHERE terminal = ? AND epoch = ? AND seq = ?");
  drop.bind(sale.terminal, sale.epoch, sale.seq);
  run(drop);
}

}  // namespace gongji::centre
