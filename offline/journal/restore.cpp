#include "offline/journal/restore.h"

#include <algorithm>

#include "offline/base/check.h"
#include "offline/journal/chain_check.h"
#include "offline/journal/file_lock.h"
#include "offline/journal/filing.h"
#include "offline/journal/journal_file.h"
#include "offline/journal/log_row.h"
#include "offline/journal/open_to_read.h"
#include "offline/journal/packed.h"
#include "offline/journal/persons.h"
#include "offline/journal/second_copy.h"
#include "offline/journal/troubles.h"
#include "offline/record/owners.h"
#include "offline/sqlite/transaction.h"

namespace gongji::journal {

namespace {

class Restoring {
 public:
  explicit Restoring(const Store& store) : store_(store), entries_(store), persons_(store) {}

  // What the lost entries left behind would count twice.
  Result<void> forget_after(std::uint64_t seq);
  Result<void> put_back(const RawEntry& raw);
  Result<void> make_totals();
  std::uint64_t accounts_unmoved() const { return accounts_unmoved_; }

 private:
  Result<void> insert(const RawEntry& raw, const record::Decoded& decoded, const Columns& columns);
  Result<void> move_sale(std::uint64_t seq, record::Sale sale);
  Result<void> take_back(std::uint64_t seq, std::uint64_t sale_seq);

