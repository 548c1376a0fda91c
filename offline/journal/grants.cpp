#include "offline/journal/grants.h"

#include <algorithm>
#include <limits>

#include "offline/base/check.h"
#include "offline/journal/grant_use_check.h"
#include "offline/journal/tail.h"
#include "offline/journal/troubles.h"
#include "offline/record/kept_form.h"

namespace gongji::journal {

namespace {

// States of the row: they are stored.
constexpr int live = 1, closed_untold = 2, closed_told = 3;

constexpr std::string_view row_types = "biiItBb";

Trouble grant_broken(const Id& id, std::string detail) {
  return trouble(troubles::chain_broken, "grant " + to_string(id), std::move(detail));
}

std::size_t count_of(const record::Grant& grant) {
  return grant.accounts.size() + grant.fund.size();
}

// Limits by place: the accounts, then the counters.
Money& limit_at(record::Grant& grant, std::size_t place) {
  return place < grant.accounts.size() ? grant.accounts[place].limit : grant.fund[place - grant.accounts.size()].limit;
}

// The same accounts and counters for the same person, in the same order; expiry and limits only rise.
bool extends(record::Grant before, record::Grant after) {
  if (count_of(before) != count_of(after) || before.accounts.size() != after.accounts.size()) return false;
  if (after.expires < before.expires) return false;
  for (std::size_t place = 0; place < count_of(before); ++place) {
    if (limit_at(after, place) < limit_at(before, place)) return false;
    limit_at(after, place) = limit_at(before, place);
  }
  after.expires = before.expires;
  after.issued = before.issued;
  after.snapshot_as_of = before.snapshot_as_of;
  return after == before;
}

std::optional<Id> id_of(ByteView bytes) {
  Id id;
  if (bytes.size() != id.bytes.size()) return std::nullopt;
  std::copy(bytes.begin(), bytes.end(), id.bytes.begin());
  return id;
}

}  // namespace

std::optional<record::GrantUse> use_of(const seal::KeyStore& keys, const record::Grant& grant,
                                       const settlement::Settlement& settled,
                                       const std::vector<settlement::Counted>& counted) {
  const record::Promised promised{settled.totals.fund_pay_sumamt, settled.accounts, counted};
  return record::use_of(grant, promised, [&](const std::string& psn_no) { return keys.lookup_key("person", psn_no); });
}

RowMac Grants::row_mac(const Row& row, std::string_view item) const {
  return RowMac(store_.keys, "grant-row",
                std::to_string(row.feed_seq) + "|" + (row.closed ? std::to_string(*row.closed_after) : "live") + "|" +
                    (row.told ? "told" : "") + "|" + std::string(item));
}

RowMac Grants::limit_mac(const Id& id, std::size_t place, const Limit& limit) const {
  return RowMac(store_.keys, "grant-limit",
                to_string(id) + "|" + std::to_string(place) + "|" + std::to_string(limit.granted.in_fen()) + "|" +
                    std::to_string(limit.used.in_fen()));
}

Result<std::optional<Grants::Row>> Grants::read(const Id& id) {
  if (last_row_ && last_row_->grant.id == id) return last_row_;
  auto query = store_.db.query(
      "SELECT grant_id, feed_seq, state, closed_after, item, packed, mac FROM standing_grant WHERE grant_id = ?",
      row_types);
  const auto found = query.bind(id).step();
  if (!found) return found.error();
  if (!*found) return std::optional<Row>();
  auto row = row_of(query);
  if (!row) return row.error();
  last_row_ = std::move(*row);
  return last_row_;
}

Result<Grants::Row> Grants::row_of(const sqlite::Query& query) const {
  const auto id = id_of(query.blob(0));
  if (!id) return trouble(troubles::chain_broken, "grant", "id");
  Row row;
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

Result<void> Grants::write(const Row& row) {
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

Result<std::vector<Grants::Limit>> Grants::limits(const record::Grant& grant) {
  if (limits_of_ == grant.id) return last_limits_;
  std::vector<Limit> out;
  auto query =
      store_.db.query("SELECT place, granted, used, mac FROM grant_limit WHERE grant_id = ? ORDER BY place", "iiib");
  query.bind(grant.id);
  while (true) {
    const auto more = query.step();
    if (!more) return more.error();
    if (!*more) break;
    const Limit limit{query.money(1), query.money(2)};
    if (query.count(0) != out.size() || !limit_mac(grant.id, out.size(), limit).holds(query.blob(3))) {
      return grant_broken(grant.id, "limit");
    }
    out.push_back(limit);
  }
  if (out.size() != count_of(grant)) return grant_broken(grant.id, "limit");
  limits_of_ = grant.id;
  last_limits_ = out;
  return out;
}

Result<void> Grants::write_limit(const Id& id, std::size_t place, const Limit& limit) {
  limits_of_.reset();
  auto upsert = store_.db.query(
      "INSERT INTO grant_limit (grant_id, place, granted, used, mac) VALUES (?, ?, ?, ?, ?) "
      "ON CONFLICT DO UPDATE SET granted = excluded.granted, used = excluded.used, mac = excluded.mac");
  return upsert.bind(id, place, limit.granted, limit.used, limit_mac(id, place, limit).made()).run();
}

Result<bool> Grants::store(std::uint64_t feed_seq, const record::Grant& grant, WallTime told, std::uint64_t last_seq) {
  if (grant.terminal != store_.identity.terminal) return false;
  auto known = read(grant.id);
  if (!known) return known.error();
  Row row{grant, feed_seq, false, std::nullopt, false};
  std::vector<Limit> before;
  if (*known) {
    if (!extends((*known)->grant, grant)) return false;
    if (!record::may_extend((*known)->view())) return true;  // it was told to be closed, or will be
    auto there = limits((*known)->grant);
    if (!there) return there.error();
    before = std::move(*there);
  }
  if (record::must_close(row.view(), here(), told)) {
    row.closed = true;
    row.closed_after = last_seq;
  }
  if (auto done = write(row); !done) return done.error();
  for (std::size_t place = 0; place < count_of(grant); ++place) {
    const Money used = before.empty() ? Money() : before[place].used;
    if (auto done = write_limit(grant.id, place, {limit_at(row.grant, place), used}); !done) return done.error();
  }
  return true;
}

Result<std::optional<record::Grant>> Grants::find(const Bytes& person, WallTime now) {
  auto query = store_.db.query(
      "SELECT grant_id, feed_seq, state, closed_after, item, packed, mac FROM standing_grant "
      "WHERE person = ? AND state = 1 ORDER BY expires_ms DESC, grant_id",
      row_types);
  query.bind(person);
  while (true) {
    const auto more = query.step();
    if (!more) return more.error();
    if (!*more) return std::optional<record::Grant>();
    auto row = row_of(query);
    if (!row) return row.error();
    last_row_ = std::move(*row);
    auto left = left_of(last_row_->grant.id, now);
    if (!left) return left.error();
    if (!*left) continue;
    if (key_bytes((*left)->person_key) != person) return grant_broken((*left)->id, "person");
    return left;
  }
}

Result<std::optional<record::Grant>> Grants::left_of(const Id& id, WallTime now) {
  const auto row = read(id);
  if (!row) return row.error();
  if (!record::may_spend((*row)->view(), here(), now)) return std::optional<record::Grant>();
  const auto there = limits((*row)->grant);
  if (!there) return there.error();
  record::Grant left = (*row)->grant;
  const std::vector<Money> rest = left_of(id, *there);
  for (std::size_t place = 0; place < rest.size(); ++place) limit_at(left, place) = rest[place];
  return std::optional(std::move(left));
}

Result<std::vector<record::Grant>> Grants::naming(const std::string& person_key, WallTime now) {
  std::vector<Id> ids;
  {
    // A look-up hash stands in a grant as its octets, or in one of before version 6 as 64 hex digits: the person's, or
    // an account owner's.
    auto query = store_.db.query(
        "SELECT grant_id FROM standing_grant WHERE state = 1 AND (instr(packed, ?2) > 0 OR instr(item, ?1) > 0) "
        "ORDER BY person <> ?2, expires_ms, grant_id",
        "b");
    query.bind(person_key, key_bytes(person_key));
    while (true) {
      const auto more = query.step();
      if (!more) return more.error();
      if (!*more) break;
      const auto id = id_of(query.blob(0));
      if (!id) return trouble(troubles::chain_broken, "grant", "id");
      ids.push_back(*id);
    }
  }
  std::vector<record::Grant> out;
  for (const Id& id : ids) {
    auto left = left_of(id, now);
    if (!left) return left.error();
    if (*left) out.push_back(std::move(**left));
  }
  return out;
}

Result<void> Grants::use(const record::Grant& grant, const record::GrantUse& use, bool back) {
  auto there = limits(grant);
  if (!there) return there.error();
  for (std::size_t place = 0; place < there->size(); ++place) {
    const Money amount = place < use.accounts.size() ? use.accounts[place] : use.fund[place - use.accounts.size()];
    if (amount == Money()) continue;
    Limit& limit = (*there)[place];
    limit.used = back ? limit.used - amount : limit.used + amount;
    GONGJI_CHECK_WHY(limit.used >= Money() && limit.used <= limit.granted, "a grant would be spent beyond its limit");
    if (auto done = write_limit(grant.id, place, limit); !done) return done;
  }
  return {};
}

std::vector<Money> Grants::left_of(const Id& id, const std::vector<Limit>& there) const {
  std::vector<Money> left(there.size());
  if (store_.tail != nullptr) store_.tail->add_used(id, left);
  for (std::size_t place = 0; place < left.size(); ++place) {
    left[place] = there[place].granted - there[place].used - left[place];
  }
  return left;
}

Result<record::GrantUse> Grants::may_take(const record::Sale& sale, WallTime now) {
  const auto id = parse_id(sale.backing_id);
  GONGJI_CHECK_WHY(id, "a sale on a grant names it");
  const auto row = read(*id);
  if (!row) return row.error();
  GONGJI_CHECK_WHY(*row && (*row)->grant.person_key == sale.person_key, "no such grant of this person");
  GONGJI_CHECK_WHY(record::may_spend((*row)->view(), here(), now), "this grant may not be spent");
  auto taken = use_of(store_.keys, (*row)->grant, sale.settlement, record::counted_by(sale));
  GONGJI_CHECK_WHY(taken, "the grant does not name what the sale takes");
  const auto left = left_of(*id, now);
  if (!left) return left.error();
  GONGJI_CHECK_WHY(record::covers(**left, *taken), "a grant would be spent beyond its limit");
  return *std::move(taken);
}

Result<void> Grants::spend(const record::Sale& sale, WallTime now) {
  const auto taken = may_take(sale, now);
  if (!taken) return taken.error();
  const auto row = read(*parse_id(sale.backing_id));
  if (!row) return row.error();
  return use((*row)->grant, *taken, false);
}

Result<Grants::OnGrant> Grants::use_by(const record::Sale& sale) {
  const auto id = parse_id(sale.backing_id);
  if (!id) return trouble(troubles::chain_broken, "grant " + sale.backing_id);
  const auto row = read(*id);
  if (!row) return row.error();
  if (!*row) return grant_broken(*id, "missing");
  auto taken = use_of(store_.keys, (*row)->grant, sale.settlement, record::counted_by(sale));
  if (!taken) return grant_broken(*id, "does not name what a sale takes");
  return OnGrant{*id, *std::move(taken)};
}

Result<void> Grants::add_use(const Id& id, const record::GrantUse& taken) {
  const auto row = read(id);
  if (!row) return row.error();
  if (!*row) return grant_broken(id, "missing");
  const record::Grant grant = (*row)->grant;
  if (taken.accounts.size() != grant.accounts.size() || taken.fund.size() != grant.fund.size()) {
    return grant_broken(id, "limit");
  }
  const auto there = limits(grant);
  if (!there) return there.error();
  record::Grant left = grant;
  for (std::size_t place = 0; place < there->size(); ++place) {
    limit_at(left, place) = (*there)[place].granted - (*there)[place].used;
  }
  if (!record::covers(left, taken)) return grant_broken(id, "used beyond its limit");
  return use(grant, taken, false);
}

Result<bool> Grants::give_back(const record::Sale& sale, WallTime now, std::uint64_t last_seq) {
  const auto id = parse_id(sale.backing_id);
  if (!id) return false;
  const auto row = read(*id);
  if (!row) return row.error();
  if (!*row) return false;
  if (!record::may_return((*row)->view(), here(), now)) {
    if (auto done = close(*id, last_seq); !done) return done.error();
    return false;
  }
  const auto taken = use_of(store_.keys, (*row)->grant, sale.settlement, record::counted_by(sale));
  GONGJI_CHECK_WHY(taken, "the grant does not name what the sale took");
  if (auto done = use((*row)->grant, *taken, true); !done) return done.error();
  return true;
}

Result<std::optional<record::ClosedGrant>> Grants::close(const Id& id, std::uint64_t last_seq) {
  auto row = read(id);
  if (!row) return row.error();
  if (!*row) return std::optional<record::ClosedGrant>();
  if (!(*row)->closed) {
    (*row)->closed = true;
    (*row)->closed_after = last_seq;
    if (auto done = write(**row); !done) return done.error();
  }
  return std::optional(record::ClosedGrant{id, *(*row)->closed_after});
}

Result<std::vector<Id>> Grants::live_ids(WallTime expired_at) {
  std::vector<Id> ids;
  auto query = store_.db.query("SELECT grant_id FROM standing_grant WHERE state = 1 AND expires_ms <= ?", "b");
  query.bind(expired_at);
  while (true) {
    const auto more = query.step();
    if (!more) return more.error();
    if (!*more) return ids;
    const auto id = id_of(query.blob(0));
    if (!id) return trouble(troubles::chain_broken, "grant", "id");
    ids.push_back(*id);
  }
}

Result<void> Grants::close_due(WallTime told, std::uint64_t last_seq) {
  const auto ids = live_ids(told);
  if (!ids) return ids.error();
  for (const Id& id : *ids) {
    const auto row = read(id);
    if (!row) return row.error();
    if (!record::must_close((*row)->view(), here(), told)) continue;
    if (auto done = close(id, last_seq); !done) return done.error();
  }
  return {};
}

Result<std::vector<record::ClosedGrant>> Grants::untold(std::size_t count_max) {
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

Result<void> Grants::mark_told(const std::vector<record::ClosedGrant>& closed) {
  for (const record::ClosedGrant& one : closed) {
    auto row = read(one.id);
    if (!row) return row.error();
    if (!*row || !(*row)->closed) continue;
    (*row)->told = true;
    if (auto done = write(**row); !done) return done;
  }
  return {};
}

Result<std::vector<Id>> Grants::ids() {
  std::vector<Id> out;
  auto query = store_.db.query("SELECT grant_id FROM standing_grant", "b");
  while (true) {
    const auto more = query.step();
    if (!more) return more.error();
    if (!*more) return out;
    const auto id = id_of(query.blob(0));
    if (!id) return trouble(troubles::chain_broken, "grant", "id");
    out.push_back(*id);
  }
}

Result<void> Grants::verify_used(const Row& row, const std::vector<Limit>& there) {
  const auto used = used_by_entries(store_, row.grant, row.closed_after);
  if (!used) return used.error();
  if (!*used) return {};
  for (std::size_t place = 0; place < there.size(); ++place) {
    if (there[place].used == (**used)[place]) continue;
    return grant_broken(row.grant.id,
                        "used: expected " + to_string((**used)[place]) + ", found " + to_string(there[place].used));
  }
  return {};
}

Result<void> Grants::verify_live() {
  const auto live_now = live_ids(WallTime{std::numeric_limits<std::int64_t>::max()});
  if (!live_now) return live_now.error();
  for (const Id& id : *live_now) {
    const auto row = read(id);
    if (!row) return row.error();
    const auto there = limits((*row)->grant);
    if (!there) return there.error();
    if (auto held = verify_used(**row, *there); !held) return held;
  }
  return {};
}

Result<void> Grants::count_anew(std::uint64_t last_seq) {
  const auto all = ids();
  if (!all) return all.error();
  for (const Id& id : *all) {
    if (auto done = close(id, last_seq); !done) return done.error();
    const auto row = read(id);
    if (!row) return row.error();
    const auto there = limits((*row)->grant);
    if (!there) return there.error();
    const auto used = used_by_entries(store_, (*row)->grant, (*row)->closed_after);
    if (!used) return used.error();
    if (!*used) continue;
    for (std::size_t place = 0; place < there->size(); ++place) {
      if (auto done = write_limit(id, place, {(*there)[place].granted, (**used)[place]}); !done) return done;
    }
  }
  return {};
}

Result<void> Grants::verify() {
  const auto all = ids();
  if (!all) return all.error();
  for (const Id& id : *all) {
    auto row = read(id);
    if (!row) return row.error();
    const auto there = limits((*row)->grant);
    if (!there) return there.error();
    for (std::size_t place = 0; place < there->size(); ++place) {
      if ((*there)[place].granted != limit_at((*row)->grant, place)) return grant_broken(id, "limit");
    }
    if (auto held = verify_used(**row, *there); !held) return held;
    auto columns = store_.db.query("SELECT person, expires_ms FROM standing_grant WHERE grant_id = ?", "bi");
    const auto found = columns.bind(id).step();
    if (!found) return found.error();
    if (!*found || to_bytes(columns.blob(0)) != key_bytes((*row)->grant.person_key) ||
        WallTime{columns.integer(1)} != (*row)->grant.expires) {
      return grant_broken(id, "columns");
    }
  }
  auto strays = store_.db.query(
      "SELECT count(*) FROM grant_limit WHERE grant_id NOT IN (SELECT grant_id FROM standing_grant)", "i");
  const auto counted = strays.step();
  if (!counted) return counted.error();
  if (strays.integer(0) != 0) return trouble(troubles::chain_broken, "grant", "limits of no grant");
  return {};
}

}  // namespace gongji::journal
