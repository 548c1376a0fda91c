// ledger_feed.cpp — what each terminal is told, in the order of its feed.
//
// A row holds the items from its `seq` on, one or many: what one sync tells is one row.  What a transaction has told it
// answers from memory, without reading it back.
#include <algorithm>

#include "offline/record/feed_groups.h"
#include "sync/centre/working_set.h"

namespace gongji::centre {
namespace {

constexpr std::size_t items_a_row_max = 500;

Bytes stored(const std::string& terminal, std::uint64_t seq, std::vector<record::FeedItem> items) {
  return to_bytes(as_bytes(record::encode_grouped(record::FeedBatch{terminal, seq, std::move(items), WallTime{}})));
}

}  // namespace

void Ledger::add_feed_item(const std::string& terminal, std::uint64_t seq, record::FeedItem item) {
  new_->feed.push_back({terminal, seq, std::move(item)});
}

void Ledger::write_feed(std::vector<ToldItem> items) {
  database::Rows rows("tib");
  for (std::size_t i = 0; i < items.size();) {
    const std::size_t first = i;
    std::vector<record::FeedItem> together;
    while (i < items.size() && items[i].terminal == items[first].terminal && together.size() < items_a_row_max &&
           items[i].seq == items[first].seq + together.size()) {
      together.push_back(items[i++].item);
    }
    rows.add(items[first].terminal, items[first].seq,
             stored(items[first].terminal, items[first].seq, std::move(together)));
  }
  insert(rows, "INSERT INTO feed");
  auto& told = read_->told;
  for (auto& item : items) {
    const bool goes_on = !told.empty() && told.back().terminal == item.terminal && told.back().seq + 1 == item.seq;
    if (!goes_on) told.clear();
    told.push_back(std::move(item));
  }
}

std::vector<record::FeedItem> Ledger::feed_after(const std::string& terminal, std::uint64_t cursor,
                                                 std::size_t count_max) {
  flush();
  std::vector<record::FeedItem> out;
  const auto& told = read_->told;
  if (!told.empty() && told.front().terminal == terminal && told.front().seq <= cursor + 1) {
    for (std::size_t i = cursor + 1 - told.front().seq; i < told.size() && out.size() < count_max; ++i) {
      out.push_back(told[i].item);
    }
    return out;
  }
  auto select =
      raw("SELECT seq, item FROM feed WHERE terminal = ?1 AND seq <= ?2 AND "
          "seq >= (SELECT COALESCE(max(seq), 0) FROM feed WHERE terminal = ?1 AND seq <= ?3) ORDER BY seq",
          "ib");
  select.bind(terminal, cursor + count_max, cursor + 1);
  while (out.size() < count_max && step(select)) {
    std::vector<record::FeedItem> row;
    read_items(select.blob(1), row);
    const std::uint64_t first = select.count(0);
    for (std::size_t i = first > cursor ? 0 : cursor + 1 - first; i < row.size() && out.size() < count_max; ++i) {
      out.push_back(std::move(row[i]));
    }
  }
  if (failed()) return {};
  return out;
}

void Ledger::tell_later(const std::string& terminal, std::uint32_t epoch, const record::FeedItem& item) {
  auto insert = raw("INSERT INTO told_later (terminal, epoch, item) VALUES (?, ?, ?)");
  insert.bind(terminal, epoch, stored(terminal, 1, {item}));
  run(insert);
}

std::vector<record::FeedItem> Ledger::take_told_later(const std::string& terminal, std::uint32_t epoch) {
  std::vector<record::FeedItem> out;
  std::int64_t last = 0;
  {
    auto select = raw("SELECT number, epoch, item FROM told_later WHERE terminal = ? ORDER BY number", "iib");
    select.bind(terminal);
    while (step(select)) {
      last = select.integer(0);
      if (select.integer(1) != epoch) continue;  // that log has ended; the ledger knows all the same
      read_items(select.blob(2), out);
    }
  }
  if (last == 0) return out;
  auto drop = raw("DELETE FROM told_later WHERE terminal = ? AND number <= ?");
  drop.bind(terminal, last);
  run(drop);
  return out;
}

void Ledger::read_items(ByteView bytes, std::vector<record::FeedItem>& out) {
  auto batch = record::decode_grouped_feed(as_text(bytes));
  if (batch.has_error()) {
    trouble_ = batch.error();
    return;
  }
  for (auto& item : batch->items) out.push_back(std::move(item));
}

void Ledger::drop_feed(const std::string& terminal) {
  for (const char* sql : {"DELETE FROM feed WHERE terminal = ?", "DELETE FROM order_told WHERE terminal = ?"}) {
    auto drop = query(sql);
    drop.bind(terminal);
    run(drop);
  }
}

}  // namespace gongji::centre
