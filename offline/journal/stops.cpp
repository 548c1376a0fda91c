#include "offline/journal/stops.h"

#include "offline/journal/troubles.h"
#include "offline/record/verdict.h"

namespace gongji::journal {

namespace {

Trouble stop_broken(const char* what) {
  return trouble(troubles::chain_broken, "stop", what);
}

}  // namespace

RowMac Stops::mac_of_row(std::string_view item) const {
  return RowMac(store_.keys, "stop", std::string(item));
}

Result<void> Stops::apply(std::uint64_t feed_seq, const record::Stop& stop) {
  if (stop.lifted) {
    auto remove = store_.db.query("DELETE FROM stop WHERE kind = ? AND stop_key = ?");
    return remove.bind(static_cast<int>(stop.kind), key_bytes(stop.key)).run();
  }
  const std::string item = record::encode(record::FeedBatch{store_.identity.terminal, feed_seq, {stop}, WallTime{}});
  auto upsert = store_.db.query(
      "INSERT INTO stop (kind, stop_key, until_ms, item, mac) VALUES (?, ?, ?, ?, ?) "
      "ON CONFLICT DO UPDATE SET until_ms = excluded.until_ms, item = excluded.item, mac = excluded.mac");
  return upsert.bind(static_cast<int>(stop.kind), key_bytes(stop.key), stop.until, item, mac_of_row(item).made()).run();
}

Result<void> Stops::forget_ended(WallTime centre_time) {
  return store_.db.query("DELETE FROM stop WHERE until_ms <= ?").bind(centre_time).run();
}

Result<record::Stop> Stops::line_of(ByteView key, std::string_view item, ByteView mac) const {
  if (!mac_of_row(item).holds(mac)) return stop_broken("checksum");
  const auto batch = record::decode_feed(item);
  if (!batch || batch->items.size() != 1) return stop_broken("item");
  const auto* stop = std::get_if<record::Stop>(&batch->items.front());
  if (stop == nullptr || !is_equal(key, key_bytes(stop->key))) return stop_broken("item");
  return *stop;
}

Result<std::optional<record::Stop>> Stops::find(record::StopKind kind, const std::string& key, WallTime now) {
  const Bytes wanted = key_bytes(key);
  auto query = store_.db.query("SELECT item, mac FROM stop WHERE kind = ? AND stop_key = ?", "tb");
  const auto found = query.bind(static_cast<int>(kind), wanted).step();
  if (!found) return found.error();
  if (!*found) return std::optional<record::Stop>();
  const auto stop = line_of(wanted, query.text(0), query.blob(1));
  if (!stop) return stop.error();
  if (stop->kind != kind) return stop_broken("kind");
  return record::in_force(*stop, now) ? std::optional(*stop) : std::nullopt;
}

Result<void> Stops::verify() {
  auto query = store_.db.query("SELECT kind, stop_key, until_ms, item, mac FROM stop", "ibItb");
  while (true) {
    const auto more = query.step();
    if (!more) return more.error();
    if (!*more) return {};
    const auto stop = line_of(query.blob(1), query.text(3), query.blob(4));
    if (!stop) return stop.error();
    const auto until = stop->until ? std::optional(stop->until->ms) : std::nullopt;
    if (query.integer(0) != static_cast<std::int64_t>(stop->kind) || query.integer_or_null(2) != until) {
      return stop_broken("columns");
    }
  }
}

}  // namespace gongji::journal
