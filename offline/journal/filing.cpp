#include "offline/journal/filing.h"

#include <map>

#include "offline/journal/entries.h"
#include "offline/journal/tail.h"

namespace gongji::journal {

namespace {

void add(record::GrantUse& sum, const record::GrantUse& more) {
  sum.accounts.resize(more.accounts.size());
  sum.fund.resize(more.fund.size());
  for (std::size_t i = 0; i < more.accounts.size(); ++i) sum.accounts[i] += more.accounts[i];
  for (std::size_t i = 0; i < more.fund.size(); ++i) sum.fund[i] += more.fund[i];
}

Result<void> file(const Store& store, Grants& grants, std::span<const Unfiled> sales) {
  {
    const std::uint64_t from = sales.front().seq, to = sales.back().seq;
    auto index = store.db.query("UPDATE OR IGNORE entry SET indexed = 1 WHERE seq BETWEEN ? AND ? AND indexed = 0");
    if (auto done = index.bind(from, to).run(); !done) return done;
    if (static_cast<std::uint64_t>(store.db.last_changes()) != to - from + 1) {
      return broken_at(from, "filed before, or a request or an id is there twice");
    }
  }
  Entries entries(store);
  TotalRows totals(store);
  std::map<Id, record::GrantUse> used;
  for (const Unfiled& sale : sales) {
    if (auto done = entries.write_movements(sale.seq, sale.movements); !done) return done;
    totals.more(sale.day, record::EntryKind::sale, sale.state, sale.amounts);
    if (sale.use) add(used[sale.use->grant], sale.use->taken);
  }
  if (auto done = totals.write(); !done) return done;
  for (const auto& [grant, taken] : used) {
    if (auto done = grants.add_use(grant, taken); !done) return done;
  }
  return write_filed_seq(store.db, sales.back().seq);
}

}  // namespace

Result<std::uint64_t> filed_seq(sqlite::Connection& db) {
  {
    auto table = db.query("SELECT count(*) FROM sqlite_schema WHERE name = 'filed'", "i");
    const auto row = table.step();
    if (!row) return row.error();
    if (table.integer(0) == 0) {
      auto last = db.query("SELECT coalesce(max(seq), 0) FROM entry", "i");
      const auto there = last.step();
      if (!there) return there.error();
      return last.count(0);
    }
  }
  auto query = db.query("SELECT seq FROM filed", "i");
  const auto row = query.step();
  if (!row) return row.error();
  if (!*row) return broken_at(0, "filed");
  return query.count(0);
}

Result<void> write_filed_seq(sqlite::Connection& db, std::uint64_t seq) {
  return db.query("UPDATE filed SET seq = ?").bind(seq).run();
}

Result<void> file_tail(const Store& store, Grants& grants) {
  if (store.tail == nullptr || store.tail->waiting().empty()) return {};
  if (auto done = file(store, grants, store.tail->waiting()); !done) return done;
  store.tail->filed();
  return {};
}

Result<void> file_rest(const Store& store, Grants& grants, std::uint64_t last_seq) {
  const auto filed = filed_seq(store.db);
  if (!filed) return filed.error();
  std::vector<Unfiled> sales;
  Entries entries(store);
  for (std::uint64_t seq = *filed + 1; seq <= last_seq; ++seq) {
    auto found = entries.find(seq);
    if (!found) return found.error();
    if (!*found) return broken_at(seq, "missing");
    const auto* sale = std::get_if<record::Sale>(&(*found)->body);
    if (sale == nullptr) return broken_at(seq, "not filed, and not a sale");
    std::optional<Unfiled::Use> use;
    if (sale->backing == record::Backing::grant) {
      auto taken = grants.use_by(*sale);
      if (!taken) return taken.error();
      use = Unfiled::Use{taken->grant, std::move(taken->taken)};
    }
    sales.push_back(unfiled(seq, columns_of((*found)->entry.head, (*found)->body), movements_of(store.keys, *sale),
                            std::move(use)));
    if (sales.size() == Tail::sales_max || seq == last_seq) {
      if (auto done = file(store, grants, sales); !done) return done;
      sales.clear();
    }
  }
  return {};
}

}  // namespace gongji::journal
