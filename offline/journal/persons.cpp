#include "offline/journal/persons.h"

#include <algorithm>

#include "offline/base/check.h"
#include "offline/journal/troubles.h"
#include "offline/seal/troubles.h"

namespace gongji::journal {

namespace {

constexpr std::size_t signature_size = 64;

Trouble person_broken(const Bytes& person_key, std::string detail) {
  return trouble(troubles::chain_broken, "person " + to_hex(person_key).substr(0, 8), std::move(detail));
}

// What the newest snapshot that named an account said of it.
struct KnownAccount {
  WallTime as_of;
  std::uint64_t applied_seq = 0;
  Money balance;
};

Digest account_mac(const seal::KeyStore& keys, const Bytes& account_key, const KnownAccount& known) {
  return mac_of(keys, "account-row",
                to_hex(account_key) + "|" + std::to_string(known.as_of.ms) + "|" + std::to_string(known.applied_seq) +
                    "|" + std::to_string(known.balance.in_fen()));
}

Result<std::optional<KnownAccount>> known_account(const Store& store, const Bytes& account_key) {
  auto query = store.db.query("SELECT as_of_ms, applied_seq, balance, mac FROM account WHERE account_key = ?", "iiib");
  const auto row = query.bind(account_key).step();
  if (!row) return row.error();
  if (!*row) return std::optional<KnownAccount>();
  const KnownAccount known{WallTime{query.integer(0)}, query.count(1), query.money(2)};
  if (!is_equal(query.blob(3), account_mac(store.keys, account_key, known))) {
    return trouble(troubles::chain_broken, "account " + to_hex(account_key).substr(0, 8));
  }
  return std::optional(known);
}

Result<Money> balance_left(const Store& store, const Bytes& account_key, const KnownAccount& known) {
  auto query = store.db.query(
      "SELECT coalesce(sum(fen), 0) FROM movement WHERE owner = ? AND year = 0 AND name = '' AND seq > ?", "i");
  const auto row = query.bind(account_key, known.applied_seq).step();
  if (!row) return row.error();
  return max(Money(), known.balance - query.money(0));
}

}  // namespace

Result<Money> account_balance(const Store& store, const Bytes& account_key) {
  const auto known = known_account(store, account_key);
  if (!known) return known.error();
  if (!*known) return Money();
  return balance_left(store, account_key, **known);
}

std::uint64_t Persons::applied_seq(const record::Snapshot& snapshot) const {
  // A snapshot of another epoch knows nothing of this log.
  return snapshot.applied_epoch == store_.identity.epoch ? snapshot.applied_seq : 0;
}

Bytes Persons::association(const Bytes& person_key, WallTime as_of, std::uint64_t applied_seq) const {
  const std::string text = store_.identity.terminal + "|person|" + to_hex(person_key) + "|" + std::to_string(as_of.ms) +
                           "|" + std::to_string(applied_seq);
  return to_bytes(as_bytes(text));
}

Digest Persons::credential_mac(const Bytes& credential_key, const Bytes& person_key) const {
  return mac_of(store_.keys, "credential", to_hex(credential_key) + "|" + to_hex(person_key));
}

Result<void> Persons::store_snapshot(const std::string& person_key, const std::vector<std::string>& credential_keys,
                                     const record::Signed& snapshot, std::uint64_t last_seq) {
  const auto decoded = record::decode_snapshot(snapshot.bytes);
  if (!decoded) return decoded.error();
  GONGJI_CHECK(snapshot.signature.size() == signature_size);
  const std::uint64_t applied = applied_seq(*decoded);
  if (applied > last_seq) {
    return trouble(troubles::log_behind, {},
                   "snapshot knows " + std::to_string(applied) + ", log ends at " + std::to_string(last_seq));
  }
  const Bytes person = key_bytes(person_key);
  for (const std::string& credential_key : credential_keys) {
    const Bytes credential = key_bytes(credential_key);
    auto upsert = store_.db.query(
        "INSERT INTO credential (credential_key, person_key, mac) VALUES (?, ?, ?) "
        "ON CONFLICT DO UPDATE SET person_key = excluded.person_key, mac = excluded.mac");
    upsert.bind(credential, person, credential_mac(credential, person));
    if (auto done = upsert.run(); !done) return done;
  }

  {
    auto newer = store_.db.query("SELECT 1 FROM person WHERE person_key = ? AND as_of_ms > ?", "i");
    const auto row = newer.bind(person, decoded->as_of).step();
    if (!row) return row.error();
    if (*row) return {};
  }

  Bytes plain = snapshot.signature;
  plain.insert(plain.end(), snapshot.bytes.begin(), snapshot.bytes.end());
  const auto sealed = store_.keys.seal(month_of(decoded->as_of), plain, association(person, decoded->as_of, applied));
  std::fill(plain.begin(), plain.end(), std::uint8_t{0});
  if (!sealed) return sealed.error();
  auto upsert = store_.db.query(
      "INSERT INTO person (person_key, as_of_ms, applied_seq, snapshot) VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET "
      "as_of_ms = excluded.as_of_ms, applied_seq = excluded.applied_seq, snapshot = excluded.snapshot");
  if (auto done = upsert.bind(person, decoded->as_of, applied, *sealed).run(); !done) return done;

  for (const auto& account : decoded->accounts) {
    const Bytes key = account_key(store_.keys, decoded->person.psn_no, account.owner, account.kind);
    const KnownAccount known{decoded->as_of, applied, account.balc};
    auto upsert_account = store_.db.query(
        "INSERT INTO account (account_key, as_of_ms, applied_seq, balance, mac) VALUES (?, ?, ?, ?, ?) "
        "ON CONFLICT DO UPDATE SET as_of_ms = excluded.as_of_ms, applied_seq = excluded.applied_seq, "
        "balance = excluded.balance, mac = excluded.mac WHERE excluded.as_of_ms >= as_of_ms");
    upsert_account.bind(key, known.as_of, known.applied_seq, known.balance, account_mac(store_.keys, key, known));
    if (auto done = upsert_account.run(); !done) return done;
  }
  return {};
}

Result<std::optional<Bytes>> Persons::person_of_credential(const Bytes& credential_key) {
  auto query = store_.db.query("SELECT person_key, mac FROM credential WHERE credential_key = ?", "bb");
  const auto row = query.bind(credential_key).step();
  if (!row) return row.error();
  if (!*row) return std::optional<Bytes>();
  Bytes person = to_bytes(query.blob(0));
  if (!is_equal(query.blob(1), credential_mac(credential_key, person))) return person_broken(person, "credential");
  return std::optional(std::move(person));
}

Result<std::optional<Persons::Row>> Persons::open_row(const Bytes& person_key) {
  auto query = store_.db.query("SELECT as_of_ms, applied_seq, snapshot FROM person WHERE person_key = ?", "iib");
  const auto row = query.bind(person_key).step();
  if (!row) return row.error();
  if (!*row) return std::optional<Row>();
  Row out;
  out.as_of = WallTime{query.integer(0)};
  out.applied_seq = query.count(1);
  const auto plain =
      store_.keys.open_sealed(month_of(out.as_of), query.blob(2), association(person_key, out.as_of, out.applied_seq));
  if (!plain) {
    if (plain.error().text == &seal::troubles::month_key_destroyed) return std::optional<Row>();
    if (plain.error().text == &seal::troubles::does_not_open) return person_broken(person_key, "snapshot");
    return plain.error();
  }
  if (plain->size() < signature_size) return person_broken(person_key, "snapshot");
  auto snapshot = record::decode_snapshot(as_text(*plain).substr(signature_size));
  if (!snapshot) return person_broken(person_key, snapshot.error().path);
  out.snapshot = std::move(*snapshot);
  return std::optional(std::move(out));
}

Result<std::vector<settlement::Counter>> Persons::counters(const Bytes& person_key, const record::Snapshot& snapshot,
                                                           std::int32_t year) {
  // In another year than the snapshot's everything this till did counts: nobody's snapshot has told it yet.
  const bool same_year = snapshot.benefit_year == year;
  std::vector<settlement::Counter> counters;
  if (same_year) counters = snapshot.counters;
  auto query = store_.db.query(
      "SELECT name, sum(fen) FROM movement WHERE owner = ? AND year = ? AND seq > ? GROUP BY name ORDER BY name", "ti");
  query.bind(person_key, year, same_year ? applied_seq(snapshot) : std::uint64_t{0});
  while (true) {
    const auto more = query.step();
    if (!more) return more.error();
    if (!*more) break;
    const auto known = std::find_if(counters.begin(), counters.end(),
                                    [&](const settlement::Counter& counter) { return counter.name == query.text(0); });
    if (known == counters.end()) {
      counters.push_back({std::string(query.text(0)), max(Money(), query.money(1))});
    } else {
      known->value = max(Money(), known->value + query.money(1));
    }
  }
  return counters;
}

Result<std::optional<PersonState>> Persons::find(const std::string& key, std::int32_t benefit_year) {
  Bytes person = key_bytes(key);
  auto row = open_row(person);
  if (!row) return row.error();
  if (!*row) {
    const auto by_credential = person_of_credential(person);
    if (!by_credential) return by_credential.error();
    if (!*by_credential) return std::optional<PersonState>();
    person = **by_credential;
    row = open_row(person);
    if (!row) return row.error();
    if (!*row) return std::optional<PersonState>();
  }
  auto state = moved_on(person, std::move((*row)->snapshot), benefit_year);
  if (!state) return state.error();
  return std::optional(std::move(*state));
}

Result<PersonState> Persons::state_of(const record::Snapshot& snapshot, std::int32_t benefit_year) {
  return moved_on(key_bytes(store_.keys.lookup_key("person", snapshot.person.psn_no)), snapshot, benefit_year);
}

Result<PersonState> Persons::moved_on(const Bytes& person_key, record::Snapshot snapshot, std::int32_t year) {
  PersonState state;
  auto counted = counters(person_key, snapshot, year);
  if (!counted) return counted.error();
  state.counters = std::move(*counted);
  state.accounts = snapshot.accounts;
  for (auto& account : state.accounts) {
    const Bytes key = account_key(store_.keys, snapshot.person.psn_no, account.owner, account.kind);
    KnownAccount known{snapshot.as_of, applied_seq(snapshot), account.balc};
    const auto stored = known_account(store_, key);
    if (!stored) return stored.error();
    if (*stored && (*stored)->as_of >= known.as_of) known = **stored;
    const auto balance = balance_left(store_, key, known);
    if (!balance) return balance.error();
    account.balc = *balance;
  }
  state.snapshot = std::move(snapshot);
  return state;
}

Result<void> Persons::verify() {
  std::vector<Bytes> people;
  {
    auto query = store_.db.query("SELECT person_key FROM person", "b");
    while (true) {
      const auto more = query.step();
      if (!more) return more.error();
      if (!*more) break;
      people.push_back(to_bytes(query.blob(0)));
    }
  }
  for (const Bytes& person : people) {
    const auto row = open_row(person);
    if (!row) return row.error();
    if (!*row) continue;  // erased
    const auto& snapshot = (*row)->snapshot;
    if (snapshot.as_of != (*row)->as_of || applied_seq(snapshot) != (*row)->applied_seq) {
      return person_broken(person, "snapshot");
    }
  }
  auto credentials = store_.db.query("SELECT credential_key, person_key, mac FROM credential", "bbb");
  while (true) {
    const auto more = credentials.step();
    if (!more) return more.error();
    if (!*more) break;
    const Bytes person = to_bytes(credentials.blob(1));
    if (!is_equal(credentials.blob(2), credential_mac(to_bytes(credentials.blob(0)), person))) {
      return person_broken(person, "credential");
    }
  }
  auto accounts = store_.db.query("SELECT account_key FROM account", "b");
  while (true) {
    const auto more = accounts.step();
    if (!more) return more.error();
    if (!*more) return {};
    if (const auto known = known_account(store_, to_bytes(accounts.blob(0))); !known) return known.error();
  }
}

}  // namespace gongji::journal
