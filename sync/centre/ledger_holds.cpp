#include "sync/centre/working_set.h"

namespace gongji::centre {

void Ledger::add_hold(const Id& sale_id, const Hold& hold) {
  forget_held();
  read_->promised_here.clear();
  read_->without_hold.erase(to_string(sale_id));
  auto insert =
      raw("INSERT INTO hold (hold_id, sale_id, terminal, epoch, person, digest, fund, expires, state, run, run_from) "
          "VALUES (?, ?, ?, ?, ?, ?, ?, ?, 1, ?, ?)");
  const std::string person = sealing_.person(hold.psn_no);
  insert.bind(hold.hold_id, to_string(sale_id), hold.terminal, hold.epoch, person, hold.digest, hold.fund, hold.expires,
              hold.opening.run, hold.opening.from);
  run(insert);
  for (const auto& part : hold.accounts) {
    auto add = raw("INSERT INTO hold_account VALUES (?, ?, ?)");
    add.bind(part.account, hold.hold_id, part.amount);
    run(add);
  }
  for (const auto& counter : hold.counters) {
    auto add = raw("INSERT INTO hold_counter VALUES (?, ?, ?, ?, ?, ?)");
    add.bind(person, counter.scheme, counter.name, counter.since.number(), hold.hold_id, counter.value);
    run(add);
  }
}

std::optional<Hold> Ledger::read_hold(database::Query& select) {
  if (!step(select)) return std::nullopt;
  Hold hold;
  hold.hold_id = select.text(0);
  hold.terminal = select.text(1);
  hold.psn_no = psn_no_of(select.text(2));
  hold.epoch = static_cast<std::uint32_t>(select.integer(3));
  const ByteView digest = select.blob(4);
  if (digest.size() == hold.digest.size()) std::copy(digest.begin(), digest.end(), hold.digest.begin());
  hold.fund = select.money(5);
  hold.expires = WallTime{select.integer(6)};
  hold.live = select.integer(7) == 1;
  auto parts = raw("SELECT account_id, amount FROM hold_account WHERE hold_id = ?", "ii");
  parts.bind(hold.hold_id);
  while (step(parts)) hold.accounts.push_back({parts.integer(0), parts.money(1)});
  auto counters = raw("SELECT scheme, name, since, amount FROM hold_counter WHERE hold_id = ?", "ttii");
  counters.bind(hold.hold_id);
  while (step(counters)) {
    hold.counters.push_back({std::string(counters.text(0)), std::string(counters.text(1)),
                             Day::from_number(static_cast<std::int32_t>(counters.integer(2))), counters.money(3)});
  }
  return hold;
}

std::optional<Hold> Ledger::find_hold_of_sale(const Id& sale_id) {
  if (read_->without_hold.count(to_string(sale_id)) != 0) return std::nullopt;
  auto select = raw("SELECT hold_id, terminal, person, epoch, digest, fund, expires, state FROM hold WHERE sale_id = ?",
                    "tttibiii");
  select.bind(to_string(sale_id));
  return read_hold(select);
}

std::optional<Hold> Ledger::find_hold(const std::string& hold_id) {
  auto select = raw("SELECT hold_id, terminal, person, epoch, digest, fund, expires, state FROM hold WHERE hold_id = ?",
                    "tttibiii");
  select.bind(hold_id);
  return read_hold(select);
}

// What was read of other logs' holds is not known any more.
void Ledger::forget_held() {
  read_->held.clear();
  read_->held_counters.clear();
}

void Ledger::close_hold(const std::string& hold_id, bool used) {
  forget_held();
  read_->promised_here.clear();
  auto update = raw("UPDATE hold SET state = ? WHERE hold_id = ? AND state = 1");
  update.bind(used ? 2 : 3, hold_id);
  run(update);
  auto accounts = raw("DELETE FROM hold_account WHERE hold_id = ?");
  accounts.bind(hold_id);
  run(accounts);
  auto counters = raw("DELETE FROM hold_counter WHERE hold_id = ?");
  counters.bind(hold_id);
  run(counters);
}

std::vector<Ledger::LiveHold> Ledger::live_holds(const std::string& terminal) {
  auto select =
      raw("SELECT hold_id, epoch, expires, sale_id, run, run_from FROM hold WHERE terminal = ? AND state = 1 "
          "ORDER BY expires",
          "tiitii");
  select.bind(terminal);
  std::vector<LiveHold> out;
  while (step(select)) {
    LiveHold hold;
    hold.hold_id = select.text(0);
    hold.epoch = static_cast<std::uint32_t>(select.integer(1));
    hold.expires = WallTime{select.integer(2)};
    hold.sale_id = select.text(3);
    hold.opening = {static_cast<std::uint64_t>(select.integer(4)), static_cast<std::uint64_t>(select.integer(5))};
    out.push_back(std::move(hold));
  }
  return out;
}

void Ledger::close_all_holds(const std::string& terminal) {
  for (const auto& hold : live_holds(terminal)) close_hold(hold.hold_id, false);
}

std::size_t Ledger::close_silent_holds(WallTime expired_before) {
  std::vector<std::string> silent;
  lock_terminals(
      "SELECT terminal FROM terminal WHERE terminal IN (SELECT terminal FROM hold WHERE state = 1 AND expires < ?) "
      "ORDER BY terminal FOR NO KEY UPDATE",
      expired_before);
  {
    auto select = raw("SELECT hold_id FROM hold WHERE state = 1 AND expires < ?", "t");
    select.bind(expired_before);
    while (step(select)) silent.emplace_back(select.text(0));
  }
  for (const auto& hold_id : silent) close_hold(hold_id, false);
  return silent.size();
}

Money Ledger::held_for(const std::string& terminal) {
  auto select = raw(
      "SELECT CAST(COALESCE(SUM(amount), 0) AS BIGINT) FROM hold_account JOIN hold USING (hold_id) WHERE terminal = ?",
      "i");
  select.bind(terminal);
  return step(select) ? select.money(0) : Money{};
}

bool Ledger::is_of_set(const LogName& log) const {
  return !log.terminal.empty() && log.terminal == read_->log.terminal && log.epoch == read_->log.epoch;
}

Money Ledger::held(AccountId account, const LogName& but) {
  const bool kept = is_of_set(but);
  if (kept) {
    if (const auto known = read_->held.find(account); known != read_->held.end()) return known->second;
  }
  auto select =
      raw("SELECT CAST(COALESCE(SUM(amount), 0) AS BIGINT) FROM hold_account JOIN hold USING (hold_id) "
          "WHERE account_id = ? AND (terminal <> ? OR epoch <> ?)",
          "i");
  select.bind(account, but.terminal, but.epoch);
  const Money held = step(select) ? select.money(0) : Money{};
  if (kept) read_->held[account] = held;
  return held;
}

Money Ledger::promised_here(AccountId account, const LogName& log) {
  const bool kept = is_of_set(log);
  if (kept) {
    if (const auto known = read_->promised_here.find(account); known != read_->promised_here.end())
      return known->second;
  }
  auto select =
      raw("SELECT CAST(COALESCE(SUM(amount), 0) AS BIGINT) FROM hold_account JOIN hold USING (hold_id) "
          "WHERE account_id = ? AND (state = 4 OR run_from > 0) AND terminal = ? AND epoch = ?",
          "i");
  select.bind(account, log.terminal, log.epoch);
  const Money promised = step(select) ? select.money(0) : Money{};
  if (kept) read_->promised_here[account] = promised;
  return promised;
}

std::vector<settlement::Counted> Ledger::held_counters(const std::string& psn_no, const LogName& but) {
  const std::string& hash = hash_of(psn_no);
  const bool kept = is_of_set(but);
  if (kept) {
    if (const auto known = read_->held_counters.find(hash); known != read_->held_counters.end()) return known->second;
  }
  auto select =
      raw("SELECT scheme, name, since, CAST(SUM(amount) AS BIGINT) FROM hold_counter JOIN hold USING (hold_id) "
          "WHERE hold_counter.person = ? AND (terminal <> ? OR epoch <> ?) GROUP BY scheme, name, since",
          "ttii");
  select.bind(hash, but.terminal, but.epoch);
  std::vector<settlement::Counted> out;
  while (step(select)) out.push_back(read_counted(select));
  if (kept) read_->held_counters[hash] = out;
  return out;
}

}  // namespace gongji::centre
