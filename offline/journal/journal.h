// journal.h — the till's log: append-only, chained, in one SQLite file.
//
// The queue is the journal: "unsent" is what follows the centre's acknowledgement; there is no second copy of the
// truth.
//
// Durability.  commit() returns only when the transaction is on the disk (WAL, synchronous=FULL).  A sale that was
// answered after that survives a crash of the process, of the machine, and a power cut.  What was not answered may or
// may not be there: asking again with the same key tells which.
//
// Filing.  A sale is durable with its entry alone; what follows from it (movements, totals, the use of its grant, the
// indexes) is written for many sales at once, in the next gap or before any other change.  No answer here shows a
// difference (FORMAT.md).
//
// Threads.  A Journal is owned by one thread at a time (in the daemon: the writer thread of writer.h).  It holds the
// only connection that writes and checkpoints (SQLite before 3.51.3 can corrupt a WAL that two connections checkpoint).
// Read-only look-ups by other processes (gongji queue) use reader.h.
//
// Turn.  Everything that decides about money happens in one Turn = one place in the writer's transaction: read the
// state, decide, append.  Two sales at once can therefore not pass on the same limit.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "offline/base/clock.h"
#include "offline/base/ids.h"
#include "offline/base/result.h"
#include "offline/journal/second_place.h"
#include "offline/record/entry.h"
#include "offline/record/grant.h"
#include "offline/record/grant_use.h"
#include "offline/record/hold_rules.h"
#include "offline/record/snapshot.h"
#include "offline/record/stop.h"
#include "offline/record/verdict.h"
#include "offline/seal/key_store.h"

namespace gongji::journal {

struct Identity {
  std::string terminal;
  std::uint32_t epoch = 1;
};

// State of a sale as a person sees it.
enum class SaleState : std::uint8_t {
  guaranteed = 1,
  provisional = 2,
  confirmed = 3,
  adjusted = 4,
  refused = 5,
  cancelled = 6,
  cash = 7
};
std::string_view name_of(SaleState state);

struct StoredEntry {
  record::Head head;
  record::Body body;
  SaleState state = SaleState::guaranteed;  // for a cancel: of the sale it cancels
  std::optional<record::Verdict> verdict;
  Digest hash{};
};

// Without a verdict and without a cancellation: as it is right after it was appended.
StoredEntry as_stored(const record::Entry& entry, record::Body body);

// Both entries of a partial refund, the second just behind the first.
struct PartialRefund {
  record::Entry cancel, kept;
};

// One entry as it stands in the chain: the bytes that were signed, without the personal part.
struct RawEntry {
  std::uint64_t seq = 0;
  std::string public_bytes;
  Digest personal_digest{};
  Digest previous{}, hash{};  // chain values before and with this entry
  bool operator==(const RawEntry&) const = default;
};

// A person as this till knows them now: the stored snapshot moved on by this till's own entries since.
struct PersonState {
  record::Snapshot snapshot;  // as received
  // Every window that the snapshot or a later entry of this till knows of; settlement::counters_on() tells what counts
  // on a day.  A row below 0 gives back what the snapshot does not contain.
  std::vector<settlement::Counted> counters;
  std::vector<settlement::Account> accounts;  // balances after local entries; never below 0
};

// What is promised on the reserve and has no verdict yet.
struct Exposure {
  Money total;  // fund and account shares of all provisional sales
  std::uint32_t count = 0;
  Money person_today;   // of the person asked for, on the day asked for
  Money person_window;  // of this person after the moment asked for, however they showed who they are
};

struct QueueSummary {
  std::uint64_t last_seq = 0, acknowledged_seq = 0;
  std::uint64_t unsent_count = 0, unjudged_count = 0;  // unjudged: without a verdict
  std::uint64_t live_grants = 0;                       // that are not closed
  Money unsent_fund, unsent_account, unsent_cash;
  std::optional<WallTime> oldest_unsent;
  Money guaranteed, provisional, confirmed, adjusted, refused;  // fund and account shares by state
  std::optional<WallTime> last_contact;
};

struct DayTotals {
  std::uint64_t sales = 0, cancels = 0, papers = 0;
  Money medfee, fund, account, family, cash;  // cancelled sales do not count
};

// What one day's sales of one state promised.
struct RiskLine {
  Day day;
  SaleState state = SaleState::guaranteed;
  std::uint64_t sales = 0, persons = 0;
  Money fund, account, family;
  bool operator==(const RiskLine&) const = default;
};

// Promised on the reserve under one presence, without a verdict.
struct ReserveUse {
  record::Presence presence = record::Presence::declared;
  Money total;
  std::uint32_t count = 0;
  bool operator==(const ReserveUse&) const = default;
};

// Money at risk: every sale since a day, and all of the reserve that is in use.
struct Risk {
  std::vector<RiskLine> lines;      // by day, then state
  std::vector<ReserveUse> reserve;  // by presence; those with none are absent
};

// How far the log reaches, and how far it is known.
struct LogState {
  std::uint64_t last_seq = 0, acknowledged_seq = 0;
  std::optional<WallTime> last_contact;
};

// One turn of the writer.  Valid only inside the function that received it.
class Turn {
 public:
  virtual ~Turn() = default;

