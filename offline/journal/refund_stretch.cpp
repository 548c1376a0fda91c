#include "offline/journal/refund_stretch.h"

namespace gongji::journal {

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

}  // namespace gongji::journal
