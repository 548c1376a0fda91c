#include "sync/centre/ledger.h"

#include "offline/base/check.h"
#include "offline/sqlite/migrate.h"
#include "offline/sqlite/transaction.h"
#include "offline/sqlite/troubles.h"
#include "sync/centre/schema.h"

namespace gongji::centre {

Result<std::unique_ptr<Ledger>> Ledger::open(const std::filesystem::path& file, bool create,
                                             std::shared_ptr<const seal::KeyStore> keys) {
  sqlite::Options options;
  options.access = create ? sqlite::Access::create : sqlite::Access::read_write;
  options.application_id = ledger_application_id;
  options.version_max = ledger_migrations.back().version;
  options.cache_kib = 64 * 1024;
  auto connection = sqlite::Connection::open(file, options);
  if (connection.has_error()) return connection.error();
  Sealing sealing(std::move(keys));
  sealing.define_in(**connection);
  if (auto outcome = sqlite::migrate(**connection, ledger_migrations); outcome.has_error()) return outcome.error();
  std::unique_ptr<Ledger> ledger(new Ledger(*std::move(connection), std::move(sealing)));
  if (auto outcome = ledger->check_keys(); outcome.has_error()) return outcome.error();
  if (auto outcome = ledger->forget_what_stood_open(); outcome.has_error()) return outcome.error();
  return ledger;
}

// With other keys nobody would be found, and the next person would be sealed under them.
Result<void> Ledger::check_keys() {
  return transaction([&] {
    std::string site;
    auto select = query("SELECT fixmedins_code FROM site LIMIT 1", "t");
    if (step(select)) site = select.text(0);
    if (!site.empty()) (void)site_key(site);
  });
}

// What an older version kept in the open is sealed by its migration, but still stands in pages that it freed.
Result<void> Ledger::forget_what_stood_open() {
  bool due = false;
  auto outcome = transaction([&] {
    auto select = query("SELECT 1 FROM rewrite_due", "i");
    due = step(select);
  });
  if (outcome.has_error() || !due) return outcome;
  if (outcome = connection_->rewrite(); outcome.has_error()) {
    // Somebody else has it open: at the next start, then.
    return outcome.error().text == &sqlite::troubles::busy ? Result<void>() : outcome;
  }
  return transaction([&] {
    auto done = query("DELETE FROM rewrite_due");
    run(done);
  });
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

void Ledger::checkpoint() {
  // A checkpoint that fails is tried again in the next gap; what is committed is safe in the WAL meanwhile.
  if (connection_->wal_pages() > 0) (void)connection_->checkpoint();
}

}  // namespace gongji::centre