  // These two also look into the logs of earlier epochs that lie beside this one (head.epoch tells).
  virtual Result<std::optional<StoredEntry>> find_request(const std::string& fixmedins_code,
                                                          const std::string& msgid) = 0;
  // A sale or a paper, by its id.
  virtual Result<std::optional<StoredEntry>> find_sale(const Id& sale_id) = 0;  // entries of kind sale only
  virtual Result<std::optional<StoredEntry>> find_seq(std::uint64_t seq) = 0;
  virtual Result<std::optional<StoredEntry>> find_cancel_of(const Id& sale_id) = 0;
  // What is kept of a sale in a partial refund; absent for any other.
  virtual Result<std::optional<StoredEntry>> find_kept_of(const Id& sale_id) = 0;
  // Believes the columns: whoever shows it to others checks that it hashes to `hash`.
  virtual Result<std::optional<RawEntry>> find_raw(std::uint64_t seq) = 0;

  // Snapshots are found by person key, or by credential key (both look-up hashes keyed per site, 64 hex).
  // The signature was verified by the caller.  An older snapshot than the stored one only adds its credentials.
  // Errors: malformed, one that knows more of this log than there is (log_behind: a restored backup).
  virtual Result<void> store_snapshot(const std::string& person_key, const std::vector<std::string>& credential_keys,
                                      const record::Signed& snapshot) = 0;
  virtual Result<std::optional<PersonState>> find_person(const std::string& key) = 0;

  // The same for a snapshot that is in hand and not stored (yet): moved on by this till's own entries after
  // snapshot.applied_seq.  Always a value.
  virtual Result<std::optional<PersonState>> state_of(const record::Snapshot& snapshot) = 0;

  // Of sales of this presence; `day` is the day of the entry, not of the visit.  `since`: of person_window, which is 0
  // without it.
  virtual Result<Exposure> exposure(record::Presence presence, const std::string& person_key, Day day,
                                    std::optional<WallTime> since) = 0;

  // The line of the stop list that is in force at `now` for this look-up hash (stop.h).
  virtual Result<std::optional<record::Stop>> find_stop(record::StopKind kind, const std::string& key,
                                                        WallTime now) = 0;
  // The sale of this log that used this voucher up; a cancelled one has used it, too.
  virtual Result<std::optional<std::uint64_t>> use_of_voucher(const record::VoucherNonce& nonce) = 0;

  // The standing grant of this person (look-up hash) that may be spent at `now`, each limit lowered to what is left;
  // absent where there is none.
  virtual Result<std::optional<record::Grant>> find_grant(const std::string& person_key, WallTime now) = 0;
  // Every grant that may be spent at `now` and sets something of this person's aside: the person's own, then those of
  // others that name an account of the person.  Limits as above.  Cost: one pass over the live grants of the file.
  virtual Result<std::vector<record::Grant>> grants_on(const std::string& person_key, WallTime now) = 0;
  // What a sale takes of a grant; absent where the grant does not speak of all of it.
  virtual std::optional<record::GrantUse> use_of(const record::Grant& grant, const settlement::Settlement& settled,
                                                 const std::vector<settlement::Counted>& counted) const = 0;
  // Gives a grant up, for good: from then on it is told to the centre.  The end of the log as it is now, to be told; an
  // unknown one has none.
  virtual Result<std::optional<record::ClosedGrant>> close_grant(const Id& id) = 0;

  // Appends, with its movements of counters, accounts and the grant that backs it.  Requires what the state allows
  // (GONGJI_CHECK: no account below zero, a cancelled sale exists, is of this epoch and is not cancelled yet; shares
  // add up; the request's key and the voucher are new; a grant that backs a sale may be spent and covers it).  A share
  // of an account needs a stored snapshot that names the account.  A cancellation gives value back to the grant only
  // while that may be spent.
  virtual Result<record::Entry> append(const record::Body& body, WallTime now) = 0;

