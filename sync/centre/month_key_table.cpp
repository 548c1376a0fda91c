#include "sync/centre/month_key_table.h"

#include "offline/base/check.h"
#include "sync/database/postgres_connection.h"

namespace gongji::centre {
namespace {

Result<std::optional<Bytes>> select(database::Connection& connection, const std::string& month) {
  auto query = connection.query("SELECT wrapped FROM month_key WHERE month = ?", "b");
  const auto row = query.bind(month).step();
  if (row.has_error()) return row.error();
  if (!*row) return std::optional<Bytes>();
  return std::optional<Bytes>(to_bytes(query.blob(0)));
}

class Table final : public seal::MonthKeyRegister {
 public:
  explicit Table(std::string database) : database_(std::move(database)) {}

  Result<Bytes> agree(const std::string& month, ByteView made) override {
    auto connection = database::open_postgres(database_);
    if (connection.has_error()) return connection.error();
    if (auto begun = (*connection)->begin(); begun.has_error()) return begun.error();
    auto insert = (*connection)
                      ->query("INSERT INTO month_key (month, wrapped) VALUES (?, ?) ON CONFLICT DO NOTHING")
                      .bind(month, made)
                      .run();
    if (insert.has_error()) return insert.error();
    if (auto done = (*connection)->commit(); done.has_error()) return done.error();
    // After the commit: what another has written first is seen only now.
    auto holds = select(**connection, month);
    if (holds.has_error()) return holds.error();
    GONGJI_CHECK(holds->has_value());
    return **std::move(holds);
  }

  Result<std::optional<Bytes>> find(const std::string& month) override {
    auto connection = database::open_postgres(database_);
    if (connection.has_error()) return connection.error();
    return select(**connection, month);
  }

 private:
  const std::string database_;
};

}  // namespace

std::shared_ptr<seal::MonthKeyRegister> month_keys_in(const std::string& database) {
  return std::make_shared<Table>(database);
}

}  // namespace gongji::centre
