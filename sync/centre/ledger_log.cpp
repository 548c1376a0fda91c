#include <fmt/format.h>

#include <algorithm>

#include "offline/base/check.h"
#include "sync/centre/entries_in_hand.h"
#include "sync/centre/working_set.h"

namespace gongji::centre {
namespace {

Digest digest_of(ByteView blob) {
  Digest out{};
  if (blob.size() == out.size()) std::copy(blob.begin(), blob.end(), out.begin());
  return out;
}

std::string place_of(const EntryName& entry) {
  return personal_place(entry.terminal, entry.epoch, entry.seq);
}

}  // namespace

void Ledger::add_enrolment(const Enrolment& enrolment) {
  auto insert = query("INSERT INTO enrolment VALUES (?, ?, ?, ?, ?, ?, ?)");
  insert.bind(enrolment.selector, enrolment.code_digest, enrolment.fixmedins_code, enrolment.terminal,
              enrolment.expires, enrolment.tries, enrolment.used);
  run(insert);
}

std::optional<Enrolment> Ledger::find_enrolment(const std::string& selector) {
  auto select = query(
      "SELECT code_digest, fixmedins_code, terminal, expires, tries, used FROM enrolment WHERE selector = ?", "bttiii");
  select.bind(selector);
  if (!step(select)) return std::nullopt;
  Enrolment out;
  out.selector = selector;
  out.code_digest = digest_of(select.blob(0));
  out.fixmedins_code = select.text(1);
  out.terminal = select.text(2);
  out.expires = WallTime{select.integer(3)};
  out.tries = static_cast<std::uint32_t>(select.integer(4));
  out.used = select.integer(5) != 0;
  return out;
}

void Ledger::update_enrolment(const Enrolment& enrolment) {
  auto update = query("UPDATE enrolment SET tries = ?, used = ? WHERE selector = ?");
  update.bind(enrolment.tries, enrolment.used, enrolment.selector);
  run(update);
}

std::optional<Terminal> Ledger::find_terminal(const std::string& terminal) {
  auto select = raw(
      "SELECT fixmedins_code, fingerprint, sign_public_key, epoch, last_seq, last_hash, state, reason, last_contact, "
      "feed_last, software FROM terminal WHERE terminal = ? FOR NO KEY UPDATE",
      "ttbiibitiit");
  select.bind(terminal);
  if (!step(select)) return std::nullopt;
  Terminal out;
  out.terminal = terminal;
  out.fixmedins_code = select.text(0);
  out.fingerprint = select.text(1);
  out.sign_public_key = to_bytes(select.blob(2));
  out.epoch = static_cast<std::uint32_t>(select.integer(3));
  out.last_seq = select.count(4);
  out.last_hash = digest_of(select.blob(5));
  out.state = static_cast<TerminalState>(select.integer(6));
  out.reason = select.text(7);
  out.last_contact = WallTime{select.integer(8)};
  out.feed_last = select.count(9);
  out.software = select.text(10);
  return out;
}

std::string Ledger::next_terminal_name() {
  auto select = query("SELECT COUNT(*) FROM terminal", "i");
  std::int64_t number = step(select) ? select.integer(0) + 1 : 1;
  while (!failed() && find_terminal(fmt::format("T-{:06}", number))) ++number;
  return fmt::format("T-{:06}", number);
}

void Ledger::put_terminal(const Terminal& terminal) {
  auto put = raw(
      "INSERT INTO terminal VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12) "
      "ON CONFLICT (terminal) DO UPDATE SET fixmedins_code = ?2, fingerprint = ?3, sign_public_key = ?4, epoch = ?5, "
      "last_seq = ?6, last_hash = ?7, state = ?8, reason = ?9, last_contact = ?10, feed_last = ?11, software = ?12");
  put.bind(terminal.terminal, terminal.fixmedins_code, terminal.fingerprint, terminal.sign_public_key, terminal.epoch,
           terminal.last_seq, terminal.last_hash, static_cast<int>(terminal.state), terminal.reason,
           terminal.last_contact, terminal.feed_last, terminal.software);
  run(put);
}

std::pair<std::uint64_t, Digest> Ledger::log_end(const std::string& terminal, std::uint32_t epoch) {
  flush();
  auto select = raw("SELECT seq, hash FROM entry WHERE terminal = ? AND epoch = ? ORDER BY seq DESC LIMIT 1", "ib");
  select.bind(terminal, epoch);
  if (!step(select)) return {0, Digest{}};
  return {select.count(0), digest_of(select.blob(1))};
}

void Ledger::quarantine(const Terminal& terminal, const std::string& reason, const std::string& body, WallTime now) {
  auto update = query("UPDATE terminal SET state = 2, reason = ?, last_contact = ? WHERE terminal = ?");
  update.bind(reason, now, terminal.terminal);
  run(update);
  auto keep = query("INSERT INTO quarantined VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING");
  const std::string place = fmt::format("quarantined|{}|{}", terminal.terminal, terminal.epoch);
  keep.bind(terminal.terminal, terminal.epoch, now, reason, sealed(month_of(now), place, as_bytes(body)));
  run(keep);
}

void Ledger::mark_lost(const std::string& terminal, std::uint32_t epoch, WallTime now) {
  auto insert =
      query("INSERT INTO lost_terminal VALUES (?, ?, ?) ON CONFLICT (terminal) DO UPDATE SET epoch = excluded.epoch");
  insert.bind(terminal, epoch, now);
  run(insert);
}

bool Ledger::is_lost(const std::string& terminal, std::uint32_t epoch) {
  const auto [known, is_new] = read_->lost.try_emplace({terminal, epoch}, false);
  if (!is_new) return known->second;
  auto select = raw("SELECT 1 FROM lost_terminal WHERE terminal = ? AND epoch >= ?", "i");
  select.bind(terminal, epoch);
  return known->second = step(select);
}

Digest Ledger::entry_hash(const EntryName& entry) {
  if (entry.seq == 0) return {};  // the first entry of an epoch follows 32 zero bytes
  flush();
  auto select = raw("SELECT hash FROM entry WHERE terminal = ? AND epoch = ? AND seq = ?", "b");
  select.bind(entry.terminal, entry.epoch, entry.seq);
  return step(select) ? digest_of(select.blob(0)) : Digest{};
}

void Ledger::add_entry(const EntryName& name, const record::Entry& entry, const Digest& hash, WallTime now,
                       const EntriesInHand* in_hand) {
  Bytes personal;  // salt | personal bytes, sealed; empty where the part never came
  if (!entry.personal_digest && !trouble_) {
    const std::string month = month_of(now);
    const auto* ready = in_hand != nullptr ? in_hand->sealed_of(name.seq, month) : nullptr;
    auto made = ready != nullptr ? Result<Bytes>(*ready) : sealed_personal(sealing_, month, place_of(name), entry);
    if (made.has_error()) {
      trouble_ = made.error();
      return;
    }
    personal = *std::move(made);
  }
  new_->entries.add(name.terminal, name.epoch, name.seq, as_bytes(entry.public_bytes), std::move(personal),
                    entry.personal_digest ? ByteView(*entry.personal_digest) : ByteView(), ByteView(hash), now);
}

std::optional<record::Sale> Ledger::read_sale(const EntryName& entry) {
  flush();
  auto select =
      raw("SELECT public_bytes, personal, received FROM entry WHERE terminal = ? AND epoch = ? AND seq = ?", "bbi");
  select.bind(entry.terminal, entry.epoch, entry.seq);
  if (!step(select)) return std::nullopt;
  Result<record::Decoded> decoded = record::Decoded{};
  if (select.blob(1).empty()) {  // it never came
    decoded = record::decode_public(as_text(select.blob(0)));
  } else {
    const Secret personal = opened(month_of(WallTime{select.integer(2)}), place_of(entry), select.blob(1));
    if (failed()) return std::nullopt;
    decoded = record::decode(as_text(select.blob(0)),
                             std::string_view(personal.reveal()).substr(std::tuple_size_v<record::Salt>));
  }
  if (decoded.has_error()) {
    trouble_ = decoded.error();
    return std::nullopt;
  }
  auto* sale = std::get_if<record::Sale>(&decoded->body);
  return sale != nullptr ? std::optional(std::move(*sale)) : std::nullopt;
}

WallTime Ledger::written_at(const EntryName& entry) {
  flush();
  auto select = raw("SELECT public_bytes FROM entry WHERE terminal = ? AND epoch = ? AND seq = ?", "b");
  select.bind(entry.terminal, entry.epoch, entry.seq);
  if (!step(select)) return {};
  const auto decoded = record::decode_public(as_text(select.blob(0)));
  if (decoded.has_error()) {
    trouble_ = decoded.error();
    return {};
  }
  return decoded->head.at;
}

}  // namespace gongji::centre