  // A partial refund: the cancellation of a sale, and what is kept of it (Sale::kept_from) as the next entry.  They
  // come into the file together and go up together.  Requires what append() requires of the cancellation, and that what
  // is kept takes nothing that the sale did not (record::keeps_within): then it stands on what stood behind the sale,
  // whatever has become of the grant since.
  virtual Result<PartialRefund> append(const record::Cancel& cancel, const record::Sale& kept, WallTime now) = 0;

  virtual Result<std::optional<record::Signed>> terms() = 0;
  // Emergency orders that came over the feed (record/order.h), of each the newest word, withdrawn and ended ones too.
  // Whoever relies on one verifies the authority's signature.
  virtual Result<std::vector<record::Signed>> orders() = 0;
  virtual Result<LogState> log_state() = 0;    // cost: two look-ups
  virtual Result<QueueSummary> summary() = 0;  // cost: one step for each entry that is not acknowledged
  virtual Result<DayTotals> day_totals(Day day) = 0;
  virtual Result<Risk> risk(Day from) = 0;  // cost: one step for each entry since `from`
};

struct JournalFile;

class Journal {
 public:
  // Opens or makes the file, migrates an older version, verifies the chain from the last signed head.
  // Errors in order: file unusable, written by a newer version, of another terminal, chain broken.
  static Result<std::unique_ptr<Journal>> open(const std::filesystem::path& file, const Identity& identity,
                                               std::shared_ptr<const seal::KeyStore> keys, Random& random);
  // The same in two steps, so that a start reads keys and rules while SQLite reads the file (journal_file.h).
  static Result<std::unique_ptr<Journal>> open(JournalFile file, const Identity& identity,
                                               std::shared_ptr<const seal::KeyStore> keys, Random& random);
  virtual ~Journal() = default;

  // Runs each function in order inside ONE transaction, each in its own savepoint: a function that returns an error is
  // rolled back alone.  Returns when all are durable.  On a commit error none happened and every one gets the error.
  // Where a copy comes before the answer: entries are durable there, too.  While the copy fails, nothing that appends
  // an entry happens; what was committed just when it failed gets second_copy_late: asking again tells.
  using Work = std::function<Result<void>(Turn&)>;
  virtual std::vector<Result<void>> commit(std::vector<Work> works) = 0;

  // From now on entries are written in the compact form (record::Form): whoever gets them reads it.  Until then the
  // next entry is written as the last one, the first as canonical JSON.
  virtual void write_compact() = 0;

  // The log upward.  Entries after the acknowledged one, at most `count_max` and `bytes_max`; both entries of a partial
  // refund where the first alone would fit.
  struct Stretch {
    std::uint64_t from = 1;
    std::vector<record::Entry> entries;
    std::uint64_t head_seq = 0;  // of the last entry of this stretch
    Digest head_hash{};
    Bytes head_signature;  // SM2 over record::head_statement, made here, off the commit path
  };
  virtual Result<Stretch> unsent(std::size_t count_max, std::size_t bytes_max) = 0;
  // Puts further entries behind those of `stretch`, up to `count_max` and `bytes_max` in all, and signs the new head: a
  // long stretch is read in several tasks, so that sales come between them.  Nothing changes where nothing more fits.
  virtual Result<void> lengthen(Stretch& stretch, std::size_t count_max, std::size_t bytes_max) = 0;
  // The same in parts, because a signature costs as much as thirty entries: a stretch that begins behind the
  // acknowledged entry and has none yet; further entries for it; and the signature under the whole.  One that is to
  // follow another begins with `from` and `head_seq` behind and at the end of that, whatever was acknowledged.
  virtual Result<Stretch> empty_stretch() = 0;
  virtual Result<void> read_on(Stretch& stretch, std::size_t count_max, std::size_t bytes_max) = 0;
  virtual void sign(Stretch& stretch) const = 0;
  // Monotone: an older acknowledgement only counts as contact.  Beyond the last entry: trouble log_behind.
  virtual Result<void> acknowledge(std::uint64_t seq, WallTime now) = 0;

