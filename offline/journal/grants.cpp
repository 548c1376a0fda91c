#include "offline/journal/grants.h"

#include "offline/base/check.h"
#include "offline/journal/tail.h"
#include "offline/journal/troubles.h"

namespace gongji::journal {

namespace {

// The same accounts and counters for the same person, in the same order; expiry and limits only rise.
bool extends(record::Grant before, record::Grant after) {
  if (limit_count(before) != limit_count(after) || before.accounts.size() != after.accounts.size()) return false;
  if (after.expires < before.expires) return false;
  for (std::size_t place = 0; place < limit_count(before); ++place) {
    if (limit_at(after, place) < limit_at(before, place)) return false;
    limit_at(after, place) = limit_at(before, place);
  }
  after.expires = before.expires;
  after.issued = before.issued;
  after.snapshot_as_of = before.snapshot_as_of;
  return after == before;
}

}  // namespace

std::optional<record::GrantUse> use_of(const seal::KeyStore& keys, const record::Grant& grant,
                                       const settlement::Settlement& settled,
                                       const std::vector<settlement::Counted>& counted) {
  const record::Promised promised{settled.totals.fund_pay_sumamt, settled.accounts, counted};
  return record::use_of(grant, promised, [&](const std::string& psn_no) { return keys.lookup_key("person", psn_no); });
}

Result<bool> Grants::store(std::uint64_t feed_seq, const record::Grant& grant, WallTime told, std::uint64_t last_seq) {
  if (grant.terminal != store_.identity.terminal) return false;
  auto known = rows_.read(grant.id);
  if (!known) return known.error();
  GrantRow row{grant, feed_seq, false, std::nullopt, false};
  std::vector<GrantLimit> before;
  if (*known) {
    if (!extends((*known)->grant, grant)) return false;
    if (!record::may_extend((*known)->view())) return true;  // it was told to be closed, or will be
    auto there = rows_.limits((*known)->grant);
    if (!there) return there.error();
    before = std::move(*there);
  }
  if (record::must_close(row.view(), here(), told)) {
    row.closed = true;
    row.closed_after = last_seq;
  }
  if (auto done = rows_.write(row); !done) return done.error();
  for (std::size_t place = 0; place < limit_count(grant); ++place) {
    const Money used = before.empty() ? Money() : before[place].used;
    if (auto done = rows_.write_limit(grant.id, place, {limit_at(row.grant, place), used}); !done) return done.error();
  }
  return true;
}

Result<std::optional<record::Grant>> Grants::find(const Bytes& person, WallTime now) {
  std::optional<record::Grant> found;
  const auto done = rows_.each_live_of(person, [&](const GrantRow& row) -> Result<bool> {
    auto left = left_of(row.grant.id, now);
    if (!left) return left.error();
    found = *std::move(left);
    return !found;
  });
  if (!done) return done.error();
  if (found && key_bytes(found->person_key) != person) return grant_broken(found->id, "person");
  return found;
}

Result<std::optional<record::Grant>> Grants::left_of(const Id& id, WallTime now) {
  const auto row = rows_.read(id);
  if (!row) return row.error();
  if (!record::may_spend((*row)->view(), here(), now)) return std::optional<record::Grant>();
  const auto there = rows_.limits((*row)->grant);
  if (!there) return there.error();
  record::Grant left = (*row)->grant;
  const std::vector<Money> rest = left_of(id, *there);
  for (std::size_t place = 0; place < rest.size(); ++place) limit_at(left, place) = rest[place];
  return std::optional(std::move(left));
}

Result<std::vector<record::Grant>> Grants::naming(const std::string& person_key, WallTime now) {
  const auto ids = rows_.live_naming(person_key);
  if (!ids) return ids.error();
  std::vector<record::Grant> out;
  for (const Id& id : *ids) {
    auto left = left_of(id, now);
    if (!left) return left.error();
    if (*left) out.push_back(std::move(**left));
  }
  return out;
}

Result<void> Grants::use(const record::Grant& grant, const record::GrantUse& use, bool back) {
  auto there = rows_.limits(grant);
  if (!there) return there.error();
  for (std::size_t place = 0; place < there->size(); ++place) {
    const Money amount = place < use.accounts.size() ? use.accounts[place] : use.fund[place - use.accounts.size()];
    if (amount == Money()) continue;
    GrantLimit& limit = (*there)[place];
    limit.used = back ? limit.used - amount : limit.used + amount;
    GONGJI_CHECK_WHY(limit.used >= Money() && limit.used <= limit.granted, "a grant would be spent beyond its limit");
    if (auto done = rows_.write_limit(grant.id, place, limit); !done) return done;
  }
  return {};
}

std::vector<Money> Grants::left_of(const Id& id, const std::vector<GrantLimit>& there) const {
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
  const auto row = rows_.read(*id);
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
  const auto row = rows_.read(*parse_id(sale.backing_id));
  if (!row) return row.error();
  return use((*row)->grant, *taken, false);
}

Result<Grants::OnGrant> Grants::use_by(const record::Sale& sale) {
  const auto id = parse_id(sale.backing_id);
  if (!id) return trouble(troubles::chain_broken, "grant " + sale.backing_id);
  const auto row = rows_.read(*id);
  if (!row) return row.error();
  if (!*row) return grant_broken(*id, "missing");
  auto taken = use_of(store_.keys, (*row)->grant, sale.settlement, record::counted_by(sale));
  if (!taken) return grant_broken(*id, "does not name what a sale takes");
  return OnGrant{*id, *std::move(taken)};
}

Result<void> Grants::add_use(const Id& id, const record::GrantUse& taken) {
  const auto row = rows_.read(id);
  if (!row) return row.error();
  if (!*row) return grant_broken(id, "missing");
  const record::Grant grant = (*row)->grant;
  if (taken.accounts.size() != grant.accounts.size() || taken.fund.size() != grant.fund.size()) {
    return grant_broken(id, "limit");
  }
  const auto there = rows_.limits(grant);
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
  const auto row = rows_.read(*id);
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
  auto row = rows_.read(id);
  if (!row) return row.error();
  if (!*row) return std::optional<record::ClosedGrant>();
  if (!(*row)->closed) {
    (*row)->closed = true;
    (*row)->closed_after = last_seq;
    if (auto done = rows_.write(**row); !done) return done.error();
  }
  return std::optional(record::ClosedGrant{id, *(*row)->closed_after});
}

Result<void> Grants::close_due(WallTime told, std::uint64_t last_seq) {
  const auto ids = rows_.live_ids(told);
  if (!ids) return ids.error();
  for (const Id& id : *ids) {
    const auto row = rows_.read(id);
    if (!row) return row.error();
    if (!record::must_close((*row)->view(), here(), told)) continue;
    if (auto done = close(id, last_seq); !done) return done.error();
  }
  return {};
}

Result<void> Grants::mark_told(const std::vector<record::ClosedGrant>& closed) {
  for (const record::ClosedGrant& one : closed) {
    auto row = rows_.read(one.id);
    if (!row) return row.error();
    if (!*row || !(*row)->closed) continue;
    (*row)->told = true;
    if (auto done = rows_.write(**row); !done) return done;
  }
  return {};
}

}  // namespace gongji::journal
