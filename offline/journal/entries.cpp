#include "offline/journal/entries.h"

#include "offline/base/check.h"
#include "offline/journal/filing.h"
#include "offline/journal/finding.h"
#include "offline/journal/packed.h"
#include "offline/journal/persons.h"
#include "offline/journal/tail.h"
#include "offline/journal/troubles.h"
#include "offline/record/entry_parts.h"
#include "offline/record/kept_sale.h"

namespace gongji::journal {

namespace {

constexpr auto accepted = static_cast<std::int64_t>(record::VerdictKind::accepted);

void check_amounts(const Columns& columns) {
  const auto& [medfee, shares] = columns.amounts;
  GONGJI_CHECK_WHY(medfee == shares.fund + shares.account + shares.family + shares.cash, "shares do not add up");
  for (const Money share : {shares.fund, shares.account, shares.family, shares.cash}) GONGJI_CHECK(share >= Money());
}

}  // namespace

StoredEntry as_stored(const record::Entry& entry, record::Body body) {
  StoredEntry stored;
  stored.head = entry.head;
  stored.hash = entry.hash;
  const auto* sale = std::get_if<record::Sale>(&body);
  const bool cancels = std::holds_alternative<record::Cancel>(body);
  const auto backing = sale == nullptr ? std::nullopt : std::optional(static_cast<std::int64_t>(sale->backing));
  stored.state = state_of(backing, std::nullopt, cancels);
  stored.body = std::move(body);
  return stored;
}

Result<Tip> Entries::tip() {
  auto query = store_.db.query("SELECT seq, hash FROM entry ORDER BY seq DESC LIMIT 1", "ib");
  const auto row = query.step();
  if (!row) return row.error();
  if (!*row) return Tip{};
  const auto hash = digest_of(query.blob(1));
  if (!hash) return broken_at(query.count(0), "hash");
  return Tip{query.count(0), *hash};
}

Result<record::Entry> Entries::append(const record::Body& body, WallTime now, const Tip& tip, Grants& grants,
                                      const Balances& known) {
  if (const auto* sale = std::get_if<record::Sale>(&body)) {
    GONGJI_CHECK(store_.tail != nullptr);
    GONGJI_CHECK_WHY(!sale->kept_from, "what is kept is written with its cancellation");
    auto movements = take(*sale, known);
    if (!movements) return movements.error();
    std::optional<Unfiled::Use> use;
    if (sale->backing == record::Backing::grant) {
      auto taken = grants.may_take(*sale, now);
      if (!taken) return taken.error();
      use = Unfiled::Use{*parse_id(sale->backing_id), std::move(*taken)};
    }
    if (auto done = check_new(*sale); !done) return done.error();
    const record::Head head = head_behind(tip, now);
    Columns columns = columns_of(head, body);
    auto entry = insert(head, body, columns, tip, Among::unfiled);
    if (entry) store_.tail->add(unfiled(head.seq, std::move(columns), std::move(*movements), std::move(use)));
    return entry;
  }
  std::vector<Movement> back;
  if (const auto* cancel = std::get_if<record::Cancel>(&body)) {
    if (auto done = reverse(*cancel, now, tip, grants, back); !done) return done.error();
  }
  return write(body, back, now, tip);
}

Result<PartialRefund> Entries::append(const record::Cancel& cancel, const record::Sale& kept, WallTime now,
                                      const Tip& tip, Grants& grants) {
  GONGJI_CHECK_WHY(
      kept.kept_from && kept.kept_from->sale_id == cancel.sale_id && kept.kept_from->sale_seq == cancel.sale_seq,
      "what is kept is of the sale that is cancelled");
  const auto whole = find(cancel.sale_seq);
  if (!whole) return whole.error();
  GONGJI_CHECK_WHY(*whole && (*whole)->entry.kind == record::EntryKind::sale, "no such sale");
  GONGJI_CHECK_WHY(record::keeps_within(kept, std::get<record::Sale>((*whole)->body)),
                   "what is kept takes more than the sale took");
  // Otherwise other amounts stand than those that it was settled with.
  GONGJI_CHECK_WHY((*whole)->marks.verdict.value_or(accepted) == accepted, "the centre has judged otherwise");

  PartialRefund out;
  std::vector<Movement> back;
  const auto returned = reverse(cancel, now, tip, grants, back);
  if (!returned) return returned.error();
  auto first = write(cancel, back, now, tip);
  if (!first) return first.error();
  out.cancel = std::move(*first);

  // What did not return to the grant stays spent there, the kept part with it.
  if (kept.backing == record::Backing::grant && *returned) {
    if (auto done = grants.spend(kept, now); !done) return done.error();
  }
  auto second = write(kept, movements_of(store_.keys, kept), now, {out.cancel.head.seq, out.cancel.hash});
  if (!second) return second.error();
  out.kept = std::move(*second);
  return out;
}

Result<std::vector<Movement>> Entries::take(const record::Sale& sale, const Balances& known) {
  std::vector<Movement> movements = movements_of(store_.keys, sale);
  for (const Movement& movement : movements) {
    if (!movement.name.empty()) continue;
    const auto seen = known.of(movement.owner);
    const auto balance = seen ? Result<Money>(*seen) : account_balance(store_, movement.owner);
    if (!balance) return balance.error();
    GONGJI_CHECK_WHY(movement.amount <= *balance, "an account would go below zero");
  }
  return movements;
}

Result<bool> Entries::reverse(const record::Cancel& cancel, WallTime now, const Tip& tip, Grants& grants,
                              std::vector<Movement>& movements) {
  const auto found = find(cancel.sale_seq);
  if (!found) return found.error();
  GONGJI_CHECK_WHY(*found && (*found)->entry.kind == record::EntryKind::sale, "no such sale");
  const auto& sale = std::get<record::Sale>((*found)->body);
  GONGJI_CHECK_WHY(sale.sale_id == cancel.sale_id, "another sale than named");
  GONGJI_CHECK_WHY(!(*found)->marks.cancelled_by, "cancelled twice");
  const auto verdict = verdict_of((*found)->marks);
  if (!verdict) return verdict.error();
  movements = turned(movements_of(store_.keys, sale, *verdict ? &**verdict : nullptr));

  bool returned = false;
  if (sale.backing == record::Backing::grant) {
    const auto gave_back = grants.give_back(sale, now, tip.seq);
    if (!gave_back) return gave_back.error();
    returned = *gave_back;
  }

  const Columns of_sale = columns_of((*found)->entry.head, (*found)->body);
  if (auto done =
          store_.db.query("UPDATE entry SET cancelled_by = ? WHERE seq = ?").bind(tip.seq + 1, cancel.sale_seq).run();
      !done) {
    return done.error();
  }
  const auto before = state_of(of_sale.backing, (*found)->marks.verdict, false);
  totals_.less(of_sale.day, of_sale.kind, before, of_sale.amounts);
  totals_.more(of_sale.day, of_sale.kind, SaleState::cancelled, of_sale.amounts);
  if (auto done = totals_.write(); !done) return done.error();
  return returned;
}

Result<record::Entry> Entries::write(const record::Body& body, const std::vector<Movement>& movements, WallTime now,
                                     const Tip& tip) {
  GONGJI_CHECK_WHY(store_.tail == nullptr || store_.tail->waiting().empty(), "sales before it are not filed");
  const record::Head head = head_behind(tip, now);
  const Columns columns = columns_of(head, body);
  auto entry = insert(head, body, columns, tip, Among::filed);
  if (!entry) return entry;
  const bool is_sale = columns.kind == record::EntryKind::sale;
  const auto state = is_sale ? std::optional(state_of(columns.backing, std::nullopt, false)) : std::nullopt;
  totals_.more(columns.day, columns.kind, state, columns.amounts);
  if (auto done = totals_.write(); !done) return done.error();
  if (auto done = write_movements(entry->head.seq, movements); !done) return done.error();
  if (auto done = write_filed_seq(store_.db, entry->head.seq); !done) return done.error();
  return entry;
}

record::Head Entries::head_behind(const Tip& tip, WallTime now) const {
  return {store_.identity.terminal, store_.identity.epoch, tip.seq + 1, now};
}

Result<record::Entry> Entries::insert(const record::Head& head, const record::Body& body, const Columns& columns,
                                      const Tip& tip, Among among) {
  check_amounts(columns);

  record::Salt salt{};
  store_.random.fill(salt);
  auto [entry, personal] = record::make_entry_parts(head, body, salt, tip.hash, store_.form);
  const auto sealed = seal_personal(store_, head, salt, entry.personal_bytes);
  if (!sealed) return sealed.error();

  const auto& [medfee, shares] = columns.amounts;
  auto insert = store_.db.query(
      "INSERT INTO entry (seq, kind, at_ms, day, id, fixmedins_code, msgid, sale_seq, person, presence, backing, "
      "voucher, medfee, fund, account, family, cash, personal_digest, hash, public_part, personal_part, public_packed, "
      "indexed) "
      "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, '', ?, ?, ?)");
  insert.bind(head.seq, static_cast<int>(columns.kind), head.at, columns.day.number(), columns.id,
              columns.fixmedins_code, columns.msgid, columns.sale_seq, columns.person, columns.presence,
              columns.backing, columns.voucher, medfee, shares.fund, shares.account, shares.family, shares.cash,
              personal, entry.hash, *sealed, pack(entry.public_bytes), among == Among::filed ? 1 : 0);
  if (auto done = insert.run(); !done) return done.error();

  return entry;
}

Result<void> Entries::take_out_behind(std::uint64_t seq) {
  return store_.db.query("DELETE FROM entry WHERE seq > ? AND indexed = 0").bind(seq).run();
}

Result<void> Entries::write_movements(std::uint64_t seq, const std::vector<Movement>& movements) {
  for (const Movement& movement : movements) {
    auto insert = store_.db.query(
        "INSERT INTO movement (owner, seq, feed, scheme, name, since, fen) VALUES (?, ?, ?, ?, ?, ?, ?) "
        "ON CONFLICT DO NOTHING");
    insert.bind(movement.owner, seq, movement.feed, movement.scheme, movement.name, movement.since.number(),
                movement.amount);
    if (auto done = insert.run(); !done) return done;
    if (store_.db.last_changes() != 1) return broken_at(seq, "movement");
  }
  return {};
}

Result<std::optional<std::uint64_t>> Entries::seq_of_request(const std::string& fixmedins_code,
                                                             const std::string& msgid) {
  if (store_.tail != nullptr) {
    if (const auto seq = store_.tail->seq_of_request(fixmedins_code, msgid)) return std::optional(*seq);
  }
  auto seq = find_request(store_.db, Among::filed, fixmedins_code, msgid);
  if (!seq || *seq) return seq;
  if (store_.tail == nullptr) return find_request(store_.db, Among::unfiled, fixmedins_code, msgid);
  new_request_ = {fixmedins_code, msgid};
  return seq;
}

Result<std::optional<std::uint64_t>> Entries::seq_of_sale(const Id& sale_id) {
  if (store_.tail != nullptr) {
    if (const auto seq = store_.tail->seq_of_sale(sale_id)) return std::optional(*seq);
  }
  auto place = find_id(store_.db, Among::filed, sale_id);
  if (place && !*place && store_.tail == nullptr) place = find_id(store_.db, Among::unfiled, sale_id);
  if (!place) return place.error();
  if (!*place || (*place)->kind == record::EntryKind::cancel) return std::optional<std::uint64_t>();
  return std::optional((*place)->seq);
}

// The indexes would refuse it only when it is filed.
Result<void> Entries::check_new(const record::Sale& sale) {
  if (new_request_ != std::pair(sale.key.fixmedins_code, sale.key.msgid)) {
    const auto request = seq_of_request(sale.key.fixmedins_code, sale.key.msgid);
    if (!request) return request.error();
    GONGJI_CHECK_WHY(!*request, "the request has its entry");
  }
  new_request_.reset();
  const auto same = find_id(store_.db, Among::filed, sale.sale_id);
  if (!same) return same.error();
  GONGJI_CHECK_WHY(!*same && !store_.tail->seq_of_sale(sale.sale_id), "the sale has its entry");
  return {};
}

Result<std::optional<std::uint64_t>> Entries::seq_of_voucher(const record::VoucherNonce& nonce) {
  auto query = store_.db.query("SELECT seq FROM entry WHERE voucher = ?", "i");
  const auto row = query.bind(ByteView(nonce)).step();
  if (!row) return row.error();
  return *row ? std::optional(query.count(0)) : std::nullopt;
}

Result<std::optional<Found>> Entries::find(std::uint64_t seq) {
  auto query = store_.db.query(
      "SELECT kind, at_ms, hash, public_part, public_packed, personal_part, verdict, verdict_feed, cancelled_by "
      "FROM entry WHERE seq = ?",
      "iibtBbIII");
  const auto row = query.bind(seq).step();
  if (!row) return row.error();
  if (!*row) return std::optional<Found>();

  Found found;
  found.entry.head = {store_.identity.terminal, store_.identity.epoch, seq, WallTime{query.integer(1)}};
  const auto hash = digest_of(query.blob(2));
  if (!hash) return broken_at(seq, "hash");
  found.entry.hash = *hash;
  auto part = public_part(query, 3, seq);
  if (!part) return part.error();
  found.entry.public_bytes = *std::move(part);
  if (auto opened = open_personal(store_.keys, query.blob(5), found.entry); !opened) return opened.error();
  auto decoded = record::decode(found.entry.public_bytes, found.entry.personal_bytes);
  if (!decoded) return broken_at(seq, "public part: " + decoded.error().path);
  if (decoded->head != found.entry.head) return broken_at(seq, "head");
  found.body = std::move(decoded->body);
  found.entry.kind = record::kind_of(found.body);
  if (query.integer(0) != static_cast<std::int64_t>(found.entry.kind)) return broken_at(seq, "kind");
  found.marks.verdict = query.integer_or_null(6);
  found.marks.verdict_feed = query.integer_or_null(7);
  if (!query.is_null(8)) found.marks.cancelled_by = query.count(8);
  return std::optional(std::move(found));
}

Result<std::optional<StoredEntry>> Entries::find_stored(std::uint64_t seq) {
  auto found = find(seq);
  if (!found) return found.error();
  if (!*found) return std::optional<StoredEntry>();
  StoredEntry stored;
  stored.head = (*found)->entry.head;
  stored.hash = (*found)->entry.hash;
  stored.body = std::move((*found)->body);
  auto verdict = verdict_of((*found)->marks);
  if (!verdict) return verdict.error();
  stored.verdict = std::move(*verdict);

  if (std::holds_alternative<record::Cancel>(stored.body)) {
    stored.state = SaleState::cancelled;
  } else {
    stored.state = state_of(columns_of(stored.head, stored.body).backing, (*found)->marks.verdict,
                            (*found)->marks.cancelled_by.has_value());
  }
  return std::optional(std::move(stored));
}

Result<std::optional<RawEntry>> Entries::find_raw(std::uint64_t seq) {
  auto query = store_.db.query(
      "SELECT public_part, public_packed, personal_digest, hash, "
      "(SELECT hash FROM entry before WHERE before.seq = entry.seq - 1) FROM entry WHERE seq = ?",
      "tBbbB");
  const auto row = query.bind(seq).step();
  if (!row) return row.error();
  if (!*row) return std::optional<RawEntry>();
  auto part = public_part(query, 0, seq);
  if (!part) return part.error();
  const auto personal = digest_of(query.blob(2));
  const auto hash = digest_of(query.blob(3));
  const auto previous = seq == 1 ? std::optional(Digest{}) : digest_of(query.blob(4));
  if (!personal || !hash || !previous) return broken_at(seq, "hash");
  return std::optional(RawEntry{seq, *std::move(part), *personal, *previous, *hash});
}

Result<std::optional<record::Entry>> Entries::find_to_send(std::uint64_t seq) {
  auto query = store_.db.query(
      "SELECT kind, at_ms, hash, public_part, public_packed, personal_part, personal_digest FROM entry WHERE seq = ?",
      "iibtBbb");
  const auto row = query.bind(seq).step();
  if (!row) return row.error();
  if (!*row) return std::optional<record::Entry>();
  record::Entry entry;
  entry.head = {store_.identity.terminal, store_.identity.epoch, seq, WallTime{query.integer(1)}};
  entry.kind = static_cast<record::EntryKind>(query.integer(0));
  const auto hash = digest_of(query.blob(2));
  if (!hash) return broken_at(seq, "hash");
  entry.hash = *hash;
  auto part = public_part(query, 3, seq);
  if (!part) return part.error();
  entry.public_bytes = *std::move(part);
  if (auto opened = open_personal(store_.keys, query.blob(5), entry); !opened) {
    if (!is_gone(opened.error())) return opened.error();
    entry.personal_digest = digest_of(query.blob(6));
    if (!entry.personal_digest) return broken_at(seq, "personal part");
  }
  return std::optional(std::move(entry));
}

Result<bool> Entries::is_kept_part(std::uint64_t seq) {
  auto query = store_.db.query("SELECT public_part, public_packed FROM entry WHERE seq = ? AND kind = 1", "tB");
  const auto row = query.bind(seq).step();
  if (!row) return row.error();
  if (!*row) return false;
  const auto part = public_part(query, 0, seq);
  if (!part) return part.error();
  const auto decoded = record::decode_public(*part);
  if (!decoded) return broken_at(seq, "public part: " + decoded.error().path);
  const auto* sale = std::get_if<record::Sale>(&decoded->body);
  return sale != nullptr && sale->kept_from.has_value();
}

}  // namespace gongji::journal
