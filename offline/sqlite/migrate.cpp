#include "offline/sqlite/migrate.h"

#include <string>

#include "offline/base/check.h"
#include "offline/sqlite/transaction.h"

namespace gongji::sqlite {

Result<void> migrate(Connection& connection, std::span<const Migration> steps) {
  std::int64_t version = 0;
  {
    Query query = connection.query("PRAGMA user_version", "i");
    const auto row = query.step();
    if (!row) return row.error();
    GONGJI_CHECK(*row);
    version = query.integer(0);
  }
  if (version == static_cast<std::int64_t>(steps.size())) return {};

  auto transaction = Transaction::begin(connection);
  if (!transaction) return transaction.error();
  std::int32_t expected = 0;
  for (const Migration& step : steps) {
    GONGJI_CHECK(step.version == ++expected);
    if (step.version <= version) continue;
    if (auto done = connection.execute(step.sql); !done) return done;
  }
  const std::string marks = "PRAGMA application_id = " + std::to_string(connection.application_id()) +
                            "; PRAGMA user_version = " + std::to_string(expected);
  if (auto done = connection.execute(marks.c_str()); !done) return done;
  return transaction->commit();
}

}  // namespace gongji::sqlite
