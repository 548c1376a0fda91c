#include "sync/centre/ledger.h"

#include "offline/base/check.h"
#include "offline/sqlite/migrate.h"
#include "offline/sqlite/transaction.h"
#include "sync/centre/schema.h"

namespace gongji::centre {

Result<std::unique_ptr<Ledger>> Ledger::open(const std::filesystem::path& file, bool create) {
  sqlite::Options options;
  options.access = create ? sqlite::Access::create : sqlite::Access::read_write;
  options.application_id = ledger_application_id;
  options.version_max = ledger_migrations.back().version;
  options.cache_kib = 64 * 1024;
  auto connection = sqlite::Connection::open(file, options);
  if (connection.has_error()) return connection.error();
  if (auto outcome = sqlite::migrate(**connection, ledger_migrations); outcome.has_error()) return outcome.error();
  return std::unique_ptr<Ledger>(new Ledger(*std::move(connection)));
}

Result<void> Ledger::transaction(const std::function<void()>& work) {
  GONGJI_CHECK(!connection_->in_transaction());
  trouble_.reset();
  Result<void> outcome;
  {
    auto transaction = sqlite::Transaction::begin(*connection_);
    if (transaction.has_error()) return transaction.error();
    work();
    if (trouble_) {
      outcome = *trouble_;
    } else {
      outcome = transaction->commit();
    }
  }
  if (outcome.has_error()) account_ids_.clear();  // accounts that were made in it are gone
  trouble_.reset();
  return outcome;
}

sqlite::Query Ledger::query(const char* sql, std::string_view types) {
  GONGJI_CHECK(connection_->in_transaction());
  return connection_->query(sql, types);
}

bool Ledger::step(sqlite::Query& query) {
  if (trouble_) return false;
  auto row = query.step();
  if (row.has_error()) {
    trouble_ = row.error();
    return false;
  }
  return *row;
}

void Ledger::run(sqlite::Query& query) {
  if (trouble_) return;
  if (auto outcome = query.run(); outcome.has_error()) trouble_ = outcome.error();
}

void Ledger::checkpoint() {
  // A checkpoint that fails is tried again in the next gap; what is committed is safe in the WAL meanwhile.
  if (connection_->wal_pages() > 0) (void)connection_->checkpoint();
}

}  // namespace gongji::centre
