#include <limits>

#include "offline/journal/grant_use_check.h"
#include "offline/journal/grants.h"
#include "offline/journal/troubles.h"

namespace gongji::journal {

Result<void> Grants::verify_used(const GrantRow& row, const std::vector<GrantLimit>& there) {
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
  const auto live_now = rows_.live_ids(WallTime{std::numeric_limits<std::int64_t>::max()});
  if (!live_now) return live_now.error();
  for (const Id& id : *live_now) {
    const auto row = rows_.read(id);
    if (!row) return row.error();
    const auto there = rows_.limits((*row)->grant);
    if (!there) return there.error();
    if (auto held = verify_used(**row, *there); !held) return held;
  }
  return {};
}

Result<void> Grants::count_anew(std::uint64_t last_seq) {
  const auto all = rows_.ids();
  if (!all) return all.error();
  for (const Id& id : *all) {
    if (auto done = close(id, last_seq); !done) return done.error();
    const auto row = rows_.read(id);
    if (!row) return row.error();
    const auto there = rows_.limits((*row)->grant);
    if (!there) return there.error();
    const auto used = used_by_entries(store_, (*row)->grant, (*row)->closed_after);
    if (!used) return used.error();
    if (!*used) continue;
    for (std::size_t place = 0; place < there->size(); ++place) {
      if (auto done = rows_.write_limit(id, place, {(*there)[place].granted, (**used)[place]}); !done) return done;
    }
  }
  return {};
}

Result<void> Grants::verify() {
  const auto all = rows_.ids();
  if (!all) return all.error();
  for (const Id& id : *all) {
    auto row = rows_.read(id);
    if (!row) return row.error();
    const auto there = rows_.limits((*row)->grant);
    if (!there) return there.error();
    for (std::size_t place = 0; place < there->size(); ++place) {
      if ((*there)[place].granted != limit_at((*row)->grant, place)) return grant_broken(id, "limit");
    }
    if (auto held = verify_used(**row, *there); !held) return held;
    if (auto held = rows_.verify_columns(**row); !held) return held;
  }
  return rows_.verify_no_strays();
}

}  // namespace gongji::journal
