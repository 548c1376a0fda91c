// What verdicts change of entries: the second half of entries.h.
#include "offline/journal/entries.h"
#include "offline/journal/troubles.h"

namespace gongji::journal {

Result<std::optional<record::Verdict>> Entries::verdict_of(const Marks& marks) {
  if (!marks.verdict_feed) return std::optional<record::Verdict>();
  auto query = store_.db.query("SELECT item, mac, seq FROM verdict WHERE feed_seq = ?", "tbI");
  const auto row = query.bind(*marks.verdict_feed).step();
  if (!row) return row.error();
  const std::string path = "feed " + std::to_string(*marks.verdict_feed);
  if (!*row) return trouble(troubles::chain_broken, path, "missing");
  if (store_.depth == Depth::whole &&
      !RowMac(store_.keys, "verdict", std::string(query.text(0))).holds(query.blob(1))) {
    return broken_at(query.count(2), "verdict");
  }
  const auto batch = record::decode_feed(query.text(0));
  if (!batch || batch->items.size() != 1) return trouble(troubles::chain_broken, path, "item");
  const auto* verdict = std::get_if<record::Verdict>(&batch->items.front());
  if (verdict == nullptr) return trouble(troubles::chain_broken, path, "item");
  return std::optional(*verdict);
}

Result<std::vector<Judged>> Entries::verdicts_on(std::uint64_t seq) {
  std::vector<Judged> out;
  auto query = store_.db.query("SELECT feed_seq, rewrites FROM verdict WHERE seq = ? ORDER BY feed_seq", "ii");
  query.bind(seq);
  while (true) {
    const auto more = query.step();
    if (!more) return more.error();
    if (!*more) return out;
    auto verdict = verdict_of(Marks{std::nullopt, query.integer(0), std::nullopt});
    if (!verdict) return verdict.error();
    if (!*verdict) return broken_at(seq, "verdict");
    out.push_back({query.count(0), std::move(**verdict), query.integer(1) != 0});
  }
}

// What the verdict, just recorded, changes.
Result<void> Entries::move(std::uint64_t feed_seq, const record::Verdict& verdict, const record::Sale& sale,
                           const std::optional<std::uint64_t>& cancelled_by) {
  auto judged = verdicts_on(verdict.seq);
  if (!judged) return judged.error();
  std::vector<Movement> added;
  for (Movement& movement : movements_of(store_.keys, sale, *judged)) {
    if (movement.feed == feed_seq) added.push_back(std::move(movement));
  }
  if (auto done = write_movements(verdict.seq, added); !done) return done;
  if (!cancelled_by) return {};
  judged->pop_back();
  const record::Verdict* earlier = judged->empty() ? nullptr : &judged->back().verdict;
  return rewrite_movements(*cancelled_by, turned(movements_of(store_.keys, sale, earlier)),
                           turned(movements_of(store_.keys, sale, &verdict)));
}

Result<void> Entries::rewrite_movements(std::uint64_t seq, const std::vector<Movement>& before,
                                        const std::vector<Movement>& after) {
  if (before == after) return {};
  for (const Movement& movement : before) {
    auto remove = store_.db.query(
        "DELETE FROM movement WHERE owner = ? AND seq = ? AND feed = ? AND scheme = ? AND name = ? AND since = ?");
    remove.bind(movement.owner, seq, movement.feed, movement.scheme, movement.name, movement.since.number());
    if (auto done = remove.run(); !done) return done;
  }
  return write_movements(seq, after);
}

Result<bool> Entries::apply(std::uint64_t feed_seq, const record::Verdict& verdict) {
  bool fits = verdict.epoch == store_.identity.epoch;
  std::optional<Marks> marks;
  std::optional<Columns> columns;
  if (fits) {
    // The plain columns are enough for state and totals, and outlive the personal part.
    auto query = store_.db.query(
        "SELECT kind, day, backing, medfee, fund, account, family, cash, verdict, verdict_feed, cancelled_by "
        "FROM entry WHERE seq = ?",
        "iiIiiiiiIII");
    const auto row = query.bind(verdict.seq).step();
    if (!row) return row.error();
    fits = *row;
    if (fits) {
      columns.emplace();
      columns->kind = static_cast<record::EntryKind>(query.integer(0));
      columns->day = Day::from_number(static_cast<std::int32_t>(query.integer(1)));
      columns->backing = query.integer_or_null(2);
      columns->amounts = {query.money(3), {query.money(4), query.money(5), query.money(6), query.money(7)}};
      marks = Marks{query.integer_or_null(8), query.integer_or_null(9), {}};
      if (!query.is_null(10)) marks->cancelled_by = query.count(10);
    }
  }

  const std::string item = record::encode(record::FeedBatch{store_.identity.terminal, feed_seq, {verdict}, verdict.at});
  auto insert = store_.db.query("INSERT INTO verdict (feed_seq, seq, item, mac) VALUES (?, ?, ?, ?)");
  insert.bind(feed_seq, fits ? std::optional(verdict.seq) : std::nullopt, item,
              RowMac(store_.keys, "verdict", item).made());
  if (auto done = insert.run(); !done) return done.error();
  if (!fits) return false;

  if (columns->kind == record::EntryKind::sale) {
    // The first verdict, and as it was told: nothing of anybody moves, so the sale itself need not be read.
    const bool as_told = verdict.kind == record::VerdictKind::accepted && !verdict.counted;
    if (!as_told || marks->verdict) {
      const auto found = find(verdict.seq);
      if (found) {
        const auto& sale = std::get<record::Sale>((*found)->body);
        if (auto done = move(feed_seq, verdict, sale, marks->cancelled_by); !done) return done.error();
      } else if (!is_gone(found.error())) {
        return found.error();
      }  // an erased sale is too old to be in anybody's balance
    }
    const bool cancelled = marks->cancelled_by.has_value();
    const auto state_before = state_of(columns->backing, marks->verdict, cancelled);
    const auto state_after = state_of(columns->backing, static_cast<std::int64_t>(verdict.kind), cancelled);
    totals_.less(columns->day, columns->kind, state_before, columns->amounts);
    totals_.more(columns->day, columns->kind, state_after, columns->amounts);
  }
  if (auto done = store_.db.query("UPDATE entry SET verdict = ?, verdict_feed = ? WHERE seq = ?")
                      .bind(static_cast<int>(verdict.kind), feed_seq, verdict.seq)
                      .run();
      !done) {
    return done.error();
  }
  return true;
}

}  // namespace gongji::journal
