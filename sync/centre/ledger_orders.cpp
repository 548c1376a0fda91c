#include "sync/centre/ledger.h"

namespace gongji::centre {

void Ledger::add_order(const record::EmergencyOrder& order, const record::Signed& item) {
  auto insert = query("INSERT INTO emergency_order VALUES (?, ?, ?)");
  insert.bind(to_string(order.id), order.issued, as_bytes(record::encode(item)));
  run(insert);
}

std::vector<record::Signed> Ledger::read_orders(database::Query& select) {
  std::vector<record::Signed> out;
  while (step(select)) {
    auto item = record::decode_signed(as_text(select.blob(0)));
    if (item.has_error()) {
      trouble_ = item.error();
      return {};
    }
    out.push_back(*std::move(item));
  }
  return out;
}

std::vector<record::Signed> Ledger::orders() {
  auto select = query("SELECT item FROM emergency_order ORDER BY issued, order_id", "b");
  return read_orders(select);
}

std::vector<record::EmergencyOrder> Ledger::words_on(const Id& order) {
  auto select = raw("SELECT item FROM emergency_order WHERE order_id = ? ORDER BY issued", "b");
  select.bind(to_string(order));
  std::vector<record::EmergencyOrder> out;
  for (const auto& item : read_orders(select)) {
    auto word = record::decode_order(item.bytes);
    if (word.has_error()) {
      trouble_ = word.error();
      return {};
    }
    out.push_back(*std::move(word));
  }
  return out;
}

std::vector<record::Signed> Ledger::orders_untold(const std::string& terminal) {
  auto select =
      raw("SELECT item FROM emergency_order AS word WHERE NOT EXISTS (SELECT 1 FROM order_told AS told "
          "WHERE told.terminal = ? AND told.order_id = word.order_id AND told.issued = word.issued) "
          "ORDER BY issued, order_id",
          "b");
  select.bind(terminal);
  return read_orders(select);
}

void Ledger::mark_told(const std::string& terminal, const record::EmergencyOrder& order) {
  auto insert = raw("INSERT INTO order_told VALUES (?, ?, ?) ON CONFLICT DO NOTHING");
  insert.bind(terminal, to_string(order.id), order.issued);
  run(insert);
}

}  // namespace gongji::centre