  // What one answer of the centre brings, in one transaction: the closed grants that it has got with the question, as
  // told; acknowledge(); and the log downward: the items after the stored cursor are applied, exactly once (a resend is
  // skipped).  The batch's signature was verified by the caller.
  // Where nothing comes of it but a later contact, that is written once in contact_kept_every, and a crash forgets the
  // rest: the silence is then taken for longer than it was.
  // `enough`: asked behind each item; from true on the rest is left to another call with the same batch, as
  // feed_cursor() tells.
  // Errors in order: of another terminal, log_behind (nothing happened); a gap before the batch (none of it was
  // applied, the rest happened); one item does not fit this journal (a verdict on an unknown entry, unreadable terms):
  // it is kept and passed over, the rest WAS applied and the cursor moved.
  static constexpr std::chrono::seconds contact_kept_every{30};
  struct Answered {
    std::uint64_t acknowledged = 0;
    std::vector<record::ClosedGrant> closed;
  };
  virtual Result<void> take_in(const Answered& answered, const record::FeedBatch& batch, WallTime now,
                               const std::function<bool()>& enough) = 0;
  // A batch of the feed alone.
  Result<void> apply_feed(
      const record::FeedBatch& batch, WallTime now, const std::function<bool()>& enough = [] { return false; }) {
    return take_in({}, batch, now, enough);
  }
  virtual Result<std::uint64_t> feed_cursor() = 0;  // sequence of the last applied item, 0 at first

  // Names this opening of the file, from 1, never twice: grants are given to it alone.
  virtual std::uint64_t run() const = 0;
  // That, and the first entry that this opening could write.
  virtual record::Opening opening() const = 0;
  // Closes the grants that have expired by `now`; all that are closed and not yet known to be, at most
  // closed_grants_max.  All of an earlier run are among them.
  static constexpr std::size_t closed_grants_max = 200;
  virtual Result<std::vector<record::ClosedGrant>> closed_grants(WallTime now) = 0;

  // From now on a copy follows in a second place.  Called at most once, before anything is committed.
  // Errors: disk.  A second place that fails is told by second_copy(), and goes on by itself when it is back.
  virtual Result<void> keep_copy(const SecondPlace& place) = 0;
  virtual SecondCopyState second_copy() const = 0;

  // From now on an anchor is kept in `file`, after each acknowledgement, in gaps, every 64 entries and at the end. What
  // stands there now is compared with this log; a doubt is remembered in the journal, and no anchor is written while
  // there is one. Called at most once, before anything is committed.  Errors: chain broken, disk.
  virtual Result<void> keep_anchor(const std::filesystem::path& file) = 0;
  virtual AnchorState anchor() const = 0;
  // Also one of an earlier start: it ends with the epoch.  Any thread.
  virtual Doubt doubt() const = 0;
  // The first doubt stays.
  virtual Result<void> raise_doubt(Doubt doubt) = 0;

  // The last entry (0: none), signed like a head.
  struct SignedEnd {
    std::uint64_t seq = 0;
    Digest hash{};
    Bytes signature;
  };
  virtual SignedEnd end() const = 0;

  // Whether an entry could be committed now.  Where the last commit that had something to write failed, a write without
  // meaning is tried.
  // Errors: what the disk, or a second copy that comes before the answer, says.
  virtual Result<void> ready() = 0;

  // Destroys the data key of a month and drops the snapshots of people not seen since; for ever.  Chain, amounts and
  // counters stay and verify.  A crash in between leaves a month that can be forgotten anew.
  // Errors in order: bad_month, month_still_needed (forgetting.h), of the file, of the keys.
  virtual Result<void> forget(const std::string& month, WallTime now) = 0;
  // Every month before `before` ("2026-11") that has a data key and is not needed any more; those that were forgotten.
  virtual Result<std::vector<std::string>> forget_before(const std::string& before, WallTime now) = 0;

  // Idle work: files what follows from the last sales, signs the head, a PASSIVE checkpoint.  Called in gaps.
  virtual void idle() = 0;
  // True when so much waits in the WAL that idle() should be called even without a gap.
  virtual bool idle_due() const = 0;

  // Re-reads the whole chain and all totals; names the first entry that does not hold ("seq 17").  The last seq.
  virtual Result<std::uint64_t> verify() = 0;
  // The same for the entries from `from` on, at most `count_max`, so that a long journal can be verified between sales;
  // with the last of them, what is left of the grants that may be spent.
  // The first seq that was not looked at.
  virtual Result<std::uint64_t> verify_stretch(std::uint64_t from, std::size_t count_max) = 0;
};

}  // namespace gongji::journal
