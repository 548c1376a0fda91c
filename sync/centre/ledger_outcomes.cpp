// ledger_outcomes.cpp — what became of each entry, and the order of service of each person's sales.
#include "sync/centre/outcome_columns.h"
#include "sync/centre/working_set.h"

namespace gongji::centre {
namespace {

ServicePlace place_of(const OutcomeRow& row) {
  return {row.day.number(), row.second, row.entry.terminal, row.entry.epoch, row.place_seq};
}

}  // namespace

OutcomeRow Ledger::read_outcome(const database::Query& select) {
  OutcomeRow out;
  out.entry = {std::string(select.text(0)), static_cast<std::uint32_t>(select.integer(1)), select.count(2)};
  out.kind = static_cast<int>(select.integer(3));
  out.sale_id = select.text(4);
  out.day = Day::from_number(static_cast<std::int32_t>(select.integer(5)));
  out.verdict = static_cast<record::VerdictKind>(select.integer(6));
  out.reason = select.text(7);
  out.cancelled = select.integer(8) != 0;
  out.medfee = select.money(9);
  out.stands = {select.money(10), select.money(11), select.money(12), select.money(13)};
  out.second = static_cast<std::int32_t>(select.integer(15));
  out.guaranteed = select.integer(16) != 0;
  out.place_seq = select.count(17);
  return out;
}

std::vector<OutcomeRow> Ledger::read_outcomes(database::Query& select) {
  std::vector<OutcomeRow> out;
  std::vector<std::string> hashes;
  while (step(select)) {
    out.push_back(read_outcome(select));
    hashes.emplace_back(select.text(14));
  }
  std::vector<std::string> named = hashes;
  std::erase(named, std::string());
  load_people(std::move(named), false);
  for (std::size_t i = 0; i < out.size(); ++i) {
    out[i].psn_no = psn_no_of(hashes[i]);
    keep(out[i], hashes[i], true);
  }
  return out;
}

// A row that is here already is the newer one.
KnownOutcome& Ledger::keep(OutcomeRow row, std::string hash, bool written) {
  const EntryName name = row.entry;
  const auto [known, is_new] =
      read_->outcomes.try_emplace(name, KnownOutcome{std::move(row), std::move(hash), written});
  return known->second;
}

void Ledger::add_outcome(const OutcomeRow& outcome) {
  OutcomeRow row = outcome;
  if (row.place_seq == 0) row.place_seq = row.entry.seq;
  const std::string hash = row.psn_no.empty() ? std::string() : hash_of(row.psn_no);
  if (const auto order = read_->orders.find(hash); order != read_->orders.end() && row.day >= order->second.from) {
    order->second.sales.emplace(place_of(row), row.entry);
  }
  if (row.kind == 1 && row.reason != "duplicate_sale" && is_of_set({row.entry.terminal, row.entry.epoch})) {
    read_->sales[row.sale_id] = row.entry;
  }
  new_->outcomes.push_back(row.entry);
  read_->outcomes.insert_or_assign(row.entry, KnownOutcome{row, hash, false});
}

void Ledger::load_sales(const std::vector<std::string>& sale_ids) {
  for (const auto& sale_id : sale_ids) read_->sales[sale_id] = std::nullopt;
  auto select = raw("SELECT " OUTCOME_COLUMNS
                    "FROM outcome INDEXED BY outcome_of_sale WHERE terminal = ? AND epoch = ? AND "
                    "sale_id = each(?) AND kind = 1 AND reason <> 'duplicate_sale'",
                    outcome_types);
  select.bind(read_->log.terminal, read_->log.epoch, sale_ids);
  for (const auto& row : read_outcomes(select)) read_->sales[row.sale_id] = row.entry;
}

std::optional<OutcomeRow> Ledger::find_sale(const std::string& terminal, std::uint32_t epoch,
                                            const std::string& sale_id) {
  if (is_of_set({terminal, epoch})) {
    if (const auto known = read_->sales.find(sale_id); known != read_->sales.end()) {
      if (!known->second) return std::nullopt;
      return read_->outcomes.at(*known->second).row;
    }
  }
  flush();
  auto select =
      raw("SELECT " OUTCOME_COLUMNS
          "FROM outcome WHERE terminal = ? AND epoch = ? AND sale_id = ? AND kind = 1 AND reason <> 'duplicate_sale'",
          outcome_types);
  select.bind(terminal, epoch, sale_id);
  const auto rows = read_outcomes(select);
  if (rows.empty()) return std::nullopt;
  return read_->outcomes.at(rows.front().entry).row;
}

void Ledger::mark_cancelled(const EntryName& sale) {
  const auto known = read_->outcomes.find(sale);
  if (known != read_->outcomes.end()) known->second.row.cancelled = true;
  if (known != read_->outcomes.end() && !known->second.written) return;
  auto update = raw("UPDATE outcome SET cancelled = 1 WHERE terminal = ? AND epoch = ? AND seq = ?");
  update.bind(sale.terminal, sale.epoch, sale.seq);
  run(update);
}

std::string Ledger::cancelled_just_before(const EntryName& entry) {
  flush();
  auto select = raw(
      "SELECT sale_id FROM outcome WHERE terminal = ? AND epoch = ? AND seq = ? - 1 AND kind = 2 AND verdict = 1", "t");
  select.bind(entry.terminal, entry.epoch, entry.seq);
  return step(select) ? std::string(select.text(0)) : std::string();
}

void Ledger::judge_anew(const OutcomeRow& outcome) {
  const auto known = read_->outcomes.find(outcome.entry);
  if (known != read_->outcomes.end()) {
    OutcomeRow& row = known->second.row;
    row.verdict = outcome.verdict;
    row.reason = outcome.reason;
    row.stands = outcome.stands;
    if (!known->second.written) return;
  }
  auto update =
      raw("UPDATE outcome SET verdict = ?, reason = ?, fund = ?, account = ?, family = ?, cash = ? "
          "WHERE terminal = ? AND epoch = ? AND seq = ?");
  update.bind(static_cast<int>(outcome.verdict), outcome.reason, outcome.stands.fund, outcome.stands.account,
              outcome.stands.family, outcome.stands.cash, outcome.entry.terminal, outcome.entry.epoch,
              outcome.entry.seq);
  run(update);
}

// `hashes` have nothing from that day on yet.  All of it stands in the index.
void Ledger::load_orders(const std::vector<std::string>& hashes, Day from) {
  for (const auto& hash : hashes) read_->orders[hash] = {from, {}};
  auto select =
      raw("SELECT person, day, second, terminal, epoch, seq, place_seq FROM outcome INDEXED BY outcome_of_person "
          "WHERE person = each(?) AND person <> '' AND day >= ?",
          "tiitiii");
  select.bind(hashes, from.number());
  while (step(select)) {
    const EntryName name{std::string(select.text(3)), static_cast<std::uint32_t>(select.integer(4)), select.count(5)};
    const ServicePlace place{static_cast<std::int32_t>(select.integer(1)), static_cast<std::int32_t>(select.integer(2)),
                             name.terminal, name.epoch, select.count(6)};
    read_->orders[std::string(select.text(0))].sales.emplace(place, name);
  }
}

const OutcomeRow* Ledger::outcome_at(const EntryName& entry) {
  const auto known = read_->outcomes.find(entry);
  if (known != read_->outcomes.end()) return &known->second.row;
  auto select =
      raw("SELECT " OUTCOME_COLUMNS "FROM outcome WHERE terminal = ? AND epoch = ? AND seq = ?", outcome_types);
  select.bind(entry.terminal, entry.epoch, entry.seq);
  if (read_outcomes(select).empty()) return nullptr;
  return &read_->outcomes.at(entry).row;
}

ServiceOrder& Ledger::order_of(const std::string& psn_no, Day from) {
  const std::string& hash = hash_of(psn_no);
  const auto known = read_->orders.find(hash);
  if (known != read_->orders.end() && known->second.from <= from) return known->second;
  flush();
  load_orders({hash}, from);
  return read_->orders[hash];
}

std::vector<OutcomeRow> Ledger::sales_behind(const std::string& psn_no, CivilTime served, const EntryName& entry) {
  std::vector<OutcomeRow> out;
  if (psn_no.empty()) return out;
  const ServiceOrder& order = order_of(psn_no, served.day);
  const ServicePlace place{served.day.number(), served.second, entry.terminal, entry.epoch, entry.seq};
  for (auto at = order.sales.upper_bound(place); at != order.sales.end(); ++at) {
    const OutcomeRow* row = outcome_at(at->second);
    if (row != nullptr && !row->cancelled && !row->guaranteed) out.push_back(*row);
  }
  return out;
}

std::int32_t Ledger::last_second_of(const std::string& psn_no, const EntryName& entry, Day day) {
  if (psn_no.empty()) return 0;
  const ServiceOrder& order = order_of(psn_no, day);
  std::int32_t last = 0;
  for (auto at = order.sales.lower_bound({day.number(), 0, {}, 0, 0}); at != order.sales.end(); ++at) {
    const ServicePlace& place = at->first;
    if (place.day != day.number()) break;
    if (place.terminal == entry.terminal && place.epoch == entry.epoch) last = std::max(last, place.second);
  }
  return last;
}

std::vector<OutcomeRow> Ledger::outcomes_of_day(const std::string& terminal, Day day) {
  auto select =
      query("SELECT " OUTCOME_COLUMNS "FROM outcome WHERE terminal = ? AND day = ? ORDER BY epoch, seq", outcome_types);
  select.bind(terminal, day.number());
  return read_outcomes(select);
}

}  // namespace gongji::centre
