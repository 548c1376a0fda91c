#include "sync/centre/orders.h"

#include <algorithm>

#include "offline/base/day.h"
#include "sync/centre/service_detail.h"
#include "sync/centre/terms_plan.h"
#include "sync/centre/troubles.h"

namespace gongji::centre {

namespace {

WallTime read_moment(protocol::JsonReader& reader, std::string_view name) {
  const auto moment = parse_civil_time(reader.text(name, 32));
  if (!moment && !reader.failed()) reader.refuse(name, "expected \"YYYY-MM-DD hh:mm:ss\"");
  return moment ? wall_time_of(*moment) : WallTime{};
}

bool is_area(const std::string& text) {
  return !text.empty() && text.size() <= 6 && text.find_first_not_of("0123456789") == std::string::npos;
}

}  // namespace

Result<record::EmergencyOrder> read_order_plan(std::string_view text) {
  const auto parsed = protocol::parse_object(text, order_bytes_max);
  if (parsed.has_error()) return trouble(troubles::order_invalid, parsed.error().path, parsed.error().detail);
  protocol::JsonReader reader(*parsed);
  record::EmergencyOrder order;
  if (reader.has("areas")) order.areas = reader.texts("areas", record::order_names_max, 6);
  if (reader.has("sites")) order.sites = reader.texts("sites", record::order_names_max, 32);
  if (reader.has("med_types")) order.med_types = reader.texts("med_types", record::order_names_max, 16);
  order.reference = reader.text("reference", 256, 1);
  order.reserve = read_reserve(reader);
  order.start = read_moment(reader, "start");
  order.end = read_moment(reader, "end");
  if (!reader.failed()) {
    if (!std::all_of(order.areas.begin(), order.areas.end(), is_area)) reader.refuse("areas", "expected 1 to 6 digits");
    if (order.areas.empty() && order.sites.empty()) reader.refuse("areas", "expected an area or a site");
    if (order.reserve.empty()) reader.refuse("reserve", "expected what is widened");
    if (order.end <= order.start) reader.refuse("end", "expected a moment after the start");
  }
  if (auto outcome = reader.finish(); outcome.has_error()) {
    const Trouble& found = outcome.error();
    return trouble(troubles::order_invalid, found.path,
                   found.detail.empty() ? std::string(found.text->en) : found.detail);
  }
  return order;
}

Result<record::Signed> CentreService::issue_order(record::EmergencyOrder order, bool is_later_word, WallTime now) {
  if (!is_later_word) order.id = make_id(now, random_);
  order.issued = now;
  record::Signed item;
  bool known = true;
  const auto outcome = ledger().transaction([&] {
    const auto words = ledger().words_on(order.id);
    known = !is_later_word || !words.empty();
    if (!known) return;
    // A later word is later, also by a clock that was set back.
    if (!words.empty()) order.issued = std::max(now, words.back().issued.plus(std::chrono::milliseconds(1)));
    item = record::sign(*parts_.authority, record::order_tag, record::encode(order));
    ledger().add_order(order, item);
  });
  if (outcome.has_error()) return outcome.error();
  if (!known) return trouble(troubles::order_unknown, to_string(order.id));
  return item;
}

Result<record::Signed> CentreService::withdraw_order(const Id& id, WallTime now) {
  std::vector<record::EmergencyOrder> words;
  const auto outcome = ledger().transaction([&] { words = ledger().words_on(id); });
  if (outcome.has_error()) return outcome.error();
  if (words.empty()) return trouble(troubles::order_unknown, to_string(id));
  record::EmergencyOrder order = words.back();
  order.withdrawn = true;
  return issue_order(std::move(order), true, now);
}

Result<std::vector<record::EmergencyOrder>> CentreService::newest_orders() {
  std::vector<record::EmergencyOrder> all;
  const auto outcome = ledger().transaction([&] {
    for (const auto& item : ledger().orders()) {
      if (auto order = record::decode_order(item.bytes)) all.push_back(*std::move(order));
    }
  });
  if (outcome.has_error()) return outcome.error();
  return record::newest_of(std::move(all));
}

// Also what has been withdrawn; but nothing that has ended by itself.
void CentreService::tell_orders(Terminal& terminal, const Site& site, WallTime now) {
  for (const auto& item : ledger().orders_untold(terminal.terminal)) {
    const auto order = record::decode_order(item.bytes);
    if (!order) continue;
    ledger().mark_told(terminal.terminal, *order);
    if (order->end <= now || !record::names(*order, site.facts.fixmedins_code, site.facts.admdvs)) continue;
    ledger().add_feed_item(terminal.terminal, ++terminal.feed_last, record::OrderNotice{item});
  }
}

}  // namespace gongji::centre
