// entries.h — entries in the file: written once, read back, moved on by verdicts and cancellations.  Internal.
//
// All of it runs inside the caller's transaction.
#pragma once

#include <optional>
#include <vector>

#include "offline/journal/columns.h"
#include "offline/journal/finding.h"
#include "offline/journal/grants.h"
#include "offline/journal/parts_at_rest.h"
#include "offline/journal/persons.h"
#include "offline/journal/store.h"
#include "offline/journal/total_rows.h"

namespace gongji::journal {

// What the file says of one entry beside its bytes.
struct Marks {
  std::optional<std::int64_t> verdict, verdict_feed;
  std::optional<std::uint64_t> cancelled_by;
};

struct Found {
  record::Entry entry;  // head, bytes, salt, hash
  record::Body body;
  Marks marks;
};

class Entries {
 public:
  explicit Entries(const Store& store) : store_(store) {}

  // Makes the entry after `tip`, with its movements, totals and use of a grant, and marks the sale that it cancels.
  // Those of a sale wait in store.tail, where there is one; for anything else that must have been filed before.
  // Errors: sealing, disk.
  // `known`: balances that were read in this transaction, and that nothing has changed since.
  Result<record::Entry> append(const record::Body& body, WallTime now, const Tip& tip, Grants& grants,
                               const Balances& known);
  // The same for both entries of a partial refund.
  Result<PartialRefund> append(const record::Cancel& cancel, const record::Sale& kept, WallTime now, const Tip& tip,
                               Grants& grants);

  Result<std::optional<std::uint64_t>> seq_of_request(const std::string& fixmedins_code, const std::string& msgid);
  Result<std::optional<std::uint64_t>> seq_of_sale(const Id& sale_id);
  Result<std::optional<std::uint64_t>> seq_of_voucher(const record::VoucherNonce& nonce);

  // Absent, or opened and decoded.  Errors: erased, or changed (`path` names the seq).
  Result<std::optional<Found>> find(std::uint64_t seq);
  Result<std::optional<StoredEntry>> find_stored(std::uint64_t seq);

  Result<std::optional<RawEntry>> find_raw(std::uint64_t seq);
  // As it goes up: with its personal part, or with the digest where that is gone.  What it says is not looked at.
  Result<std::optional<record::Entry>> find_to_send(std::uint64_t seq);
  // Whether what is kept in a partial refund stands there: it is never parted from the entry before it.
  Result<bool> is_kept_part(std::uint64_t seq);

  // The last verdict on an entry.
  Result<std::optional<record::Verdict>> verdict_of(const Marks& marks);
  // All of them, in the order of the feed.
  Result<std::vector<Judged>> verdicts_on(std::uint64_t seq);

  // Records what feed item `feed_seq` says.  False: it does not fit this journal; it was kept all the same.  Totals
  // move with write_totals(), once for all verdicts of a batch.
  Result<bool> apply(std::uint64_t feed_seq, const record::Verdict& verdict);
  Result<void> write_totals() { return totals_.write(); }

  Result<Tip> tip();

  // Undoes what append() wrote of sales after `seq` that wait to be filed, in their own transaction.
  Result<void> take_out_behind(std::uint64_t seq);

  // The parts of append(), for entries that come back another way (restore.h) or are filed later (filing.h).
  // Errors: chain_broken where one is there already.
  Result<void> write_movements(std::uint64_t seq, const std::vector<Movement>& movements);

 private:
  // The row alone.  One that is to be filed later is in no index until then.
  Result<record::Entry> insert(const record::Head& head, const record::Body& body, const Columns& columns,
                               const Tip& tip, Among among);
  record::Head head_behind(const Tip& tip, WallTime now) const;
  Result<void> check_new(const record::Sale& sale);
  Result<record::Entry> write(const record::Body& body, const std::vector<Movement>& movements, WallTime now,
                              const Tip& tip);
  Result<std::vector<Movement>> take(const record::Sale& sale, const Balances& known);
  // Whether value returned to a grant.
  Result<bool> reverse(const record::Cancel& cancel, WallTime now, const Tip& tip, Grants& grants,
                       std::vector<Movement>& movements);
  Result<void> rewrite_movements(std::uint64_t seq, const std::vector<Movement>& before,
                                 const std::vector<Movement>& after);
  Result<void> move(std::uint64_t feed_seq, const record::Verdict& verdict, const record::Sale& sale,
                    const std::optional<std::uint64_t>& cancelled_by);

  Store store_;
  std::optional<std::pair<std::string, std::string>> new_request_;  // looked for last, and not there
  TotalRows totals_{store_};                                        // of apply(), until write_totals()
};

}  // namespace gongji::journal
