#include "offline/journal/open_to_read.h"

#include "offline/journal/journal_file.h"
#include "offline/journal/troubles.h"

namespace gongji::journal {

Result<std::unique_ptr<sqlite::Connection>> open_to_read(const std::filesystem::path& file) {
  auto opened = sqlite::Connection::open(file, file_options(sqlite::Access::read_only));
  if (!opened) return opened;
  auto tables = (*opened)->query("SELECT count(*) FROM sqlite_schema WHERE name = 'total'", "i");
  const auto row = tables.step();
  if (!row) return row.error();
  if (tables.integer(0) == 0) return trouble(troubles::not_a_journal, file.string());
  return std::move(*opened);
}

Result<bool> has_packed_parts(sqlite::Connection& db) {
  auto version = db.query("PRAGMA user_version", "i");
  const auto row = version.step();
  if (!row) return row.error();
  return version.integer(0) >= 4;
}

Result<Identity> identity_of(sqlite::Connection& db) {
  auto query = db.query("SELECT terminal, epoch FROM log", "ti");
  const auto row = query.step();
  if (!row) return row.error();
  if (!*row) return trouble(troubles::not_a_journal, db.file());
  return Identity{std::string(query.text(0)), static_cast<std::uint32_t>(query.count(1))};
}

}  // namespace gongji::journal
