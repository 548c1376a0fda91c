// ledger_set.cpp — the working set of a transaction: read beforehand, written at the end.
#include <algorithm>
#include <utility>

#include "sync/centre/entries_in_hand.h"
#include "sync/centre/working_set.h"

namespace gongji::centre {

Ledger::Ledger(std::unique_ptr<database::Connection> connection, Sealing sealing)
    : connection_(std::move(connection)),
      sealing_(std::move(sealing)),
      read_(std::make_unique<ReadRows>()),
      new_(std::make_unique<NewRows>()) {}

Ledger::~Ledger() = default;

namespace {

constexpr int state_of_grants = 4;  // of the holds that set their money aside
constexpr std::string_view insert_entries =
    "INSERT INTO entry (terminal, epoch, seq, public_bytes, personal, personal_digest, hash, received)";

}  // namespace

void Ledger::forget_all() {
  *read_ = {};
  *new_ = {};
  if (!connection_->is_shared()) posting_numbers_left_ = 0;  // another program may have the file open
}

// Hashes cost an HMAC each, and every row of a person is found by one.
const std::string& Ledger::hash_of(const std::string& psn_no) {
  auto [known, is_new] = read_->hashes.try_emplace(psn_no);
  if (is_new) known->second = sealing_.person(psn_no);
  return known->second;
}

namespace {

template <class Values>
std::vector<std::string> unique(Values values) {
  std::sort(values.begin(), values.end());
  values.erase(std::unique(values.begin(), values.end()), values.end());
  return values;
}

}  // namespace

// Locks first: what is read before somebody else's commit could be told anew after it.
void Ledger::prepare(const Batch& batch, const KeyedNames& names) {
  flush();
  *read_ = {};
  read_->hashes = names.persons;
  read_->log = batch.log;
  // Most requests bring nothing, and each look-up of nobody is a statement all the same.
  if (batch.psn_nos.empty() && batch.sale_ids.empty() && batch.card_sns.empty()) return;
  std::vector<std::string> hashes;
  for (const auto& psn_no : batch.psn_nos) {
    if (!psn_no.empty()) hashes.push_back(hash_of(psn_no));
  }
  if (!batch.named_sales.empty()) {  // whom they are about, they do not say
    auto select =
        raw("SELECT DISTINCT person FROM outcome INDEXED BY outcome_of_sale WHERE terminal = ? AND epoch = ? AND "
            "sale_id IN texts(?) AND kind = 1 AND reason <> 'duplicate_sale' AND person <> ''",
            "t");
    select.bind(batch.log.terminal, batch.log.epoch, batch.named_sales);
    while (step(select)) hashes.emplace_back(select.text(0));
  }
  hashes = unique(std::move(hashes));
  lock_hashes(hashes);
  load_people(hashes, true);
  load_accounts();
  load_held();
  load_counters(hashes, batch.first_day.plus_days(-window_days_max));
  load_sales(batch.sale_ids);
  load_orders(hashes, batch.first_day);
  load_absent(batch, names);
}

// Money of everybody who was read.
void Ledger::load_accounts() {
  std::unordered_map<std::string, std::string> names;  // as stored, as the code says them
  std::vector<std::string> stored;
  for (const auto& [hash, known] : read_->people) {
    if (!known) continue;
    for (const auto& own : known->person.accounts) {
      const std::string name = person_account(known->person.facts.psn_no, own.kind);
      const std::string as_stored = person_account(hash, own.kind);
      if (names.emplace(as_stored, name).second) stored.push_back(as_stored);
    }
  }
  auto select = raw("SELECT name, account_id, balance FROM account WHERE name = each(?)", "tii");
  select.bind(stored);
  while (step(select)) {
    account_ids_[names[std::string(select.text(0))]] = select.integer(1);
    read_->balances[select.integer(1)] = select.money(2);
  }
}

void Ledger::load_held() {
  std::vector<std::int64_t> accounts;
  for (const auto& [account, balance] : read_->balances) accounts.push_back(account);
  for (const std::int64_t account : accounts) read_->held[account] = read_->promised_here[account] = Money{};
  {
    auto select =
        raw("SELECT account_id, amount, terminal, epoch, state, run_from FROM hold_account JOIN hold USING (hold_id) "
            "WHERE account_id = each(?)",
            "iitiii");
    select.bind(accounts);
    while (step(select)) {
      const bool of_others = select.text(2) != read_->log.terminal || select.integer(3) != read_->log.epoch;
      if (of_others) read_->held[select.integer(0)] += select.money(1);
      const bool promised = select.integer(4) == state_of_grants || select.integer(5) > 0;
      if (!of_others && promised) read_->promised_here[select.integer(0)] += select.money(1);
    }
  }
  std::vector<std::string> hashes;
  for (const auto& [hash, known] : read_->people) hashes.push_back(hash);
  for (const auto& hash : hashes) read_->held_counters[hash] = {};
  auto select =
      raw("SELECT scheme, name, since, amount, hold_counter.person FROM hold_counter JOIN hold USING (hold_id) "
          "WHERE hold_counter.person = each(?) AND (terminal <> ? OR epoch <> ?)",
          "ttiit");
  select.bind(hashes, read_->log.terminal, read_->log.epoch);
  while (step(select)) {
    settlement::add_counted(read_->held_counters[std::string(select.text(4))], read_counted(select));
  }
}

// What most sales do not have: a hold of their own, and a card that was reported lost.
void Ledger::load_absent(const Batch& batch, const KeyedNames& names) {
  read_->without_hold.insert(batch.sale_ids.begin(), batch.sale_ids.end());
  {
    auto select = raw("SELECT sale_id FROM hold WHERE sale_id = each(?)", "t");
    select.bind(batch.sale_ids);
    while (step(select)) read_->without_hold.erase(std::string(select.text(0)));
  }
  std::vector<std::string> numbers;
  for (const auto& card_sn : batch.card_sns) {
    if (card_sn.empty()) continue;
    const auto [known, is_new] = read_->card_keys.try_emplace(card_sn);
    if (!is_new) continue;
    const auto keyed = names.cards.find(card_sn);
    known->second = keyed != names.cards.end() ? keyed->second
                                               : sealing_.stopped(static_cast<int>(record::StopKind::card), card_sn);
    numbers.push_back(known->second);
  }
  read_->not_stopped.insert(numbers.begin(), numbers.end());
  auto select = raw("SELECT number FROM stop WHERE kind = ? AND number = each(?)", "t");
  select.bind(static_cast<int>(record::StopKind::card), numbers);
  while (step(select)) read_->not_stopped.erase(std::string(select.text(0)));
}

void Ledger::insert(database::Rows& rows, std::string_view head, std::string_view tail) {
  if (trouble_) return;
  if (auto outcome = rows.insert(*connection_, head, tail); outcome.has_error()) trouble_ = outcome.error();
}

void Ledger::send_entries() {
  if (connection_->is_shared()) insert(new_->entries, insert_entries);
}

// Parents before children.  Balances stay: balance() knows them, and every centre changes the same few.
void Ledger::flush() {
  if (trouble_ || new_->has_no_rows()) return;
  NewRows rows = std::move(*new_);
  *new_ = {};
  new_->balances = std::move(rows.balances);
  database::Rows outcomes("tiiitiitiiiiiitiii");
  for (const auto& name : rows.outcomes) {
    KnownOutcome& known = read_->outcomes.at(name);
    const OutcomeRow& row = known.row;
    outcomes.add(row.entry.terminal, row.entry.epoch, row.entry.seq, row.kind, row.sale_id, row.day.number(),
                 static_cast<int>(row.verdict), row.reason, row.cancelled, row.medfee, row.stands.fund,
                 row.stands.account, row.stands.family, row.stands.cash, known.hash, row.second, row.guaranteed,
                 row.place_seq);
    known.written = true;
  }
  insert(rows.entries, insert_entries);
  insert(outcomes, "INSERT INTO outcome");
  insert(rows.postings, "INSERT INTO posting (posting_id, purpose, terminal, epoch, seq, at)");
  insert(rows.movements, "INSERT INTO movement");
  insert(rows.counted, "INSERT INTO entry_counter");
  write_feed(std::move(rows.feed));
  database::Rows counters("tttii");
  for (const auto& [name, risen] : rows.counters) counters.add(name.person, name.scheme, name.name, name.since, risen);
  insert(counters, "INSERT INTO counter (person, scheme, name, since, value)",
         "ON CONFLICT (person, since, scheme, name) DO UPDATE SET value = counter.value + "
         "excluded.value");
  database::Rows risks("tii");
  for (const auto& [of, risen] : rows.risk_borne) {
    risks.add(of.first, of.second, risen);
    if (const auto known = read_->risk_borne.find(of); known != read_->risk_borne.end()) known->second += risen;
  }
  insert(risks, "INSERT INTO risk_borne (terminal, year, amount)",
         "ON CONFLICT (terminal, year) DO UPDATE SET amount = risk_borne.amount + excluded.amount");
  database::Rows visits("ttii");
  for (const auto& [who, visit] : rows.visits) visits.add(who.first, who.second, visit.last_day, visit.visits);
  insert(visits, "INSERT INTO visit",
         "ON CONFLICT (fixmedins_code, person) DO UPDATE SET visits = visit.visits + excluded.visits, "
         "last_day = CASE WHEN excluded.last_day > visit.last_day THEN excluded.last_day "
         "ELSE visit.last_day END");
}

// Accounts last and in the order of their numbers: the locks on those that all centres change are short.  A person's
// account changes under the lock of the person, who has it already.
void Ledger::flush_all() {
  flush();
  if (trouble_) return;
  const auto changes = std::exchange(new_->balances, {});
  std::vector<std::int64_t> accounts;
  database::Rows rows("ii");
  for (const auto& [account, change] : changes) {
    if (change == Money{}) continue;
    accounts.push_back(account);
    rows.add(account, change);
    if (const auto known = read_->balances.find(account); known != read_->balances.end()) known->second += change;
  }
  if (connection_->is_shared() && !accounts.empty()) {
    auto select =
        raw("SELECT 1 FROM account WHERE account_id IN integers(?) AND name NOT LIKE 'person:%' ORDER BY account_id "
            "FOR NO KEY UPDATE",
            "i");
    select.bind(accounts);
    run(select);
  }
  if (trouble_) return;
  auto outcome = rows.update(*connection_, "UPDATE account SET balance = balance + ?2 WHERE account_id = ?1",
                             "UPDATE account SET balance = balance + given.c2 FROM given WHERE account_id = given.c1");
  if (outcome.has_error()) trouble_ = outcome.error();
}

}  // namespace gongji::centre
