#include "offline/journal/chain_check.h"

#include "offline/journal/filing.h"
#include "offline/journal/troubles.h"
#include "offline/record/kept_sale.h"
#include "offline/seal/troubles.h"

namespace gongji::journal {

namespace {

// "hash: expected 3fa9…, found 77b1…": the detail of a trouble.
std::string differs(std::string_view what, std::string_view expected, std::string_view found) {
  return std::string(what) + ": expected " + std::string(expected) + ", found " + std::string(found);
}

std::string differs(std::string_view what, const Digest& expected, const Digest& found) {
  return differs(what, to_hex(expected).substr(0, 16), to_hex(found).substr(0, 16));
}

std::string number(std::optional<std::int64_t> value) {
  return value ? std::to_string(*value) : "nothing";
}

// The first column that is not what the bytes say.
std::string first_difference(const Columns& expected, const Columns& found) {
  const auto amount = [](std::string_view name, Money of_bytes, Money of_column) {
    return of_bytes == of_column ? std::string()
                                 : differs("column " + std::string(name), to_string(of_bytes), to_string(of_column));
  };
  const auto& of_bytes = expected.amounts.shares;
  const auto& of_columns = found.amounts.shares;
  for (const std::string& difference :
       {amount("medfee", expected.amounts.medfee, found.amounts.medfee), amount("fund", of_bytes.fund, of_columns.fund),
        amount("account", of_bytes.account, of_columns.account), amount("family", of_bytes.family, of_columns.family),
        amount("cash", of_bytes.cash, of_columns.cash)}) {
    if (!difference.empty()) return difference;
  }
  const auto text = [](std::string_view name, const std::string& of_entry, const std::string& of_column) {
    return of_entry == of_column ? std::string() : differs("column " + std::string(name), of_entry, of_column);
  };
  const auto optional_text = [](const auto& value) { return value ? std::to_string(*value) : std::string("nothing"); };
  for (const std::string& difference :
       {text("kind", std::to_string(static_cast<int>(expected.kind)), std::to_string(static_cast<int>(found.kind))),
        text("day", to_string(expected.day), to_string(found.day)),
        text("id", to_string(expected.id), to_string(found.id)),
        text("fixmedins_code", expected.fixmedins_code, found.fixmedins_code),
        text("msgid", expected.msgid, found.msgid),
        text("sale_seq", optional_text(expected.sale_seq), optional_text(found.sale_seq)),
        text("presence", optional_text(expected.presence), optional_text(found.presence)),
        text("backing", optional_text(expected.backing), optional_text(found.backing)),
        text("voucher", to_hex(expected.voucher.value_or(Bytes())), to_hex(found.voucher.value_or(Bytes())))}) {
    if (!difference.empty()) return difference;
  }
  return "columns";
}

}  // namespace

Result<void> ChainCheck::head(const LogRow& row, const Tip& tip) {
  if (row.acknowledged_seq > tip.seq) return broken_at(tip.seq + 1, "acknowledged, but missing");
  if (row.head_seq == 0) return {};
  if (row.head_seq > tip.seq) return broken_at(tip.seq + 1, "signed, but missing");
  auto query = store_.db.query("SELECT hash FROM entry WHERE seq = ?", "b");
  const auto found = query.bind(row.head_seq).step();
  if (!found) return found.error();
  const auto hash = *found ? digest_of(query.blob(0)) : std::nullopt;
  if (!hash) return broken_at(row.head_seq, "not what was signed");
  if (*hash != row.head_hash) return broken_at(row.head_seq, differs("not what was signed", row.head_hash, *hash));
  const bool key_known = !store_.keys.public_key().empty();
  if (key_known && !record::verify_head(store_.keys.public_key(), row.terminal, row.epoch, row.head_seq, row.head_hash,
                                        row.head_signature)) {
    return broken_at(row.head_seq, "signature");
  }
  return {};
}

Result<void> ChainCheck::stretch(std::uint64_t from, std::uint64_t to) {
  const auto filed = filed_seq(store_.db);
  if (!filed) return filed.error();
  filed_seq_ = *filed;
  Tip previous{from - 1, {}};
  if (from > 1) {
    auto query = store_.db.query("SELECT hash FROM entry WHERE seq = ?", "b");
    const auto found = query.bind(from - 1).step();
    if (!found) return found.error();
    const auto hash = *found ? digest_of(query.blob(0)) : std::nullopt;
    if (!hash) return broken_at(from - 1, "missing");
    previous.hash = *hash;
  }
  auto rows = store_.db.query(
      "SELECT seq, kind, at_ms, day, id, fixmedins_code, msgid, sale_seq, person, presence, backing, medfee, fund, "
      "account, family, cash, verdict, verdict_feed, cancelled_by, personal_digest, hash, public_part, public_packed, "
      "personal_part, voucher, indexed FROM entry WHERE seq BETWEEN ? AND ? ORDER BY seq",
      "iiiibttIbIIiiiiiIIIbbtBbBi");
  rows.bind(from, to);
  while (true) {
    const auto more = rows.step();
    if (!more) return more.error();
    if (!*more) break;
    if (auto held = entry(rows, previous); !held) return held;
  }
  if (previous.seq != to) return broken_at(previous.seq + 1, "missing");
  return {};
}

Result<void> ChainCheck::entry(sqlite::Query& row, Tip& previous) {
  const std::uint64_t seq = previous.seq + 1;
  if (row.count(0) != seq) return broken_at(seq, "missing");

  Seen seen;
  seen.entry.head = {store_.identity.terminal, store_.identity.epoch, seq, WallTime{row.integer(2)}};
  auto part = public_part(row, 21, seq);
  if (!part) return part.error();
  seen.entry.public_bytes = *std::move(part);
  const auto digest = digest_of(row.blob(19));
  const auto hash = digest_of(row.blob(20));
  if (!digest || !hash) return broken_at(seq, "hash");
  seen.entry.hash = record::chain_hash_from_digest(previous.hash, seq, seen.entry.public_bytes, *digest);
  if (seen.entry.hash != *hash) return broken_at(seq, differs("hash", seen.entry.hash, *hash));

  bool erased = store_.depth == Depth::public_parts;
  if (!erased) {
    const auto opened = open_personal(store_.keys, row.blob(23), seen.entry);
    erased = !opened && is_gone(opened.error());
    if (!opened && !erased) return opened.error();
    if (erased) ++gone_;
  }
  if (!erased) {
    const Digest personal = record::personal_digest(seen.entry.salt, seen.entry.personal_bytes);
    if (personal != *digest) return broken_at(seq, differs("personal part", *digest, personal));
  }
  auto decoded = erased ? record::decode_public(seen.entry.public_bytes)
                        : record::decode(seen.entry.public_bytes, seen.entry.personal_bytes);
  if (!decoded) return broken_at(seq, decoded.error().path);
  if (decoded->head != seen.entry.head) return broken_at(seq, "head");

  seen.columns = columns_of(decoded->head, decoded->body);
  Columns stored;
  stored.kind = static_cast<record::EntryKind>(row.integer(1));
  stored.day = Day::from_number(static_cast<std::int32_t>(row.integer(3)));
  const ByteView id = row.blob(4);
  if (id.size() != stored.id.bytes.size()) return broken_at(seq, "id");
  std::copy(id.begin(), id.end(), stored.id.bytes.begin());
  stored.fixmedins_code = row.text(5);
  stored.msgid = row.text(6);
  if (!row.is_null(7)) stored.sale_seq = row.count(7);
  stored.person = to_bytes(row.blob(8));
  stored.presence = row.integer_or_null(9);
  stored.backing = row.integer_or_null(10);
  if (!row.is_null(24)) stored.voucher = to_bytes(row.blob(24));
  stored.amounts = {row.money(11), {row.money(12), row.money(13), row.money(14), row.money(15)}};
  if (stored != seen.columns) return broken_at(seq, first_difference(seen.columns, stored));
  if (row.integer(25) != (seq <= filed_seq_ ? 1 : 0)) return broken_at(seq, "column indexed");

  seen.marks.verdict = row.integer_or_null(16);
  seen.marks.verdict_feed = row.integer_or_null(17);
  if (!row.is_null(18)) seen.marks.cancelled_by = row.count(18);
  if (!erased) seen.body = decoded->body;

  if (auto held = verdict(seen); !held) return held;
  if (auto held = cancellation(seen); !held) return held;
  if (auto held = movements(seen); !held) return held;
  if (const auto* sale = std::get_if<record::Sale>(&decoded->body); sale != nullptr && sale->kept_from) {
    if (auto held = kept_part(seq, *sale); !held) return held;
  }
  add(seen);
  previous = {seq, seen.entry.hash};
  return witness_ ? witness_(*decoded) : Result<void>();
}

Result<void> ChainCheck::verdict(const Seen& seen) {
  const std::uint64_t seq = seen.entry.head.seq;
  auto newest = store_.db.query("SELECT max(feed_seq) FROM verdict WHERE seq = ?", "I");
  const auto row = newest.bind(seq).step();
  if (!row) return row.error();
  if (newest.integer_or_null(0) != seen.marks.verdict_feed) {
    return broken_at(seq,
                     differs("verdict in feed", number(newest.integer_or_null(0)), number(seen.marks.verdict_feed)));
  }
  const auto found = entries_.verdict_of(seen.marks);
  if (!found) return found.error();
  const std::optional<record::Verdict>& out = *found;
  const auto kind = out ? std::optional(static_cast<std::int64_t>(out->kind)) : std::nullopt;
  if (kind != seen.marks.verdict) return broken_at(seq, differs("verdict", number(kind), number(seen.marks.verdict)));
  if (out && (out->seq != seq || out->epoch != store_.identity.epoch)) return broken_at(seq, "verdict");
  return {};
}

Result<void> ChainCheck::cancellation(const Seen& seen) {
  const std::uint64_t seq = seen.entry.head.seq;
  auto query = store_.db.query("SELECT kind, sale_seq, cancelled_by FROM entry WHERE seq = ?", "iII");
  if (seen.columns.sale_seq) {
    const auto row = query.bind(*seen.columns.sale_seq).step();
    if (!row) return row.error();
    if (!*row || query.integer_or_null(2) != std::optional(static_cast<std::int64_t>(seq))) {
      return broken_at(*seen.columns.sale_seq, "its cancellation");
    }
  } else if (seen.marks.cancelled_by) {
    const auto row = query.bind(*seen.marks.cancelled_by).step();
    if (!row) return row.error();
    if (!*row || query.integer_or_null(1) != std::optional(static_cast<std::int64_t>(seq))) {
      return broken_at(seq, "its cancellation");
    }
  }
  if (seen.columns.kind != record::EntryKind::sale && seen.marks.cancelled_by) {
    return broken_at(seq, "its cancellation");
  }
  return {};
}

// What is kept stands behind the cancellation of its sale, and takes no more.
Result<void> ChainCheck::kept_part(std::uint64_t seq, const record::Sale& kept) {
  auto query = store_.db.query(
      "SELECT public_part, public_packed FROM entry WHERE seq = ?1 AND cancelled_by = ?2 AND EXISTS (SELECT 1 FROM "
      "entry AS before WHERE before.seq = ?2 AND before.sale_seq = ?1)",
      "tB");
  const auto row = query.bind(kept.kept_from->sale_seq, seq - 1).step();
  if (!row) return row.error();
  if (!*row) return broken_at(seq, "the cancellation before it");
  const auto whole_part = public_part(query, 0, kept.kept_from->sale_seq);
  if (!whole_part) return whole_part.error();
  const auto whole = record::decode_public(*whole_part);
  if (!whole) return broken_at(kept.kept_from->sale_seq, "public part: " + whole.error().path);
  const auto* sale = std::get_if<record::Sale>(&whole->body);
  if (sale == nullptr || sale->sale_id != kept.kept_from->sale_id) return broken_at(seq, "the sale that it is kept of");
  auto own_public = store_.db.query("SELECT public_part, public_packed FROM entry WHERE seq = ?", "tB");
  const auto own_row = own_public.bind(seq).step();
  if (!own_row) return own_row.error();
  const auto own_part = public_part(own_public, 0, seq);
  if (!own_part) return own_part.error();
  const auto own = record::decode_public(*own_part);
  if (!own || !record::keeps_within(std::get<record::Sale>(own->body), *sale)) {
    return broken_at(seq, "it takes more than the sale that it is kept of");
  }
  return {};
}

Result<void> ChainCheck::movements(const Seen& seen) {
  const std::uint64_t seq = seen.entry.head.seq;
  if (seq > filed_seq_) return movements_are(seq, {});
  movement_counts_[seq] = std::nullopt;
  if (!seen.body) return {};
  if (const auto* sale = std::get_if<record::Sale>(&*seen.body)) {
    const auto judged = entries_.verdicts_on(seq);
    if (!judged) return judged.error();
    return movements_are(seq, movements_of(store_.keys, *sale, *judged));
  }
  if (!seen.columns.sale_seq) return movements_are(seq, {});
  const auto found = entries_.find(*seen.columns.sale_seq);
  if (!found && is_gone(found.error())) {
    movement_counts_[seq] = std::nullopt;
    return {};
  }
  if (!found) return found.error();
  if (!*found || (*found)->entry.kind != record::EntryKind::sale) return broken_at(seq, "cancelled sale");
  const auto of_sale = entries_.verdict_of((*found)->marks);
  if (!of_sale) return of_sale.error();
  return movements_are(
      seq, turned(movements_of(store_.keys, std::get<record::Sale>((*found)->body), *of_sale ? &**of_sale : nullptr)));
}

Result<void> ChainCheck::movements_are(std::uint64_t seq, const std::vector<Movement>& expected) {
  movement_counts_[seq] = expected.size();
  for (const Movement& movement : expected) {
    auto query = store_.db.query(
        "SELECT fen FROM movement WHERE owner = ? AND seq = ? AND feed = ? AND scheme = ? AND name = ? AND since = ?",
        "i");
    const auto row =
        query.bind(movement.owner, seq, movement.feed, movement.scheme, movement.name, movement.since.number()).step();
    if (!row) return row.error();
    if (!*row) return broken_at(seq, differs("movement", to_string(movement.amount), "nothing"));
    if (query.money(0) != movement.amount) {
      return broken_at(seq, differs("movement", to_string(movement.amount), to_string(query.money(0))));
    }
  }
  return {};
}

void ChainCheck::add(const Seen& seen) {
  if (seen.entry.head.seq > filed_seq_) return;
  const bool is_sale = seen.columns.kind == record::EntryKind::sale;
  const auto state = state_of(seen.columns.backing, seen.marks.verdict, seen.marks.cancelled_by.has_value());
  Sum& sum =
      totals_[{seen.columns.day.number(), static_cast<int>(seen.columns.kind), is_sale ? static_cast<int>(state) : 0}];
  const auto& [medfee, shares] = seen.columns.amounts;
  ++sum.count;
  sum.amounts.medfee += medfee;
  sum.amounts.shares.fund += shares.fund;
  sum.amounts.shares.account += shares.account;
  sum.amounts.shares.family += shares.family;
  sum.amounts.shares.cash += shares.cash;
}

Result<void> ChainCheck::rest() {
  if (auto held = movement_counts(); !held) return held;
  if (auto held = totals(); !held) return held;
  return verdicts();
}

Result<void> ChainCheck::movement_counts() {
  auto query = store_.db.query("SELECT seq, count(*) FROM movement GROUP BY seq ORDER BY seq", "ii");
  while (true) {
    const auto more = query.step();
    if (!more) return more.error();
    if (!*more) return {};
    const auto known = movement_counts_.find(query.count(0));
    if (known == movement_counts_.end() || (known->second && *known->second != query.count(1))) {
      return broken_at(query.count(0), "movement");
    }
  }
}

Result<void> ChainCheck::totals() {
  std::size_t matched = 0;
  auto query =
      store_.db.query("SELECT day, kind, state, count, medfee, fund, account, family, cash FROM total", "iiiiiiiii");
  while (true) {
    const auto more = query.step();
    if (!more) return more.error();
    if (!*more) break;
    const auto day = static_cast<std::int32_t>(query.integer(0));
    const Sum stored{query.integer(3),
                     {query.money(4), {query.money(5), query.money(6), query.money(7), query.money(8)}}};
    const auto known = totals_.find({day, static_cast<int>(query.integer(1)), static_cast<int>(query.integer(2))});
    // A state that every sale of the day has left stays as a row of zeros.
    const Sum expected = known == totals_.end() ? Sum{} : known->second;
    if (stored != expected) {
      const auto text = [](const Sum& sum) {
        return std::to_string(sum.count) + " of " + to_string(sum.amounts.medfee) + ", fund " +
               to_string(sum.amounts.shares.fund);
      };
      return trouble(troubles::chain_broken, "day " + to_string(Day::from_number(day)),
                     differs("totals", text(expected), text(stored)));
    }
    if (known != totals_.end()) ++matched;
  }
  if (matched != totals_.size()) return trouble(troubles::chain_broken, "totals", "missing");
  return {};
}

Result<void> ChainCheck::verdicts() {
  auto query = store_.db.query("SELECT feed_seq, seq, item, mac FROM verdict", "iItb");
  while (true) {
    const auto more = query.step();
    if (!more) return more.error();
    if (!*more) return {};
    if (store_.depth == Depth::whole &&
        !RowMac(store_.keys, "verdict", std::string(query.text(2))).holds(query.blob(3))) {
      const std::string feed = "feed " + std::to_string(query.integer(0));
      return query.is_null(1) ? trouble(troubles::chain_broken, feed, "verdict") : broken_at(query.count(1), "verdict");
    }
  }
}

}  // namespace gongji::journal
