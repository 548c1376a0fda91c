#include "terminal/tasks/done_file.h"

#include <array>

#include "offline/sqlite/connection.h"
#include "offline/sqlite/migrate.h"
#include "offline/sqlite/transaction.h"
#include "terminal/troubles.h"

namespace gongji::terminal {

namespace {

constexpr std::int32_t application_id = 0x474A5431;  // "GJT1"
constexpr std::array<sqlite::Migration, 1> migrations{{{1, R"sql(
CREATE TABLE done (
  task_id TEXT PRIMARY KEY, who TEXT NOT NULL, note TEXT NOT NULL, at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
)sql"}}};

Result<std::unique_ptr<sqlite::Connection>> open(const std::filesystem::path& file) {
  sqlite::Options options;
  options.access = sqlite::Access::create;
  options.application_id = application_id;
  options.version_max = migrations.back().version;
  auto opened = sqlite::Connection::open(file, options);
  if (!opened) return opened.error();
  if (auto done = sqlite::migrate(**opened, migrations); !done) return done.error();
  return opened;
}

}  // namespace

Result<std::map<std::string, DoneMark>> read_done(const std::filesystem::path& file) {
  std::map<std::string, DoneMark> out;
  if (!std::filesystem::exists(file)) return out;
  const auto opened = open(file);
  if (!opened) return opened.error();
  auto query = (*opened)->query("SELECT task_id, who, note, at_ms FROM done", "ttti");
  while (true) {
    const auto more = query.step();
    if (!more) return more.error();
    if (!*more) return out;
    out[std::string(query.text(0))] = {std::string(query.text(1)), std::string(query.text(2)),
                                       WallTime{query.integer(3)}};
  }
}

Result<DoneMark> mark_done(const std::filesystem::path& file, const std::string& task_id, const DoneMark& mark) {
  if (task_id.empty() || task_id.size() > done_id_bytes_max) return trouble(troubles::task_mark_invalid, "id");
  if (mark.who.empty() || mark.who.size() > done_who_bytes_max) return trouble(troubles::task_mark_invalid, "who");
  if (mark.note.size() > done_note_bytes_max) return trouble(troubles::task_mark_invalid, "note");
  const auto opened = open(file);
  if (!opened) return opened.error();
  auto transaction = sqlite::Transaction::begin(**opened);
  if (!transaction) return transaction.error();
  DoneMark stands;
  {
    auto insert = (*opened)->query("INSERT INTO done VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING");
    if (auto done = insert.bind(task_id, mark.who, mark.note, mark.at).run(); !done) return done.error();
    auto query = (*opened)->query("SELECT who, note, at_ms FROM done WHERE task_id = ?", "tti");
    const auto row = query.bind(task_id).step();
    if (!row) return row.error();
    stands = {std::string(query.text(0)), std::string(query.text(1)), WallTime{query.integer(2)}};
  }
  if (auto done = transaction->commit(); !done) return done.error();
  return stands;
}

}  // namespace gongji::terminal
