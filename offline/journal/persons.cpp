#include "offline/journal/persons.h"

#include <algorithm>
#include <limits>

#include "offline/base/check.h"
#include "offline/journal/remembered_keys.h"
#include "offline/journal/tail.h"
#include "offline/journal/troubles.h"
#include "offline/record/compact.h"
#include "offline/record/kept_form.h"
#include "offline/seal/troubles.h"

namespace gongji::journal {

namespace {

constexpr std::size_t signature_size = 64;

// The keys of a person's accounts are kept with the snapshot, because making one takes as long as reading all of it:
// so many at most, which no form of a snapshot begins with.
constexpr std::size_t account_keys_max = 31;
constexpr std::size_t account_key_size = 32;

void take_account_keys(std::string_view& bytes, std::vector<Bytes>& keys) {
  if (bytes.empty() || static_cast<unsigned char>(bytes.front()) > account_keys_max) return;
  const std::size_t count = static_cast<unsigned char>(bytes.front());
  if (bytes.size() <= count * account_key_size) return;  // no snapshot begins so: what decodes it says so
  bytes.remove_prefix(1);
  for (std::size_t i = 0; i < count; ++i) {
    keys.push_back(to_bytes(as_bytes(bytes.substr(0, account_key_size))));
    bytes.remove_prefix(account_key_size);
  }
}

// Rows of before version 6 have the canonical form, as it was signed.
Result<record::Snapshot> decode_kept(std::string_view bytes) {
  return record::is_compact(bytes) ? record::decode_compact_snapshot(bytes) : record::decode_snapshot(bytes);
}

Trouble person_broken(const Bytes& person_key, std::string detail) {
  return trouble(troubles::chain_broken, "person " + to_hex(person_key).substr(0, 8), std::move(detail));
}

// What the newest snapshot that named an account said of it.
struct KnownAccount {
  WallTime as_of;
  std::uint64_t applied_seq = 0;
  std::optional<std::uint64_t> applied_feed;  // absent: every verdict on what was applied
  Money balance;
};

RowMac account_mac(const seal::KeyStore& keys, const Bytes& account_key, const KnownAccount& known) {
  std::string text = to_hex(account_key) + "|" + std::to_string(known.as_of.ms) + "|" +
                     std::to_string(known.applied_seq) + "|" + std::to_string(known.balance.in_fen());
  if (known.applied_feed) text += "|" + std::to_string(*known.applied_feed);
  return RowMac(keys, "account-row", std::move(text));
}

Result<std::optional<KnownAccount>> known_account(const Store& store, const Bytes& account_key) {
  auto query = store.db.query(
      "SELECT as_of_ms, applied_seq, balance, mac, applied_feed FROM account WHERE account_key = ?", "iiibI");
  const auto row = query.bind(account_key).step();
  if (!row) return row.error();
  if (!*row) return std::optional<KnownAccount>();
  KnownAccount known{WallTime{query.integer(0)}, query.count(1), std::nullopt, query.money(2)};
  if (!query.is_null(4)) known.applied_feed = query.count(4);
  if (!account_mac(store.keys, account_key, known).holds(query.blob(3))) {
    return trouble(troubles::chain_broken, "account " + to_hex(account_key).substr(0, 8));
  }
  return std::optional(known);
}

// What this log moved since somebody knew it up to an entry and up to an item of the feed: the later entries, and what
// later verdicts changed of the earlier ones.
Result<void> add_moved(const Store& store, const Bytes& owner, std::uint64_t applied_seq,
                       std::optional<std::uint64_t> applied_feed, std::vector<settlement::Counted>& rows) {
  auto query = store.db.query(
      "SELECT scheme, name, since, fen FROM movement WHERE owner = ?1 AND seq > ?2 UNION ALL "
      "SELECT scheme, name, since, fen FROM movement WHERE owner = ?1 AND feed > 0 AND feed > ?3 AND seq <= ?2",
      "ttii");
  const auto last_feed = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  query.bind(owner, applied_seq, applied_feed.value_or(last_feed));
  while (true) {
    const auto more = query.step();
    if (!more) return more.error();
    if (!*more) break;
    const std::string_view scheme = query.text(0), name = query.text(1);
    const Day since = Day::from_number(static_cast<std::int32_t>(query.integer(2)));
    const auto same = std::find_if(rows.begin(), rows.end(), [&](const settlement::Counted& row) {
      return row.since == since && row.name == name && row.scheme == scheme;
    });
    if (same == rows.end()) {
      rows.push_back({std::string(scheme), std::string(name), since, query.money(3)});
    } else {
      same->value += query.money(3);
    }
  }
  if (store.tail != nullptr) store.tail->add_moved(owner, applied_seq, rows);
  return {};
}

Result<Money> balance_left(const Store& store, const Bytes& account_key, const KnownAccount& known) {
  std::vector<settlement::Counted> moved;
  if (auto done = add_moved(store, account_key, known.applied_seq, known.applied_feed, moved); !done) {
    return done.error();
  }
  Money taken;
  for (const auto& row : moved) taken += row.value;
  return max(Money(), known.balance - taken);
}

}  // namespace

Result<Money> account_balance(const Store& store, const Bytes& account_key) {
  const auto known = known_account(store, account_key);
  if (!known) return known.error();
  if (!*known) return Money();
  return balance_left(store, account_key, **known);
}

std::optional<Money> Balances::of(const Bytes& account_key) const {
  for (const auto& [key, balance] : rows_) {
    if (key == account_key) return balance;
  }
  return std::nullopt;
}

std::uint64_t Persons::applied_seq(const record::Snapshot& snapshot) const {
  // A snapshot of another epoch knows nothing of this log.
  return snapshot.applied_epoch == store_.identity.epoch ? snapshot.applied_seq : 0;
}

std::optional<std::uint64_t> Persons::applied_feed(const record::Snapshot& snapshot) const {
  if (snapshot.applied_epoch == store_.identity.epoch) return snapshot.applied_feed;
  return snapshot.applied_feed ? std::optional<std::uint64_t>(0) : std::nullopt;
}

Bytes Persons::association(const Bytes& person_key, WallTime as_of, std::uint64_t applied_seq) const {
  const std::string text = store_.identity.terminal + "|person|" + to_hex(person_key) + "|" + std::to_string(as_of.ms) +
                           "|" + std::to_string(applied_seq);
  return to_bytes(as_bytes(text));
}

RowMac Persons::credential_mac(const Bytes& credential_key, const Bytes& person_key) const {
  return RowMac(store_.keys, "credential", to_hex(credential_key) + "|" + to_hex(person_key));
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
    upsert.bind(credential, person, credential_mac(credential, person).made());
    if (auto done = upsert.run(); !done) return done;
  }

