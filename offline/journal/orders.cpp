#include "offline/journal/orders.h"

#include "offline/journal/troubles.h"
#include "offline/record/order.h"

namespace gongji::journal {

Result<bool> store_order(sqlite::Connection& db, const record::Signed& order) {
  const auto read = record::decode_order(order.bytes);
  if (!read) return false;
  auto upsert = db.query(
      "INSERT INTO emergency_order (order_id, issued_ms, item) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET "
      "issued_ms = excluded.issued_ms, item = excluded.item WHERE excluded.issued_ms > issued_ms");
  if (auto done = upsert.bind(read->id, read->issued, record::encode(order)).run(); !done) return done.error();
  return true;
}

Result<std::vector<record::Signed>> orders_of(sqlite::Connection& db) {
  std::vector<record::Signed> out;
  if (auto table = db.query("SELECT count(*) FROM sqlite_schema WHERE name = 'emergency_order'", "i"); true) {
    const auto there = table.step();
    if (!there) return there.error();
    if (table.integer(0) == 0) return out;
  }
  auto query = db.query("SELECT item FROM emergency_order ORDER BY issued_ms, order_id", "t");
  while (true) {
    const auto more = query.step();
    if (!more) return more.error();
    if (!*more) return out;
    auto item = record::decode_signed(query.text(0));
    if (!item) return trouble(troubles::chain_broken, "order", item.error().path);
    out.push_back(std::move(*item));
  }
}

}  // namespace gongji::journal
