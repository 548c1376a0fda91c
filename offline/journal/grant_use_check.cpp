#include "offline/journal/grant_use_check.h"

#include <algorithm>

#include "offline/journal/entries.h"

namespace gongji::journal {
namespace {

class UseCount {
 public:
  UseCount(const Store& store, const record::Grant& grant, std::optional<std::uint64_t> closed_after)
      : store_(store), entries_(store), grant_(grant), closed_after_(closed_after) {}

  // False where it cannot be told.
  Result<bool> add(std::uint64_t seq);
  std::vector<Money> used() const;

 private:
  struct OnGrant {
    record::Sale sale;
    std::optional<std::uint64_t> cancelled_by;
  };
  // Absent: the personal part is gone, and it is needed.
  Result<std::optional<OnGrant>> read(std::uint64_t seq);
  Result<bool> gave_back(std::uint64_t cancel_seq);

  Store store_;
  Entries entries_;
  const record::Grant& grant_;
  std::optional<std::uint64_t> closed_after_;
  record::GrantUse sum_{std::vector<Money>(grant_.accounts.size()), std::vector<Money>(grant_.fund.size())};
};

Result<std::optional<UseCount::OnGrant>> UseCount::read(std::uint64_t seq) {
  auto found = entries_.find(seq);
  if (found) {
    return std::optional(OnGrant{std::get<record::Sale>(std::move((*found)->body)), (*found)->marks.cancelled_by});
  }
  if (!is_gone(found.error())) return found.error();
  auto query = store_.db.query("SELECT public_part, public_packed, cancelled_by FROM entry WHERE seq = ?", "tBI");
  const auto row = query.bind(seq).step();
  if (!row) return row.error();
  const auto part = public_part(query, 0, seq);
  if (!part) return part.error();
  auto decoded = record::decode_public(*part);
  if (!decoded) return broken_at(seq, "public part: " + decoded.error().path);
  OnGrant out{std::get<record::Sale>(std::move(decoded->body)), std::nullopt};
  if (!query.is_null(2)) out.cancelled_by = query.count(2);
  const auto& paid = out.sale.settlement.accounts;
  const bool own = std::all_of(paid.begin(), paid.end(), [](const auto& payment) { return payment.owner == "self"; });
  if (!own && parse_id(out.sale.backing_id) == grant_.id) return std::optional<OnGrant>();
  return std::optional(std::move(out));
}

Result<bool> UseCount::gave_back(std::uint64_t cancel_seq) {
  auto query = store_.db.query("SELECT at_ms FROM entry WHERE seq = ?", "i");
  const auto row = query.bind(cancel_seq).step();
  if (!row) return row.error();
  if (!*row) return broken_at(cancel_seq, "missing");
  return (!closed_after_ || cancel_seq <= *closed_after_) && WallTime{query.integer(0)} < grant_.expires;
}

Result<bool> UseCount::add(std::uint64_t seq) {
  const auto found = read(seq);
  if (!found) return found.error();
  if (!*found) return false;
  const auto& [sale, cancelled_by] = **found;
  if (parse_id(sale.backing_id) != grant_.id) return true;
  const auto taken = use_of(store_.keys, grant_, sale.settlement, record::counted_by(sale));
  if (!taken) return broken_at(seq, "the grant does not name what the sale takes");
  bool took = true;
  if (sale.kept_from) {
    const auto before = gave_back(seq - 1);
    if (!before) return before.error();
    took = *before;
  }
  bool back = false;
  if (took && cancelled_by) {
    const auto after = gave_back(*cancelled_by);
    if (!after) return after.error();
    back = *after;
  }
  if (!took || back) return true;
  for (std::size_t i = 0; i < sum_.accounts.size(); ++i) sum_.accounts[i] += taken->accounts[i];
  for (std::size_t i = 0; i < sum_.fund.size(); ++i) sum_.fund[i] += taken->fund[i];
  return true;
}

std::vector<Money> UseCount::used() const {
  std::vector<Money> out;
  for (std::size_t i = 0; i < sum_.accounts.size(); ++i) out.push_back(min(sum_.accounts[i], grant_.accounts[i].limit));
  for (std::size_t i = 0; i < sum_.fund.size(); ++i) out.push_back(min(sum_.fund[i], grant_.fund[i].limit));
  return out;
}

}  // namespace

Result<std::optional<std::vector<Money>>> used_by_entries(const Store& store, const record::Grant& grant,
                                                          std::optional<std::uint64_t> closed_after) {
  std::vector<std::uint64_t> sold;
  {
    auto query =
        store.db.query("SELECT seq FROM entry WHERE backing = 2 AND person = ? AND indexed = 1 ORDER BY seq", "i");
    query.bind(key_bytes(grant.person_key));
    while (true) {
      const auto more = query.step();
      if (!more) return more.error();
      if (!*more) break;
      sold.push_back(query.count(0));
    }
  }
  UseCount count(store, grant, closed_after);
  for (const std::uint64_t seq : sold) {
    const auto told = count.add(seq);
    if (!told) return told.error();
    if (!*told) return std::optional<std::vector<Money>>();
  }
  return std::optional(count.used());
}

}  // namespace gongji::journal
