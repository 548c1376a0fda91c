#include "sync/centre/ledger.h"

#include <algorithm>
#include <chrono>
#include <thread>

#include "offline/base/check.h"
#include "sync/centre/months.h"
#include "sync/centre/working_set.h"
#include "sync/database/troubles.h"

namespace gongji::centre {
namespace {

constexpr int tries_max = 8;
constexpr std::chrono::milliseconds pause_first{2}, pause_max{200};

// Nothing of it was written, and it may go otherwise now.
bool may_go_otherwise(const Trouble& what) {
  return what.text == &database::troubles::conflict || what.text == &database::troubles::connection_lost;
}

}  // namespace

Result<void> Ledger::transaction(const std::function<void()>& work) {
  auto pause = pause_first;
  for (int tries = 1;; ++tries) {
    auto outcome = transaction_once(work);
    if (outcome.has_value() || tries == tries_max || !may_go_otherwise(outcome.error())) return outcome;
    std::this_thread::sleep_for(pause);
    pause = std::min(2 * pause, pause_max);
  }
}

Result<void> Ledger::transaction_once(const std::function<void()>& work) {
  GONGJI_CHECK(!connection_->in_transaction());
  trouble_.reset();
  forget_all();
  Result<void> outcome = connection_->begin();
  if (outcome.has_error()) return outcome;
  work();
  flush_all();
  if (trouble_) {
    outcome = *trouble_;
    connection_->roll_back();
  } else {
    outcome = connection_->commit();
  }
  if (outcome.has_error()) account_ids_.clear();  // accounts that were made in it are gone
  trouble_.reset();
  forget_all();
  return outcome;
}

void Ledger::lock(std::string_view name) {
  if (trouble_) return;
  if (auto locked = connection_->lock(name); locked.has_error()) trouble_ = locked.error();
}

void Ledger::lock_persons(const std::vector<std::string>& psn_nos) {
  if (!connection_->is_shared() || psn_nos.empty()) return;
  std::vector<std::string> hashes;
  for (const auto& psn_no : psn_nos) hashes.push_back(hash_of(psn_no));
  flush();
  lock_hashes(hashes);
  *read_ = {};  // others may have changed what was read before
}

void Ledger::lock_hashes(const std::vector<std::string>& hashes) {
  if (!connection_->is_shared() || hashes.empty()) return;
  auto select =
      raw("SELECT person FROM person WHERE person IN (SELECT unnest(?1) UNION ALL SELECT owner FROM family WHERE "
          "person IN texts(?1)) ORDER BY person FOR NO KEY UPDATE",
          "t");
  select.bind(hashes);
  run(select);
}

void Ledger::lock_terminals(std::string_view sql, WallTime before) {
  if (!connection_->is_shared()) return;
  auto select = query(sql, "t");
  select.bind(before);
  run(select);
}

void Ledger::prepare_months(WallTime now) {
  if (!connection_->is_shared()) return;
  const std::string month = month_of(now);
  if (trouble_ || month == months_made_) return;
  if (auto made = make_months(*connection_, now); made.has_error()) {
    trouble_ = made.error();
    return;
  }
  months_made_ = month;
}

database::Query Ledger::query(std::string_view sql, std::string_view types) {
  flush_all();
  constexpr std::string_view reading = "SELECT";
  if (sql.substr(0, reading.size()) != reading) *read_ = {};
  return raw(sql, types);
}

database::Query Ledger::raw(std::string_view sql, std::string_view types) {
  GONGJI_CHECK(connection_->in_transaction());
  return connection_->query(sql, types);
}

bool Ledger::step(database::Query& query) {
  if (trouble_) return false;
  auto row = query.step();
  if (row.has_error()) {
    trouble_ = row.error();
    return false;
  }
  return *row;
}

void Ledger::run(database::Query& query) {
  if (trouble_) return;
  if (auto outcome = query.run(); outcome.has_error()) trouble_ = outcome.error();
}

Bytes Ledger::sealed(const std::string& month, std::string_view place, ByteView plain) {
  if (trouble_) return {};
  auto out = sealing_.seal(month, place, plain);
  if (out.has_error()) {
    trouble_ = out.error();
    return {};
  }
  return *std::move(out);
}

Secret Ledger::opened(const std::string& month, std::string_view place, ByteView sealed) {
  if (trouble_) return {};
  auto out = sealing_.open(month, place, sealed);
  if (out.has_error()) {
    trouble_ = out.error();
    return {};
  }
  return *std::move(out);
}

void Ledger::rest() {
  connection_->rest();
}

}  // namespace gongji::centre
