#include <algorithm>

#include "offline/base/check.h"
#include "sync/centre/working_set.h"

namespace gongji::centre {
namespace {

constexpr int state_grant = 4;  // of the hold that sets a grant's money aside

}  // namespace

void Ledger::add_grant(const StandingGrant& standing) {
  forget_held();
  read_->promised_here.clear();
  const record::Grant& grant = standing.grant;
  const std::string id = to_string(grant.id);
  const std::string person = sealing_.person(standing.psn_no);
  auto hold =
      raw("INSERT INTO hold (hold_id, sale_id, terminal, epoch, person, digest, fund, expires, state) "
          "VALUES (?, ?, ?, ?, ?, ?, 0, ?, ?)");
  hold.bind(id, id, grant.terminal, grant.life.epoch, person, Digest{}, grant.expires, state_grant);
  run(hold);
  auto insert = raw("INSERT INTO standing_grant VALUES (?, ?, ?, ?, ?, ?, 1, ?)");
  insert.bind(id, grant.terminal, grant.life.epoch, grant.life.run, person, grant.expires,
              as_bytes(record::encode(grant)));
  run(insert);
  for (const auto& part : standing.accounts) {
    auto add = raw("INSERT INTO hold_account VALUES (?, ?, ?)");
    add.bind(part.account, id, part.amount);
    run(add);
  }
  for (const auto& counter : standing.counters) {
    auto add = raw("INSERT INTO hold_counter VALUES (?, ?, ?, ?, ?, ?)");
    add.bind(person, counter.scheme, counter.name, counter.since.number(), id, counter.value);
    run(add);
  }
}

std::optional<StandingGrant> Ledger::find_grant(const Id& id) {
  StandingGrant out;
  {
    auto select = raw("SELECT person, live, item FROM standing_grant WHERE grant_id = ?", "tib");
    select.bind(to_string(id));
    if (!step(select)) return std::nullopt;
    out.psn_no = psn_no_of(select.text(0));
    out.live = select.integer(1) == 1;
    auto grant = record::decode_grant(as_text(select.blob(2)));
    if (grant.has_error()) {
      trouble_ = grant.error();
      return std::nullopt;
    }
    out.grant = std::move(*grant);
  }
  const auto hold = find_hold(to_string(id));
  if (hold) {
    out.accounts = hold->accounts;
    out.counters = hold->counters;
  }
  return out;
}

void Ledger::extend_grant(const StandingGrant& standing) {
  forget_held();
  read_->promised_here.clear();
  const record::Grant& grant = standing.grant;
  auto update = raw("UPDATE standing_grant SET expires = ?, item = ? WHERE grant_id = ? AND live = 1");
  update.bind(grant.expires, as_bytes(record::encode(grant)), to_string(grant.id));
  run(update);
  for (const auto& left : standing.accounts) {
    auto set = raw("UPDATE hold_account SET amount = ?1 WHERE hold_id = ?2 AND account_id = ?3 AND amount < ?1");
    set.bind(left.amount, to_string(grant.id), left.account);
    run(set);
  }
  for (const auto& left : standing.counters) {
    auto set =
        raw("UPDATE hold_counter SET amount = ?1 WHERE hold_id = ?2 AND scheme = ?3 AND name = ?4 AND since = ?5 "
            "AND amount < ?1");
    set.bind(left.value, to_string(grant.id), left.scheme, left.name, left.since.number());
    run(set);
  }
}

void Ledger::use_grant(const StandingGrant& standing, const std::vector<Movement>& accounts,
                       const std::vector<settlement::Counted>& counters) {
  const std::string id = to_string(standing.grant.id);
  read_->promised_here.clear();
  if (!is_of_set({standing.grant.terminal, standing.grant.life.epoch})) forget_held();
  for (const auto& used : accounts) {
    for (const auto& left : standing.accounts) {
      if (left.account == used.account)
        GONGJI_CHECK_WHY(left.amount >= used.amount, "a grant is used beyond its limit");
    }
    auto update = raw("UPDATE hold_account SET amount = amount - ? WHERE hold_id = ? AND account_id = ?");
    update.bind(used.amount, id, used.account);
    run(update);
  }
  for (const auto& used : counters) {
    auto update =
        raw("UPDATE hold_counter SET amount = amount - ? WHERE hold_id = ? AND scheme = ? AND name = ? AND since = ?");
    update.bind(used.value, id, used.scheme, used.name, used.since.number());
    run(update);
  }
}

void Ledger::free_grant(const Id& id) {
  forget_held();
  read_->promised_here.clear();
  const std::string name = to_string(id);
  auto update = raw("UPDATE standing_grant SET live = 0 WHERE grant_id = ?");
  update.bind(name);
  run(update);
  auto accounts = raw("DELETE FROM hold_account WHERE hold_id = ?");
  accounts.bind(name);
  run(accounts);
  auto counters = raw("DELETE FROM hold_counter WHERE hold_id = ?");
  counters.bind(name);
  run(counters);
}

std::vector<Id> Ledger::live_grants(const std::string& terminal, const std::string& psn_no) {
  auto select =
      raw("SELECT grant_id FROM standing_grant WHERE terminal = ?1 AND live = 1 AND (?2 = '' OR person = ?2) "
          "ORDER BY grant_id",
          "t");
  select.bind(terminal, sealing_.person(psn_no));
  std::vector<Id> out;
  while (step(select)) {
    if (const auto id = parse_id(select.text(0))) out.push_back(*id);
  }
  return out;
}

std::map<std::string, StandingGrant> Ledger::grants_at(const std::string& terminal,
                                                       const std::vector<std::string>& psn_nos) {
  std::map<std::string, StandingGrant> out;
  if (psn_nos.empty()) return out;
  std::map<std::string, std::string, std::less<>> wanted;  // psn_no by hash
  for (const auto& psn_no : psn_nos) wanted.emplace(hash_of(psn_no), psn_no);
  std::map<std::string, StandingGrant*, std::less<>> by_id;
  {
    auto select = raw(
        "SELECT grant_id, person, item FROM standing_grant WHERE terminal = ? AND live = 1 ORDER BY grant_id", "ttb");
    select.bind(terminal);
    while (step(select)) {
      const auto who = wanted.find(select.text(1));
      if (who == wanted.end() || out.contains(who->second)) continue;
      auto grant = record::decode_grant(as_text(select.blob(2)));
      if (grant.has_error()) {
        trouble_ = grant.error();
        return {};
      }
      StandingGrant& standing = out[who->second];
      standing.grant = std::move(*grant);
      standing.psn_no = who->second;
      by_id[std::string(select.text(0))] = &standing;
    }
  }
  if (by_id.empty()) return out;
  auto accounts =
      raw("SELECT hold_id, account_id, amount FROM hold_account JOIN standing_grant ON grant_id = hold_id "
          "WHERE standing_grant.terminal = ? AND live = 1",
          "tii");
  accounts.bind(terminal);
  while (step(accounts)) {
    const auto of = by_id.find(accounts.text(0));
    if (of != by_id.end()) of->second->accounts.push_back({accounts.integer(1), accounts.money(2)});
  }
  auto counters =
      raw("SELECT hold_id, scheme, name, since, amount FROM hold_counter JOIN standing_grant ON grant_id = hold_id "
          "WHERE standing_grant.terminal = ? AND live = 1",
          "tttii");
  counters.bind(terminal);
  while (step(counters)) {
    const auto of = by_id.find(counters.text(0));
    if (of == by_id.end()) continue;
    of->second->counters.push_back({std::string(counters.text(1)), std::string(counters.text(2)),
                                    Day::from_number(static_cast<std::int32_t>(counters.integer(3))),
                                    counters.money(4)});
  }
  return out;
}

std::vector<Id> Ledger::grants_due(WallTime expired_before) {
  lock_terminals(
      "SELECT terminal FROM terminal WHERE terminal IN (SELECT terminal FROM standing_grant WHERE live = 1 AND "
      "expires <= ?) ORDER BY terminal FOR NO KEY UPDATE",
      expired_before);
  auto select = raw("SELECT grant_id FROM standing_grant WHERE live = 1 AND expires <= ?", "t");
  select.bind(expired_before);
  std::vector<Id> out;
  while (step(select)) {
    if (const auto id = parse_id(select.text(0))) out.push_back(*id);
  }
  return out;
}

bool Ledger::recall_grant(const Id& id, WallTime now) {
  if (recall_of(id) != Recall::none) return false;
  const std::string name = to_string(id);
  auto select =
      raw("SELECT terminal, epoch, person, expires FROM standing_grant WHERE grant_id = ? AND live = 1", "titi");
  select.bind(name);
  if (!step(select)) return false;
  auto insert = raw("INSERT INTO recalled_grant VALUES (?, ?, ?, ?, ?, ?, 0) ON CONFLICT (grant_id) DO NOTHING");
  insert.bind(name, std::string(select.text(0)), select.integer(1), std::string(select.text(2)), select.integer(3),
              now);
  run(insert);
  return true;
}

Ledger::Recall Ledger::recall_of(const Id& id) {
  auto select = raw("SELECT told FROM recalled_grant WHERE grant_id = ?", "i");
  select.bind(to_string(id));
  if (!step(select)) return Recall::none;
  return select.integer(0) == 0 ? Recall::asked : Recall::told;
}

std::vector<Id> Ledger::take_recalls(const LogName& log) {
  std::vector<Id> out;
  {
    auto select =
        raw("SELECT grant_id FROM recalled_grant WHERE terminal = ? AND epoch = ? AND told = 0 ORDER BY grant_id", "t");
    select.bind(log.terminal, log.epoch);
    while (step(select)) {
      if (const auto id = parse_id(select.text(0))) out.push_back(*id);
    }
  }
  for (const Id& id : out) {
    auto update = raw("UPDATE recalled_grant SET told = 1 WHERE grant_id = ?");
    update.bind(to_string(id));
    run(update);
  }
  return out;
}

std::set<std::string> Ledger::recalled_persons(const std::string& terminal, WallTime now) {
  std::vector<std::string> hashes;
  {
    auto select = raw("SELECT person FROM recalled_grant WHERE terminal = ? AND expires > ?", "t");
    select.bind(terminal, now);
    while (step(select)) hashes.emplace_back(select.text(0));
  }
  std::set<std::string> out;
  for (const std::string& hash : hashes) out.insert(psn_no_of(hash));
  return out;
}

std::vector<Id> Ledger::grants_on(AccountId account, const std::string& but_terminal) {
  auto select =
      raw("SELECT hold_id FROM hold_account JOIN hold USING (hold_id) "
          "WHERE account_id = ? AND state = 4 AND amount > 0 AND terminal <> ? ORDER BY hold_id",
          "t");
  select.bind(account, but_terminal);
  std::vector<Id> out;
  while (step(select)) {
    if (const auto id = parse_id(select.text(0))) out.push_back(*id);
  }
  return out;
}

bool Ledger::counter_granted(const std::string& psn_no, const settlement::Counted& counter) {
  auto select = raw(
      "SELECT 1 FROM hold_counter JOIN standing_grant ON grant_id = hold_id WHERE live = 1 AND hold_counter.person = ? "
      "AND scheme = ? AND name = ? AND since = ?",
      "i");
  select.bind(sealing_.person(psn_no), counter.scheme, counter.name, counter.since.number());
  return step(select);
}

void Ledger::add_visit(const std::string& fixmedins_code, const std::string& psn_no, Day day) {
  auto& visit = new_->visits[{fixmedins_code, hash_of(psn_no)}];
  visit.last_day = std::max(visit.last_day, day.number());
  ++visit.visits;
}

std::vector<std::string> Ledger::regulars(const std::string& fixmedins_code, Day from, std::uint32_t visits_min,
                                          std::uint32_t count_max) {
  flush();  // visits of this transaction
  auto select =
      raw("SELECT person FROM visit WHERE fixmedins_code = ? AND last_day >= ? AND visits >= ? "
          "ORDER BY last_day DESC, visits DESC, person LIMIT ?",
          "t");
  select.bind(fixmedins_code, from.number(), visits_min, count_max);
  std::vector<std::string> hashes;
  while (step(select)) hashes.emplace_back(select.text(0));
  load_people(hashes, false);  // all of them with one question
  std::vector<std::string> out;
  for (const auto& hash : hashes) out.push_back(psn_no_of(hash));
  return out;
}

}  // namespace gongji::centre
