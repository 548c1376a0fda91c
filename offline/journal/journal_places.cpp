// journal_places.cpp — the second copy, the anchor, and doubts about the file that they raise.
#include "offline/base/check.h"
#include "offline/journal/entries.h"
#include "offline/journal/file_journal.h"
#include "offline/journal/troubles.h"

namespace gongji::journal {

Result<void> FileJournal::write_lineage_alone(const std::optional<Id>& lineage) {
  auto transaction = sqlite::Transaction::begin(*db_);
  if (!transaction) return transaction.error();
  auto written = lineage ? write_lineage(*db_, *lineage) : forget_lineage(*db_);
  if (!written) return written;
  if (auto done = finish(*transaction); !done) return done;
  lineage_ = lineage;
  return {};
}

Result<void> FileJournal::keep_copy(const SecondPlace& place) {
  GONGJI_CHECK(!copy_);
  // Written in any case: from this commit on it is known how many pages are in the WAL.
  if (auto done = write_lineage_alone(lineage_ ? lineage_ : make_id(WallTime{}, store_.random)); !done) return done;
  copy_ = std::make_unique<SecondCopy>(db_->file(), identity_, place, *lineage_, db_->wal_pages());
  return {};
}

// Whether the WAL may begin anew: no copy misses anything of it, or none can go on from here.
bool FileJournal::may_move_wal() {
  if (!copy_) return !lineage_ || write_lineage_alone(std::nullopt).has_value();
  if (copy_->has_all()) return true;
  if (db_->wal_pages() <= wal_pages_kept_max) return false;
  if (!write_lineage_alone(make_id(WallTime{}, store_.random))) return false;
  copy_->start_anew(*lineage_);
  return true;
}

Result<void> FileJournal::write_anchor_row_alone(const AnchorRow& row) {
  auto transaction = sqlite::Transaction::begin(*db_);
  if (!transaction) return transaction.error();
  if (auto done = write_anchor_row(store_, row); !done) return done;
  if (auto done = finish(*transaction); !done) return done;
  anchor_row_ = row;
  doubt_ = row.doubt;
  return {};
}

Result<void> FileJournal::raise_doubt(Doubt doubt) {
  if (anchor_row_.doubt != Doubt::none || doubt == Doubt::none) return {};
  return write_anchor_row_alone({anchor_row_.anchored, doubt});
}

Result<void> FileJournal::keep_anchor(const std::filesystem::path& file) {
  GONGJI_CHECK(!anchor_keeper_);
  const auto hash_at = [&](std::uint64_t seq) -> Result<Digest> {
    auto found = Entries(store_).find_raw(seq);
    if (!found) return found.error();
    if (!*found) return broken_at(seq, "missing");
    return (*found)->hash;
  };
  const auto doubt = compare(identity_, tip_.seq, anchor_row_.anchored, read_anchor(file, *keys_), hash_at);
  if (!doubt) return doubt.error();
  if (auto done = raise_doubt(*doubt); !done) return done;
  anchor_keeper_ = std::make_unique<AnchorKeeper>(file, keys_);
  anchored_seq_ = tip_.seq;
  if (doubt_ == Doubt::none) anchor_keeper_->keep({identity_, tip_.seq, tip_.hash, run_});
  return {};
}

void FileJournal::cast_anchor() {
  if (!anchor_keeper_ || doubt_ != Doubt::none || anchored_seq_ == tip_.seq) return;
  anchored_seq_ = tip_.seq;
  anchor_keeper_->keep({identity_, tip_.seq, tip_.hash, run_});
}

}  // namespace gongji::journal
