// ledger_operations.cpp — what an officer does to the ledger, and what the risk reserve has borne.
#include <algorithm>

#include "sync/centre/working_set.h"

namespace gongji::centre {
namespace {

std::string_view tail_of(settlement::AccountKind kind) {
  return kind == settlement::AccountKind::current ? ":current" : ":prior";
}

constexpr std::string_view person_name = "person:";

OperationRow read_operation(const database::Query& row) {
  OperationRow out;
  out.id = row.text(0);
  out.purpose = static_cast<Purpose>(row.integer(1));
  out.posting_id = row.integer(2);
  out.at = WallTime{row.integer(3)};
  out.officer = row.text(4);
  const ByteView digest = row.blob(5);
  if (digest.size() == out.digest.size()) std::copy(digest.begin(), digest.end(), out.digest.begin());
  out.amount = row.money(6);
  out.set_aside = row.money(7);
  return out;
}

#define OPERATION_COLUMNS "operation_id, purpose, posting_id, at, officer, digest, amount, set_aside FROM operation "
constexpr std::string_view operation_types = "tiiitbii";

}  // namespace

std::optional<OperationRow> Ledger::find_operation(const std::string& id) {
  auto select = query("SELECT " OPERATION_COLUMNS "WHERE operation_id = ?", operation_types);
  select.bind(id);
  if (!step(select)) return std::nullopt;
  return read_operation(select);
}

void Ledger::add_operation(const OperationRow& operation) {
  auto insert = query("INSERT INTO operation VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
  insert.bind(operation.id, static_cast<int>(operation.purpose), operation.posting_id, operation.at, operation.officer,
              operation.digest, operation.amount, operation.set_aside);
  run(insert);
}

std::vector<OperationRow> Ledger::operations(std::size_t count_max) {
  auto select = query("SELECT " OPERATION_COLUMNS "ORDER BY at DESC, operation_id LIMIT ?", operation_types);
  select.bind(count_max);
  std::vector<OperationRow> out;
  while (step(select)) out.push_back(read_operation(select));
  return out;
}

std::vector<Ledger::OwnAccountRow> Ledger::accounts_of_kind(settlement::AccountKind kind) {
  auto select = query(
      "SELECT account_id, name, balance, (SELECT CAST(COALESCE(SUM(amount), 0) AS BIGINT) FROM hold_account "
      "WHERE hold_account.account_id = account.account_id) FROM account "
      "WHERE name LIKE ? AND balance > 0 ORDER BY account_id",
      "itii");
  const std::string tail(tail_of(kind));
  select.bind(std::string(person_name) + "%" + tail);
  std::vector<OwnAccountRow> out;
  while (step(select)) {
    const std::string_view name = select.text(1);
    out.push_back({std::string(name.substr(person_name.size(), name.size() - person_name.size() - tail.size())),
                   select.integer(0), select.money(2), select.money(3)});
  }
  return out;
}

AccountId Ledger::own_account(const std::string& psn_no, settlement::AccountKind kind) {
  return own_account_of_hash(sealing_.person(psn_no), kind);
}

AccountId Ledger::own_account_of_hash(const std::string& person, settlement::AccountKind kind) {
  const std::string name = std::string(person_name) + person + std::string(tail_of(kind));
  {
    auto insert = query("INSERT INTO account (name, balance, may_be_negative) VALUES (?, 0, 0) ON CONFLICT DO NOTHING");
    insert.bind(name);
    run(insert);
    auto own = query(
        "INSERT INTO own_account (person, place, kind) SELECT ?1, COALESCE(MAX(place), -1) + 1, ?2 FROM own_account "
        "WHERE person = ?1 HAVING NOT EXISTS (SELECT 1 FROM own_account WHERE person = ?1 AND kind = ?2)");
    own.bind(person, static_cast<int>(kind));
    run(own);
  }
  auto select = query("SELECT account_id FROM account WHERE name = ?", "i");
  select.bind(name);
  return step(select) ? select.integer(0) : 0;
}

std::optional<FamilyRow> Ledger::find_family(const std::string& psn_no, const std::string& owner) {
  auto select =
      query("SELECT relation, listed, take_max, take_since FROM family WHERE person = ? AND owner = ?", "iiII");
  select.bind(sealing_.person(psn_no), sealing_.person(owner));
  if (!step(select)) return std::nullopt;
  FamilyRow out;
  out.relation = static_cast<settlement::Relation>(select.integer(0));
  out.listed = select.integer(1) != 0;
  if (const auto limit = select.integer_or_null(2)) out.take_max = Money::fen(*limit);
  out.take_since = WallTime{select.integer_or_null(3).value_or(0)};
  return out;
}

void Ledger::add_family(const std::string& psn_no, const std::string& owner, const FamilyRow& row) {
  auto insert = query(
      "INSERT INTO family (person, place, owner, relation, listed) "
      "SELECT ?1, COALESCE(MAX(place), -1) + 1, ?2, ?3, ?4 FROM family WHERE person = ?1");
  insert.bind(sealing_.person(psn_no), sealing_.person(owner), static_cast<int>(row.relation), row.listed);
  run(insert);
}

void Ledger::change_family(const std::string& psn_no, const std::string& owner, const FamilyRow& row) {
  auto update = query("UPDATE family SET take_max = ?, take_since = ? WHERE person = ? AND owner = ?");
  update.bind(row.take_max ? std::optional(row.take_max->in_fen()) : std::nullopt, row.take_since,
              sealing_.person(psn_no), sealing_.person(owner));
  run(update);
}

void Ledger::remove_family(const std::string& psn_no, const std::string& owner) {
  auto remove = query("DELETE FROM family WHERE person = ? AND owner = ?");
  remove.bind(sealing_.person(psn_no), sealing_.person(owner));
  run(remove);
}

Money Ledger::taken_by(const std::string& psn_no, const std::string& owner, WallTime since) {
  const std::string hash = sealing_.person(owner);
  auto select = query(
      "SELECT CAST(COALESCE(SUM(-amount), 0) AS BIGINT) FROM movement JOIN posting USING (posting_id) "
      "JOIN outcome USING (terminal, epoch, seq) WHERE account_id IN (SELECT account_id FROM account WHERE name = ?1 "
      "OR name = ?2) AND purpose IN (2, 4) AND at >= ?3 AND outcome.person = ?4 AND cancelled = 0",
      "i");
  select.bind(std::string(person_name) + hash + ":current", std::string(person_name) + hash + ":prior", since,
              sealing_.person(psn_no));
  return step(select) ? max(Money{}, select.money(0)) : Money{};
}

Money Ledger::risk_borne(const std::string& terminal, int year) {
  const RiskYear name{terminal, year};
  auto known = read_->risk_borne.find(name);
  if (known == read_->risk_borne.end()) {
    auto select = raw("SELECT amount FROM risk_borne WHERE terminal = ? AND year = ?", "i");
    select.bind(terminal, year);
    const Money there = step(select) ? select.money(0) : Money{};
    if (failed()) return {};
    known = read_->risk_borne.emplace(name, there).first;
  }
  const auto change = new_->risk_borne.find(name);
  return change == new_->risk_borne.end() ? known->second : known->second + change->second;
}

void Ledger::add_risk_borne(const std::string& terminal, int year, Money amount) {
  if (amount != Money{}) new_->risk_borne[{terminal, year}] += amount;
}

std::vector<Terminal> Ledger::terminals() {
  std::vector<std::string> names;
  {
    auto select = query("SELECT terminal FROM terminal ORDER BY terminal", "t");
    while (step(select)) names.emplace_back(select.text(0));
  }
  std::vector<Terminal> out;
  for (const std::string& name : names) {
    if (auto terminal = find_terminal(name)) out.push_back(std::move(*terminal));
  }
  return out;
}

std::vector<Id> Ledger::all_live_grants() {
  auto select = query("SELECT grant_id FROM standing_grant WHERE live = 1 ORDER BY expires, grant_id", "t");
  std::vector<Id> out;
  while (step(select)) {
    if (const auto id = parse_id(select.text(0))) out.push_back(*id);
  }
  return out;
}

}  // namespace gongji::centre