  Store store_;
  Entries entries_;
  Persons persons_;
  std::uint64_t accounts_unmoved_ = 0;
};

bool adds_up(const Amounts& amounts) {
  const auto& [fund, account, family, cash] = amounts.shares;
  return min(min(fund, account), min(family, cash)) >= Money() && amounts.medfee == fund + account + family + cash;
}

Result<void> Restoring::forget_after(std::uint64_t seq) {
  if (auto done = store_.db.query("DELETE FROM movement WHERE seq > ?").bind(seq).run(); !done) return done;
  return store_.db.query("UPDATE entry SET cancelled_by = NULL WHERE cancelled_by > ?").bind(seq).run();
}

Result<void> Restoring::put_back(const RawEntry& raw) {
  const auto decoded = record::decode_public(raw.public_bytes);
  if (!decoded) return broken_at(raw.seq, decoded.error().path);
  const record::Head& head = decoded->head;
  if (head.terminal != store_.identity.terminal || head.epoch != store_.identity.epoch || head.seq != raw.seq) {
    return broken_at(raw.seq, "head");
  }
  const Columns columns = columns_of(head, decoded->body);
  if (!adds_up(columns.amounts)) return broken_at(raw.seq, "shares");
  auto same = store_.db.query(
      "SELECT seq FROM entry WHERE indexed = 1 AND (id = ? OR (fixmedins_code = ? AND msgid = ?))", "i");
  const auto found = same.bind(columns.id, columns.fixmedins_code, columns.msgid).step();
  if (!found) return found.error();
  if (*found) return broken_at(raw.seq, "its request is entry " + std::to_string(same.count(0)));
  if (auto done = insert(raw, *decoded, columns); !done) return done;
  if (const auto* sale = std::get_if<record::Sale>(&decoded->body)) return move_sale(raw.seq, *sale);
  if (const auto* cancel = std::get_if<record::Cancel>(&decoded->body)) return take_back(raw.seq, cancel->sale_seq);
  return {};
}

Result<void> Restoring::insert(const RawEntry& raw, const record::Decoded& decoded, const Columns& columns) {
  const auto judged = entries_.verdicts_on(raw.seq);
  if (!judged) return judged.error();
  std::optional<std::int64_t> verdict_kind, verdict_feed;
  if (!judged->empty()) {
    verdict_kind = static_cast<std::int64_t>(judged->back().verdict.kind);
    verdict_feed = static_cast<std::int64_t>(judged->back().feed);
  }
  const auto& [medfee, shares] = columns.amounts;
  auto insert = store_.db.query(
      "INSERT INTO entry (seq, kind, at_ms, day, id, fixmedins_code, msgid, sale_seq, person, presence, backing, "
      "voucher, medfee, fund, account, family, cash, verdict, verdict_feed, personal_digest, hash, public_part, "
      "personal_part, public_packed) "
      "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, '', x'', ?)");
  insert.bind(raw.seq, static_cast<int>(columns.kind), decoded.head.at, columns.day.number(), columns.id,
              columns.fixmedins_code, columns.msgid, columns.sale_seq, columns.person, columns.presence,
              columns.backing, columns.voucher, medfee, shares.fund, shares.account, shares.family, shares.cash,
              verdict_kind, verdict_feed, raw.personal_digest, raw.hash, pack(raw.public_bytes));
  return insert.run();
}

// The public part does not say whose accounts paid; the snapshot that the sale was settled with does.
Result<void> Restoring::move_sale(std::uint64_t seq, record::Sale sale) {
  const auto judged = entries_.verdicts_on(seq);
  if (!judged) return judged.error();
  const auto known = persons_.find(sale.person_key);
  if (!known) return known.error();
  bool all_known = *known && (*known)->snapshot.as_of == sale.snapshot_as_of;
  if (*known) sale.claim.person.psn_no = (*known)->snapshot.person.psn_no;
  if (all_known) {
    settlement::Claim of_snapshot;
    of_snapshot.accounts = (*known)->snapshot.accounts;
    all_known = record::restore_owners(sale.claim, &sale.settlement, record::family_of(of_snapshot, nullptr));
  }
  if (!all_known) {
    const auto unknown = [&](const auto& of) { return !*known || of.owner != "self"; };
    if (std::any_of(sale.settlement.accounts.begin(), sale.settlement.accounts.end(), unknown)) ++accounts_unmoved_;
    std::erase_if(sale.settlement.accounts, unknown);
    std::erase_if(sale.claim.accounts, unknown);
  }
  return entries_.write_movements(seq, movements_of(store_.keys, sale, *judged));
}

Result<void> Restoring::take_back(std::uint64_t seq, std::uint64_t sale_seq) {
  auto mark = store_.db.query("UPDATE entry SET cancelled_by = ? WHERE seq = ? AND kind = 1 AND cancelled_by IS NULL");
  if (auto done = mark.bind(seq, sale_seq).run(); !done) return done;
  if (store_.db.last_changes() != 1) return broken_at(seq, "the sale that it cancels");
  return store_.db
      .query(
          "INSERT INTO movement (owner, seq, feed, scheme, name, since, fen) "
          "SELECT owner, ?, 0, scheme, name, since, -sum(fen) FROM movement WHERE seq = ? "
          "GROUP BY owner, scheme, name, since HAVING sum(fen) <> 0")
      .bind(seq, sale_seq)
      .run();
}

Result<void> Restoring::make_totals() {
  if (auto done = store_.db.query("DELETE FROM total").run(); !done) return done;
  TotalRows totals(store_);
  auto rows = store_.db.query(
      "SELECT kind, day, backing, medfee, fund, account, family, cash, verdict, cancelled_by FROM entry", "iiIiiiiiII");
  while (true) {
    const auto more = rows.step();
    if (!more) return more.error();
    if (!*more) return totals.write();
    const auto kind = static_cast<record::EntryKind>(rows.integer(0));
    const Amounts amounts{rows.money(3), {rows.money(4), rows.money(5), rows.money(6), rows.money(7)}};
    const auto state = kind == record::EntryKind::sale
                           ? std::optional(state_of(rows.integer_or_null(2), rows.integer_or_null(8), !rows.is_null(9)))
                           : std::nullopt;
    const Day day = Day::from_number(static_cast<std::int32_t>(rows.integer(1)));
    totals.more(day, kind, state, amounts);
  }
}

}  // namespace

Result<Restored> restore(const std::filesystem::path& file, const Identity& identity,
                         std::shared_ptr<const seal::KeyStore> keys, Random& random,
                         const std::vector<RawEntry>& entries) {
  auto lock = FileLock::take(file);
  if (!lock) return lock.error();
  auto db = open_newest(file);
  if (!db) return db.error();
  const Store store{**db, *keys, identity, random};
  auto row = read_log_row(store);
  if (!row) return row.error();
  if (!*row) return trouble(troubles::not_a_journal, file.string());
  if ((*row)->terminal != identity.terminal || (*row)->epoch != identity.epoch) {
    return trouble(troubles::other_terminal, file.string(),
                   (*row)->terminal + ", epoch " + std::to_string((*row)->epoch));
  }
  auto tip = Entries(store).tip();
  if (!tip) return tip.error();

  auto transaction = sqlite::Transaction::begin(**db);
  if (!transaction) return transaction.error();
  Grants grants(store, 0);
  if (auto done = file_rest(store, grants, tip->seq); !done) return done.error();
  Restoring restoring(store);
  if (auto done = restoring.forget_after(tip->seq); !done) return done.error();
  for (const RawEntry& raw : entries) {
    GONGJI_CHECK(raw.seq == tip->seq + 1 && raw.previous == tip->hash);
    GONGJI_CHECK(record::chain_hash_from_digest(tip->hash, raw.seq, raw.public_bytes, raw.personal_digest) == raw.hash);
    if (auto done = restoring.put_back(raw); !done) return done.error();
    *tip = {raw.seq, raw.hash};
  }
  if (auto done = write_filed_seq(**db, tip->seq); !done) return done.error();
  if (auto done = restoring.make_totals(); !done) return done.error();
  if (auto done = grants.count_anew(tip->seq); !done) return done.error();
  if (auto done = forget_lineage(**db); !done) return done.error();

  ChainCheck check(store);
  const std::uint64_t known_seq = std::max((*row)->head_seq, (*row)->acknowledged_seq);
  if (known_seq <= tip->seq) {
    if (auto held = check.head(**row, *tip); !held) return held.error();
  }
  if (auto held = check.stretch(1, tip->seq); !held) return held.error();
  if (auto held = check.rest(); !held) return held.error();
  if (auto done = transaction->commit(); !done) return done.error();
  return Restored{tip->seq, std::max(known_seq, tip->seq), restoring.accounts_unmoved()};
}

Result<LogEnd> read_log_end(const std::filesystem::path& file) {
  const auto opened = open_to_read(file);
  if (!opened) return opened.error();
  const auto identity = identity_of(**opened);
  if (!identity) return identity.error();
  auto query = (*opened)->query("SELECT seq, hash FROM entry ORDER BY seq DESC LIMIT 1", "ib");
  const auto row = query.step();
  if (!row) return row.error();
  if (!*row) return LogEnd{*identity, 0, {}};
  const auto hash = digest_of(query.blob(1));
  if (!hash) return broken_at(query.count(0), "hash");
  return LogEnd{*identity, query.count(0), *hash};
}

}  // namespace gongji::journal