  {
    auto newer = store_.db.query("SELECT 1 FROM person WHERE person_key = ? AND as_of_ms > ?", "i");
    const auto row = newer.bind(person, decoded->as_of).step();
    if (!row) return row.error();
    if (*row) return {};
  }

  Bytes plain = snapshot.signature;
  const std::size_t key_count = std::min(decoded->accounts.size(), account_keys_max);
  plain.push_back(static_cast<std::uint8_t>(key_count));
  for (std::size_t i = 0; i < key_count; ++i) {
    const auto& account = decoded->accounts[i];
    const Bytes key = account_key(store_.keys, decoded->person.psn_no, account.owner, account.kind);
    GONGJI_CHECK(key.size() == account_key_size);
    plain.insert(plain.end(), key.begin(), key.end());
  }
  std::string kept = record::encode_compact(*decoded);
  plain.insert(plain.end(), kept.begin(), kept.end());
  std::fill(kept.begin(), kept.end(), '\0');
  const auto sealed = store_.keys.seal(month_of(decoded->as_of), plain, association(person, decoded->as_of, applied));
  std::fill(plain.begin(), plain.end(), std::uint8_t{0});
  if (!sealed) return sealed.error();
  auto upsert = store_.db.query(
      "INSERT INTO person (person_key, as_of_ms, applied_seq, snapshot) VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET "
      "as_of_ms = excluded.as_of_ms, applied_seq = excluded.applied_seq, snapshot = excluded.snapshot");
  if (auto done = upsert.bind(person, decoded->as_of, applied, *sealed).run(); !done) return done;

