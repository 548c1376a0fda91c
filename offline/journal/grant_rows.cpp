#include "offline/journal/grant_rows.h"

#include <algorithm>

#include "offline/journal/troubles.h"
#include "offline/record/kept_form.h"

namespace gongji::journal {

namespace {

// States of the row: they are stored.
constexpr int live = 1, closed_untold = 2, closed_told = 3;

constexpr std::string_view row_types = "biiItBb";

std::optional<Id> id_of(ByteView bytes) {
  Id id;
  if (bytes.size() != id.bytes.size()) return std::nullopt;
  std::copy(bytes.begin(), bytes.end(), id.bytes.begin());
  return id;
}

// The first column of all that a bound query finds.
Result<std::vector<Id>> ids_of(sqlite::Query& query) {
  std::vector<Id> ids;
  while (true) {
    const auto more = query.step();
    if (!more) return more.error();
    if (!*more) return ids;
    const auto id = id_of(query.blob(0));
    if (!id) return trouble(troubles::chain_broken, "grant", "id");
    ids.push_back(*id);
  }
}

}  // namespace

std::size_t limit_count(const record::Grant& grant) {
  return grant.accounts.size() + grant.fund.size();
}

Money& limit_at(record::Grant& grant, std::size_t place) {
  return place < grant.accounts.size() ? grant.accounts[place].limit : grant.fund[place - grant.accounts.size()].limit;
}

Trouble grant_broken(const Id& id, std::string detail) {
  return trouble(troubles::chain_broken, "grant " + to_string(id), std::move(detail));
}

RowMac GrantRows::row_mac(const GrantRow& row, std::string_view item) const {
  return RowMac(store_.keys, "grant-row",
                std::to_string(row.feed_seq) + "|" + (row.closed ? std::to_string(*row.closed_after) : "live") + "|" +
                    (row.told ? "told" : "") + "|" + std::string(item));
}

RowMac GrantRows::limit_mac(const Id& id, std::size_t place, const GrantLimit& limit) const {
  return RowMac(store_.keys, "grant-limit",
                to_string(id) + "|" + std::to_string(place) + "|" + std::to_string(limit.granted.in_fen()) + "|" +
                    std::to_string(limit.used.in_fen()));
}

Result<std::optional<GrantRow>> GrantRows::read(const Id& id) {
  if (last_row_ && last_row_->grant.id == id) return last_row_;
  auto query = store_.db.query(
      "SELECT grant_id, feed_seq, state, closed_after, item, packed, mac FROM standing_grant WHERE grant_id = ?",
      row_types);
  const auto found = query.bind(id).step();
  if (!found) return found.error();
  if (!*found) return std::optional<GrantRow>();
  auto row = row_of(query);
  if (!row) return row.error();
  last_row_ = std::move(*row);
  return last_row_;
}

Result<GrantRow> GrantRows::row_of(const sqlite::Query& query) const {
  const auto id = id_of(query.blob(0));
  if (!id) return trouble(troubles::chain_broken, "grant", "id");
  GrantRow row;
  row.feed_seq = query.count(1);
  row.closed = query.integer(2) != live;
  row.told = query.integer(2) == closed_told;
  if (!query.is_null(3)) row.closed_after = query.count(3);
  if (row.closed != row.closed_after.has_value()) return grant_broken(*id, "state");
  const bool packed = !query.is_null(5);
  const std::string_view bytes = packed ? as_text(query.blob(5)) : query.text(4);
  auto grant = packed ? record::decode_compact_grant(bytes) : record::decode_grant(bytes);
  if (!grant || grant->id != *id) return grant_broken(*id, "item");
  row.grant = std::move(*grant);
  if (!row_mac(row, bytes).holds(query.blob(6))) return grant_broken(*id, "checksum");
  return row;
}

Result<void> GrantRows::write(const GrantRow& row) {
  last_row_.reset();
  const record::Grant& grant = row.grant;
  auto upsert = store_.db.query(
      "INSERT INTO standing_grant (grant_id, person, feed_seq, expires_ms, state, closed_after, item, packed, mac) "
      "VALUES (?, ?, ?, ?, ?, ?, '', ?, ?) ON CONFLICT DO UPDATE SET feed_seq = excluded.feed_seq, "
      "expires_ms = excluded.expires_ms, state = excluded.state, closed_after = excluded.closed_after, "
      "item = excluded.item, packed = excluded.packed, mac = excluded.mac");
  const std::string packed = record::encode_compact(grant);
  const int state = !row.closed ? live : row.told ? closed_told : closed_untold;
  upsert.bind(grant.id, key_bytes(grant.person_key), row.feed_seq, grant.expires, state, row.closed_after,
              as_bytes(packed), row_mac(row, packed).made());
  return upsert.run();
}

Result<std::vector<GrantLimit>> GrantRows::limits(const record::Grant& grant) {
  if (limits_of_ == grant.id) return last_limits_;
  std::vector<GrantLimit> out;
  auto query =
      store_.db.query("SELECT place, granted, used, mac FROM grant_limit WHERE grant_id = ? ORDER BY place", "iiib");
  query.bind(grant.id);
  while (true) {
    const auto more = query.step();
    if (!more) return more.error();
    if (!*more) break;
    const GrantLimit limit{query.money(1), query.money(2)};
    if (query.count(0) != out.size() || !limit_mac(grant.id, out.size(), limit).holds(query.blob(3))) {
      return grant_broken(grant.id, "limit");
    }
    out.push_back(limit);
  }
  if (out.size() != limit_count(grant)) return grant_broken(grant.id, "limit");
  limits_of_ = grant.id;
  last_limits_ = out;
  return out;
}

Result<void> GrantRows::write_limit(const Id& id, std::size_t place, const GrantLimit& limit) {
  limits_of_.reset();
  auto upsert = store_.db.query(
      "INSERT INTO grant_limit (grant_id, place, granted, used, mac) VALUES (?, ?, ?, ?, ?) "
      "ON CONFLICT DO UPDATE SET granted = excluded.granted, used = excluded.used, mac = excluded.mac");
  return upsert.bind(id, place, limit.granted, limit.used, limit_mac(id, place, limit).made()).run();
}

Result<void> GrantRows::each_live_of(const Bytes& person, const std::function<Result<bool>(const GrantRow&)>& wanted) {
  auto query = store_.db.query(
      "SELECT grant_id, feed_seq, state, closed_after, item, packed, mac FROM standing_grant "
      "WHERE person = ? AND state = 1 ORDER BY expires_ms DESC, grant_id",
      row_types);
  query.bind(person);
  while (true) {
    const auto more = query.step();
    if (!more) return more.error();
    if (!*more) return {};
    auto row = row_of(query);
    if (!row) return row.error();
    last_row_ = std::move(*row);
    const auto on = wanted(*last_row_);
    if (!on) return on.error();
    if (!*on) return {};
  }
}

Result<std::vector<Id>> GrantRows::live_naming(const std::string& person_key) const {
  // A look-up hash stands in a grant as its octets, or in one of before version 6 as 64 hex digits: the person's, or
  // an account owner's.
  auto query = store_.db.query(
      "SELECT grant_id FROM standing_grant WHERE state = 1 AND (instr(packed, ?2) > 0 OR instr(item, ?1) > 0) "
      "ORDER BY person <> ?2, expires_ms, grant_id",
      "b");
  return ids_of(query.bind(person_key, key_bytes(person_key)));
}

Result<std::vector<Id>> GrantRows::live_ids(WallTime expired_at) const {
  auto query = store_.db.query("SELECT grant_id FROM standing_grant WHERE state = 1 AND expires_ms <= ?", "b");
  return ids_of(query.bind(expired_at));
}

Result<std::vector<Id>> GrantRows::ids() const {
  auto query = store_.db.query("SELECT grant_id FROM standing_grant", "b");
  return ids_of(query);
}

Result<std::vector<record::ClosedGrant>> GrantRows::untold(std::size_t count_max) const {
  std::vector<record::ClosedGrant> out;
  auto query = store_.db.query(
      "SELECT grant_id, closed_after FROM standing_grant WHERE state = 2 ORDER BY grant_id LIMIT ?", "bi");
  query.bind(count_max);
  while (true) {
    const auto more = query.step();
    if (!more) return more.error();
    if (!*more) return out;
    const auto id = id_of(query.blob(0));
    if (!id) return trouble(troubles::chain_broken, "grant", "id");
    out.push_back({*id, query.count(1)});
  }
}

Result<void> GrantRows::verify_columns(const GrantRow& row) const {
  auto columns = store_.db.query("SELECT person, expires_ms FROM standing_grant WHERE grant_id = ?", "bi");
  const auto found = columns.bind(row.grant.id).step();
  if (!found) return found.error();
  if (!*found || to_bytes(columns.blob(0)) != key_bytes(row.grant.person_key) ||
      WallTime{columns.integer(1)} != row.grant.expires) {
    return grant_broken(row.grant.id, "columns");
  }
  return {};
}

Result<void> GrantRows::verify_no_strays() const {
  auto strays = store_.db.query(
      "SELECT count(*) FROM grant_limit WHERE grant_id NOT IN (SELECT grant_id FROM standing_grant)", "i");
  const auto counted = strays.step();
  if (!counted) return counted.error();
  if (strays.integer(0) != 0) return trouble(troubles::chain_broken, "grant", "limits of no grant");
  return {};
}

}  // namespace gongji::journal
