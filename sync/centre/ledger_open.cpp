// ledger_open.cpp — a ledger in a file of SQLite, and one on a server that several centres share.
#include <thread>

#include "offline/sqlite/migrate.h"
#include "offline/sqlite/transaction.h"
#include "offline/sqlite/troubles.h"
#include "sync/centre/ledger.h"
#include "sync/centre/months.h"
#include "sync/centre/schema.h"
#include "sync/centre/schema_postgres.h"
#include "sync/centre/troubles.h"
#include "sync/database/dialect.h"
#include "sync/database/postgres_connection.h"
#include "sync/database/sqlite_connection.h"

namespace gongji::centre {
namespace {

// What an older version kept in the open is sealed by its migration, but still stands in pages that it freed.
Result<void> forget_what_stood_open(sqlite::Connection& connection) {
  {
    auto select = connection.query("SELECT 1 FROM rewrite_due", "i");
    const auto due = select.step();
    if (due.has_error()) return due.error();
    if (!*due) return {};
  }
  if (auto outcome = connection.rewrite(); outcome.has_error()) {
    // Somebody else has it open: at the next start, then.
    return outcome.error().text == &sqlite::troubles::busy ? Result<void>() : outcome;
  }
  auto transaction = sqlite::Transaction::begin(connection);
  if (transaction.has_error()) return transaction.error();
  if (auto done = connection.query("DELETE FROM rewrite_due").run(); done.has_error()) return done;
  return transaction->commit();
}

// 0 where there is no ledger.
Result<std::int64_t> version_of(database::Connection& connection) {
  {
    auto select = connection.query(
        "SELECT COUNT(*) FROM pg_catalog.pg_tables WHERE schemaname = current_schema() AND tablename = "
        "'ledger_version'",
        "i");
    const auto row = select.step();
    if (row.has_error()) return row.error();
    if (select.integer(0) == 0) return 0;
  }
  auto select = connection.query("SELECT version FROM ledger_version", "i");
  const auto row = select.step();
  if (row.has_error()) return row.error();
  return *row ? select.integer(0) : 0;
}

// Two that start at once: the second finds done what the first did.
Result<void> bring_up(database::Connection& connection, bool create) {
  if (auto locked = connection.lock("schema"); locked.has_error()) return locked;
  auto version = version_of(connection);
  if (version.has_error()) return version.error();
  const std::int64_t newest = ledger_migrations.back().version;
  if (*version == 0 && !create) return trouble(troubles::not_a_centre, "postgresql");
  if (*version != 0 && create) return trouble(troubles::already_made, "postgresql");
  if (*version > newest) {
    return trouble(sqlite::troubles::newer_file, "postgresql", "version " + std::to_string(*version));
  }
  if (*version == 0) {
    if (auto made = connection.execute(database::schema_for_postgres(ledger_postgres_schema)); made.has_error()) {
      return made;
    }
    const std::string first = std::to_string(ledger_postgres_version);
    if (auto made = connection.execute("INSERT INTO ledger_version VALUES (1, " + first + ")"); made.has_error()) {
      return made;
    }
    version = ledger_postgres_version;
  }
  for (const auto& step : ledger_migrations) {
    if (step.version <= *version) continue;
    if (auto done = connection.execute(database::schema_for_postgres(step.sql)); done.has_error()) return done;
  }
  if (*version == newest) return {};
  return connection.execute("UPDATE ledger_version SET version = " + std::to_string(newest));
}

}  // namespace

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
  sqlite::Connection& opened = **connection;
  std::unique_ptr<Ledger> ledger(new Ledger(database::over_sqlite(*std::move(connection)), std::move(sealing)));
  if (auto outcome = ledger->check_keys(); outcome.has_error()) return outcome.error();
  if (auto outcome = forget_what_stood_open(opened); outcome.has_error()) return outcome.error();
  return ledger;
}

Result<std::unique_ptr<Ledger>> Ledger::open_shared(const std::string& url, bool create,
                                                    std::shared_ptr<const seal::KeyStore> keys) {
  auto connection = database::open_postgres(url);
  if (connection.has_error()) return connection.error();
  if (auto begun = (*connection)->begin(); begun.has_error()) return begun.error();
  if (auto outcome = bring_up(**connection, create); outcome.has_error()) {
    (*connection)->roll_back();
    return outcome.error();
  }
  if (auto outcome = (*connection)->commit(); outcome.has_error()) return outcome.error();
  std::unique_ptr<Ledger> ledger(new Ledger(*std::move(connection), Sealing(std::move(keys))));
  if (auto outcome = ledger->check_keys(); outcome.has_error()) return outcome.error();
  return ledger;
}

// With other keys nobody would be found, and the next person would be sealed under them.
Result<void> Ledger::check_keys() {
  return transaction([&] {
    std::string site;
    {
      auto select = query("SELECT fixmedins_code FROM site LIMIT 1", "t");
      if (step(select)) site = select.text(0);
    }
    if (!site.empty()) (void)site_key(site);
  });
}

}  // namespace gongji::centre
