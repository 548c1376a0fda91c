// ledger_stops.cpp — the stop list, and the offline vouchers that were issued and used.
#include "sync/centre/working_set.h"

namespace gongji::centre {
namespace {

std::string stop_place(std::string_view number) {
  return "stop|" + std::string(number);
}

constexpr std::string_view stop_types = "itiiIitib";
#define STOP_COLUMNS "kind, number, reason, from_ms, until_ms, lifted, known_to, change, sealed "

}  // namespace

StopRow Ledger::read_stop(const database::Query& select) {
  StopRow out;
  out.kind = static_cast<record::StopKind>(select.integer(0));
  out.number = opened(seal::lasting, stop_place(select.text(1)), select.blob(8)).reveal();
  out.reason = static_cast<record::StopReason>(select.integer(2));
  out.from = WallTime{select.integer(3)};
  if (!select.is_null(4)) out.until = WallTime{select.integer(4)};
  out.lifted = select.integer(5) != 0;
  out.known_to = select.text(6);
  out.change = select.count(7);
  return out;
}

void Ledger::put_stop(const StopRow& stop) {
  lock("stops");  // changes are seen in the order of their numbers
  auto put = raw(
      "INSERT INTO stop SELECT ?1, ?2, ?8, ?3, ?4, ?5, ?6, ?7, coalesce(max(change), 0) + 1 FROM stop WHERE true "
      "ON CONFLICT (kind, number) DO UPDATE SET reason = excluded.reason, from_ms = excluded.from_ms, "
      "until_ms = excluded.until_ms, lifted = excluded.lifted, known_to = excluded.known_to, change = excluded.change");
  const std::string number = sealing_.stopped(static_cast<int>(stop.kind), stop.number);
  read_->not_stopped.erase(number);
  put.bind(static_cast<int>(stop.kind), number, static_cast<int>(stop.reason), stop.from, stop.until, stop.lifted,
           stop.known_to, sealed(seal::lasting, stop_place(number), as_bytes(stop.number)));
  run(put);
}

std::optional<StopRow> Ledger::find_stop(record::StopKind kind, const std::string& number) {
  const auto card = kind == record::StopKind::card ? read_->card_keys.find(number) : read_->card_keys.end();
  const std::string keyed =
      card != read_->card_keys.end() ? card->second : sealing_.stopped(static_cast<int>(kind), number);
  if (kind == record::StopKind::card && read_->not_stopped.count(keyed) != 0) return std::nullopt;
  auto select = raw("SELECT " STOP_COLUMNS "FROM stop WHERE kind = ? AND number = ?", stop_types);
  select.bind(static_cast<int>(kind), keyed);
  if (!step(select)) return std::nullopt;
  return read_stop(select);
}

std::vector<StopRow> Ledger::stops_after(std::uint64_t change, std::size_t count_max) {
  auto select = raw("SELECT " STOP_COLUMNS "FROM stop WHERE change > ? ORDER BY change LIMIT ?", stop_types);
  select.bind(change, count_max);
  std::vector<StopRow> out;
  while (step(select)) out.push_back(read_stop(select));
  return out;
}

std::size_t Ledger::stop_count(WallTime now) {
  auto select =
      query("SELECT count(*) FROM stop WHERE lifted = 0 AND reason <> ? AND (until_ms IS NULL OR until_ms > ?)", "i");
  select.bind(static_cast<int>(record::StopReason::used), now);
  return step(select) ? static_cast<std::size_t>(select.count(0)) : 0;
}

void Ledger::forget_stops(WallTime ended_before) {
  auto remove = query("DELETE FROM stop WHERE until_ms <= ?");
  remove.bind(ended_before);
  run(remove);
}

std::vector<StopRow> Ledger::stops_untold(const std::string& terminal, std::size_t count_max) {
  auto select = raw("SELECT " STOP_COLUMNS
                    "FROM stop WHERE change > coalesce((SELECT change FROM stop_told WHERE terminal = ?), 0) "
                    "ORDER BY change LIMIT ?",
                    stop_types);
  select.bind(terminal, count_max);
  std::vector<StopRow> out;
  while (step(select)) out.push_back(read_stop(select));
  return out;
}

void Ledger::set_stops_told(const std::string& terminal, std::uint64_t change) {
  auto put = raw("INSERT INTO stop_told VALUES (?, ?) ON CONFLICT (terminal) DO UPDATE SET change = excluded.change");
  put.bind(terminal, change);
  run(put);
}

void Ledger::add_voucher(const VoucherRow& voucher, WallTime now) {
  auto insert = query("INSERT INTO voucher VALUES (?, ?, ?, ?, ?)");
  insert.bind(voucher.digest, sealing_.person(voucher.psn_no), voucher.from, voucher.until, now);
  run(insert);
}

std::optional<VoucherRow> Ledger::find_voucher(const std::string& digest) {
  auto select = raw("SELECT person, from_ms, until_ms FROM voucher WHERE digest = ? FOR NO KEY UPDATE", "tii");
  select.bind(digest);
  if (!step(select)) return std::nullopt;
  return VoucherRow{digest, psn_no_of(select.text(0)), WallTime{select.integer(1)}, WallTime{select.integer(2)}};
}

std::vector<VoucherRow> Ledger::vouchers_of(const std::string& psn_no, WallTime now) {
  auto select = query(
      "SELECT digest, person, from_ms, until_ms FROM voucher WHERE person = ? AND until_ms > ? ORDER BY until_ms, "
      "digest",
      "ttii");
  select.bind(sealing_.person(psn_no), now);
  std::vector<VoucherRow> out;
  while (step(select)) {
    out.push_back({std::string(select.text(0)), psn_no, WallTime{select.integer(2)}, WallTime{select.integer(3)}});
  }
  return out;
}

void Ledger::add_voucher_use(const std::string& digest, const EntryName& sale, WallTime sold_at) {
  auto insert = raw("INSERT INTO voucher_use VALUES (?, ?, ?, ?, ?)");
  insert.bind(digest, sale.terminal, sale.epoch, sale.seq, sold_at);
  run(insert);
}

std::vector<EntryName> Ledger::uses_of_voucher(const std::string& digest) {
  auto select =
      raw("SELECT terminal, epoch, seq FROM voucher_use WHERE digest = ? ORDER BY at, terminal, epoch, seq", "tii");
  select.bind(digest);
  std::vector<EntryName> out;
  while (step(select)) {
    out.push_back({std::string(select.text(0)), static_cast<std::uint32_t>(select.integer(1)), select.count(2)});
  }
  return out;
}

std::vector<std::string> Ledger::vouchers_used_again() {
  auto select = query("SELECT digest FROM voucher_use GROUP BY digest HAVING count(*) > 1 ORDER BY digest", "t");
  std::vector<std::string> out;
  while (step(select)) out.emplace_back(select.text(0));
  return out;
}

}  // namespace gongji::centre
