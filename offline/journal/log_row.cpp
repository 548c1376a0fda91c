#include "offline/journal/log_row.h"

#include "offline/journal/troubles.h"
#include "offline/sqlite/transaction.h"

namespace gongji::journal {

namespace {

RowMac mac_of_row(const seal::KeyStore& keys, const LogRow& row) {
  std::string text = row.terminal;
  const auto add = [&](const std::string& part) { text.append("|").append(part); };
  add(std::to_string(row.epoch));
  add(std::to_string(row.acknowledged_seq));
  add(std::to_string(row.feed_cursor));
  add(row.last_contact ? std::to_string(row.last_contact->ms) : "");
  add(std::to_string(row.head_seq));
  add(to_hex(row.head_hash));
  add(to_hex(row.head_signature));
  add(row.terms ? to_hex(row.terms->signature) + row.terms->bytes : "");
  return RowMac(keys, "log-row", std::move(text));
}

}  // namespace

Result<std::optional<LogRow>> read_log_row(const Store& store) {
  auto query = store.db.query(
      "SELECT terminal, epoch, acknowledged_seq, feed_cursor, last_contact_ms, head_seq, head_hash, head_signature, "
      "terms, terms_signature, mac FROM log",
      "tiiiIibbTBb");
  const auto more = query.step();
  if (!more) return more.error();
  if (!*more) return std::optional<LogRow>();
  LogRow row;
  row.terminal = query.text(0);
  row.epoch = static_cast<std::uint32_t>(query.count(1));
  row.acknowledged_seq = query.count(2);
  row.feed_cursor = query.count(3);
  if (const auto contact = query.integer_or_null(4)) row.last_contact = WallTime{*contact};
  row.head_seq = query.count(5);
  const auto hash = digest_of(query.blob(6));
  row.head_signature = to_bytes(query.blob(7));
  if (!query.is_null(8)) row.terms = record::Signed{std::string(query.text(8)), to_bytes(query.blob(9))};
  if (hash) row.head_hash = *hash;
  if (!hash || (store.depth == Depth::whole && !mac_of_row(store.keys, row).holds(query.blob(10)))) {
    return trouble(troubles::chain_broken, "log", "head at seq " + std::to_string(row.head_seq));
  }
  return std::optional(std::move(row));
}

Result<void> write_log_row(const Store& store, const LogRow& row) {
  auto upsert = store.db.query(
      "INSERT INTO log (only_row, terminal, epoch, acknowledged_seq, feed_cursor, last_contact_ms, head_seq, "
      "head_hash, "
      "head_signature, terms, terms_signature, mac) VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "
      "ON CONFLICT DO UPDATE SET acknowledged_seq = excluded.acknowledged_seq, feed_cursor = excluded.feed_cursor, "
      "last_contact_ms = excluded.last_contact_ms, head_seq = excluded.head_seq, head_hash = excluded.head_hash, "
      "head_signature = excluded.head_signature, terms = excluded.terms, "
      "terms_signature = excluded.terms_signature, mac = excluded.mac");
  const auto terms = row.terms ? std::optional(row.terms->bytes) : std::nullopt;
  const auto terms_signature = row.terms ? std::optional(row.terms->signature) : std::nullopt;
  upsert.bind(row.terminal, row.epoch, row.acknowledged_seq, row.feed_cursor, row.last_contact, row.head_seq,
              row.head_hash, row.head_signature, terms, terms_signature, mac_of_row(store.keys, row).made());
  return upsert.run();
}

Result<void> write_over_failed_commit(sqlite::Connection& db) {
  auto transaction = sqlite::Transaction::begin(db);
  if (!transaction) return transaction.error();
  if (auto done = db.query("UPDATE log SET voided = voided + 1").run(); !done) return done;
  return transaction->commit();
}

}  // namespace gongji::journal
