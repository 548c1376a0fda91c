#include "offline/journal/finding.h"

namespace gongji::journal {

namespace {

Result<std::optional<Place>> place_of(sqlite::Query query, const Id& id) {
  const auto row = query.bind(id).step();
  if (!row) return row.error();
  if (!*row) return std::optional<Place>();
  return std::optional(Place{query.count(0), static_cast<record::EntryKind>(query.integer(1))});
}

}  // namespace

Result<std::optional<std::uint64_t>> find_request(sqlite::Connection& db, Among among,
                                                  const std::string& fixmedins_code, const std::string& msgid) {
  auto query =
      db.query(among == Among::filed ? "SELECT seq FROM entry WHERE fixmedins_code = ? AND msgid = ? AND indexed = 1"
                                     : "SELECT seq FROM entry WHERE fixmedins_code = ? AND msgid = ? AND indexed = 0 "
                                       "AND seq > (SELECT seq FROM filed)",
               "i");
  const auto row = query.bind(fixmedins_code, msgid).step();
  if (!row) return row.error();
  return *row ? std::optional(query.count(0)) : std::nullopt;
}

Result<std::optional<Place>> find_id(sqlite::Connection& db, Among among, const Id& id) {
  return place_of(db.query(among == Among::filed ? "SELECT seq, kind FROM entry WHERE id = ? AND indexed = 1"
                                                 : "SELECT seq, kind FROM entry WHERE id = ? AND indexed = 0 "
                                                   "AND seq > (SELECT seq FROM filed)",
                           "ii"),
                  id);
}

Result<std::optional<Place>> find_id(sqlite::Connection& db, const Id& id) {
  {
    auto version = db.query("PRAGMA user_version", "i");
    const auto row = version.step();
    if (!row) return row.error();
    if (version.integer(0) < 6) return place_of(db.query("SELECT seq, kind FROM entry WHERE id = ?", "ii"), id);
  }
  auto place = find_id(db, Among::filed, id);
  if (!place || *place) return place;
  return find_id(db, Among::unfiled, id);
}

}  // namespace gongji::journal