  for (const auto& account : decoded->accounts) {
    const Bytes key = account_key(store_.keys, decoded->person.psn_no, account.owner, account.kind);
    const KnownAccount known{decoded->as_of, applied, applied_feed(*decoded), account.balc};
    auto upsert_account = store_.db.query(
        "INSERT INTO account (account_key, as_of_ms, applied_seq, applied_feed, balance, mac) "
        "VALUES (?, ?, ?, ?, ?, ?) "
        "ON CONFLICT DO UPDATE SET as_of_ms = excluded.as_of_ms, applied_seq = excluded.applied_seq, "
        "applied_feed = excluded.applied_feed, balance = excluded.balance, mac = excluded.mac "
        "WHERE excluded.as_of_ms >= as_of_ms");
    upsert_account.bind(key, known.as_of, known.applied_seq, known.applied_feed, known.balance,
                        account_mac(store_.keys, key, known).made());
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
  if (!credential_mac(credential_key, person).holds(query.blob(1))) return person_broken(person, "credential");
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
  std::string_view bytes = as_text(*plain).substr(signature_size);
  take_account_keys(bytes, out.account_keys);
  auto snapshot = decode_kept(bytes);
  if (!snapshot) return person_broken(person_key, snapshot.error().path);
  if (out.account_keys.size() > snapshot->accounts.size()) return person_broken(person_key, "accounts");
  out.snapshot = std::move(*snapshot);
  return std::optional(std::move(out));
}

Result<std::vector<settlement::Counted>> Persons::counters(const Bytes& person_key, const record::Snapshot& snapshot) {
  std::vector<settlement::Counted> counters = snapshot.counters;
  auto done = add_moved(store_, person_key, applied_seq(snapshot), applied_feed(snapshot), counters);
  if (!done) return done.error();
  return counters;
}

// Who comes with a card is the usual case; a person's own key is no credential's.
Result<std::optional<PersonState>> Persons::find(const std::string& key) {
  Bytes person = key_bytes(key);
  auto by_credential = person_of_credential(person);
  if (!by_credential) return by_credential.error();
  if (*by_credential) person = std::move(**by_credential);
  auto row = open_row(person);
  if (!row) return row.error();
  if (!*row) return std::optional<PersonState>();
  remember_accounts(**row);
  auto state = moved_on(person, std::move((*row)->snapshot));
  if (!state) return state.error();
  return std::optional(std::move(*state));
}

void Persons::remember_accounts(const Row& row) const {
  if (store_.remembered == nullptr) return;
  const auto& snapshot = row.snapshot;
  for (std::size_t i = 0; i < row.account_keys.size(); ++i) {
    const auto& account = snapshot.accounts[i];
    store_.remembered->remember("account", account_name(snapshot.person.psn_no, account.owner, account.kind),
                                to_hex(row.account_keys[i]));
  }
}

Result<PersonState> Persons::state_of(const record::Snapshot& snapshot) {
  return moved_on(key_bytes(store_.keys.lookup_key("person", snapshot.person.psn_no)), snapshot);
}

Result<PersonState> Persons::moved_on(const Bytes& person_key, record::Snapshot snapshot) {
  PersonState state;
  auto counted = counters(person_key, snapshot);
  if (!counted) return counted.error();
  state.counters = std::move(*counted);
  state.accounts = snapshot.accounts;
  for (auto& account : state.accounts) {
    const Bytes key = account_key(store_.keys, snapshot.person.psn_no, account.owner, account.kind);
    KnownAccount known{snapshot.as_of, applied_seq(snapshot), applied_feed(snapshot), account.balc};
    const auto stored = known_account(store_, key);
    if (!stored) return stored.error();
    const bool is_stored = *stored && (*stored)->as_of >= known.as_of;
    if (is_stored) known = **stored;
    const auto balance = balance_left(store_, key, known);
    if (!balance) return balance.error();
    if (is_stored && seen_ != nullptr) seen_->remember(key, *balance);
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
    for (std::size_t i = 0; i < (*row)->account_keys.size(); ++i) {
      const auto& account = snapshot.accounts[i];
      const Bytes key = account_key(store_.keys, snapshot.person.psn_no, account.owner, account.kind);
      if ((*row)->account_keys[i] != key) return person_broken(person, "account");
    }
  }
  auto credentials = store_.db.query("SELECT credential_key, person_key, mac FROM credential", "bbb");
  while (true) {
    const auto more = credentials.step();
    if (!more) return more.error();
    if (!*more) break;
    const Bytes person = to_bytes(credentials.blob(1));
    if (!credential_mac(to_bytes(credentials.blob(0)), person).holds(credentials.blob(2))) {
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
