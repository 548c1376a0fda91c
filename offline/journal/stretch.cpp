#include "offline/journal/stretch.h"

#include "offline/sqlite/transaction.h"

namespace gongji::journal {

namespace {

Result<void> keep_refund_whole(Entries& entries, Journal::Stretch& stretch) {
  if (stretch.entries.empty() || stretch.entries.back().kind != record::EntryKind::cancel) return {};
  const auto parted = entries.is_kept_part(stretch.head_seq + 1);
  if (!parted) return parted.error();
  if (!*parted) return {};
  if (stretch.entries.size() > 1) {
    stretch.entries.pop_back();
  } else {
    auto kept = entries.find_to_send(stretch.head_seq + 1);
    if (!kept) return kept.error();
    if (!*kept) return broken_at(stretch.head_seq + 1, "missing");
    stretch.entries.push_back(std::move(**kept));
  }
  stretch.head_seq = stretch.entries.back().head.seq;
  stretch.head_hash = stretch.entries.back().hash;
  return {};
}

}  // namespace

Result<void> read_entries(const Store& store, std::uint64_t last_seq, std::size_t count_max, std::size_t bytes_max,
                          Journal::Stretch& stretch) {
  const auto reading = sqlite::ReadTransaction::begin(store.db);
  if (!reading) return reading.error();
  Entries entries(store);
  std::size_t bytes = 0;
  for (const auto& entry : stretch.entries) bytes += entry.public_bytes.size() + entry.personal_bytes.size();
  while (stretch.entries.size() < count_max && stretch.head_seq < last_seq) {
    auto found = entries.find_to_send(stretch.head_seq + 1);
    if (!found) return found.error();
    if (!*found) return broken_at(stretch.head_seq + 1, "missing");
    record::Entry& entry = **found;
    bytes += entry.public_bytes.size() + entry.personal_bytes.size();
    if (bytes > bytes_max && !stretch.entries.empty()) break;
    stretch.head_seq = entry.head.seq;
    stretch.head_hash = entry.hash;
    stretch.entries.push_back(std::move(entry));
  }
  if (auto done = keep_refund_whole(entries, stretch); !done) return done.error();
  if (stretch.head_seq == 0 || !stretch.entries.empty()) return {};
  auto query = store.db.query("SELECT hash FROM entry WHERE seq = ?", "b");
  const auto found = query.bind(stretch.head_seq).step();
  if (!found) return found.error();
  const auto hash = *found ? digest_of(query.blob(0)) : std::nullopt;
  if (!hash) return broken_at(stretch.head_seq, "hash");
  stretch.head_hash = *hash;
  return {};
}

}  // namespace gongji::journal
